import type { ChannelKind, Json, JsonObject, MessageDetail, ProviderConfig, Settings, TextChannel } from '@throughline/contracts'
import type { Pool } from '../platform/postgres/index.ts'
import type { SafeFetch } from '../platform/safe-fetch/index.ts'
import type { CompiledTemplate } from '../templates/index.ts'
import type { Links } from './links/index.ts'

/** What a message looked like: the part of the API's message detail for one channel. */
export type Content = NonNullable<MessageDetail['content']>
export type ContentOf<C extends ChannelKind> = C extends TextChannel
  ? Extract<Content, { channel: TextChannel }>
  : Extract<Content, { channel: C }>

/** One person as templates and channels see them: traits without their times. */
export interface Person {
  readonly id: string
  readonly traits: { readonly [name: string]: Json }
}

/** A message on its way: everything a channel needs to write it. */
export interface Draft<C extends ChannelKind = ChannelKind> {
  readonly id: string
  readonly shard: number
  /** The profile that the message was decided for; its shard keeps the message. */
  readonly profileId: string
  /** Who receives it: the same, or the survivor of a merge. */
  readonly person: Person
  readonly address: string
  readonly purpose: 'marketing' | 'transactional'
  readonly template: CompiledTemplate<C>
  readonly variables: JsonObject
  readonly settings: Settings
  /** Whether opens and clicks of this person may be recorded. */
  readonly tracking: boolean
  readonly createdAt: number
  /** The provider's configuration; null when the channel goes to the sandbox. */
  readonly config: ProviderConfig | null
}

/** A message as it is handed to a provider. */
export interface Outgoing<C extends ChannelKind = ChannelKind> {
  readonly id: string
  readonly shard: number
  readonly profileId: string
  readonly personId: string
  readonly address: string
  readonly createdAt: number
  readonly content: ContentOf<C>
}

/** Hands messages over. Made once per configuration, closed when it changes. */
export interface Provider<C extends ChannelKind = ChannelKind> {
  /** What the message row keeps, such as `smtp`. */
  readonly name: string
  /** Hand-overs at the same time, at most. */
  readonly slots: number
  readonly maxPerSecond: number | null
  /**
   * Hands one message over; resolves once the provider has taken it. The same id may come again after an interruption
   * and must carry the same identity outside. Throws {@link DeliveryError}; gives up when `signal` aborts, which
   * other attempts may share.
   */
  send(message: Outgoing<C>, signal: AbortSignal): Promise<void>
  /** Hands one call over as `send` does, and gives back what was answered. Left out by providers that are answered nothing. */
  ask?(message: Pick<Outgoing<C>, 'id' | 'content'>, signal: AbortSignal): Promise<string>
  /** Proves that the provider can be reached with what is configured; answers one sentence. Throws {@link DeliveryError}. */
  verify(signal: AbortSignal): Promise<string>
  close(): Promise<void>
}

export interface ProviderSecrets {
  readonly password?: string
  readonly dkimKey?: string
}

/** One way in which messages reach people. A new channel is a folder with one of these and a line in the registry. */
export interface Channel<C extends ChannelKind = ChannelKind> {
  readonly kind: C
  /** As people read it: "e-mail". */
  readonly label: string
  /** Where this person is reached, or null. */
  addressOf(person: Person): string | null
  /** Kinds of provider that can be configured for it; none means that it needs no configuration. */
  readonly providers: Partial<{
    readonly [K in ProviderConfig['kind']]: (
      config: Extract<ProviderConfig, { kind: K }>,
      secrets: ProviderSecrets,
      deps: ChannelDeps,
    ) => Provider<C>
  }>
  /** What carries its messages when nothing is configured; null for the sandbox. */
  readonly builtIn: ((deps: ChannelDeps) => Provider<C>) | null
  /** Writes the message. Throws a TemplateError when the template cannot be rendered with these variables. */
  compose(draft: Draft<C>, deps: ChannelDeps): Promise<ContentOf<C>>
  /** The one line by which a list shows it. */
  subjectOf(content: ContentOf<C>): string
  /** A message that is nothing but a test of the provider, or null where none can be sent. */
  testMessage(to: string, config: ProviderConfig | null, settings: Settings): ContentOf<C> | null
}

/** What channels and providers are handed by the outside. */
export interface ChannelDeps {
  readonly pool: Pool
  readonly links: Links
  /** Told when a person got something new in their inbox. */
  onNotification(profileId: string): void
  /** `fetch` that refuses private addresses. */
  readonly fetch: SafeFetch
}

/**
 * Why a hand-over did not happen.
 * - `bounced`: the address does not exist; nothing is sent there again
 * - `refused`: the provider does not want this message; tried a few times, in case it is ill
 * - `failed`: it can never work (broken template, address that is none)
 * - `later`: the provider asks for patience with this one message
 * - `away`: the provider cannot be used at all now (unreachable, hanging, wrong password); everything for it waits
 */
export type DeliveryTrouble = 'bounced' | 'refused' | 'failed' | 'later' | 'away'

export class DeliveryError extends Error {
  readonly trouble: DeliveryTrouble
  /** Whether the provider may have taken the message all the same: the hand-over was interrupted. */
  readonly interrupted: boolean
  /** Milliseconds that the provider asked us to wait. */
  readonly retryAfterMs: number | null
  constructor(trouble: DeliveryTrouble, message: string, options: { interrupted?: boolean; retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'DeliveryError'
    this.trouble = trouble
    this.interrupted = options.interrupted ?? false
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}
