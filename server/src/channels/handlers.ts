import {
  providerSchema,
  type ChannelKind,
  type JsonObject,
  type RouteResponse,
  type Settings,
  type TimelineEntry,
} from '@throughline/contracts'
import { makeConsentHandlers } from '../consent/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { ChannelError } from './errors.ts'
import { listMessages, readContent, readMessage } from './messages/list.ts'
import { queueTest } from './messages/test-send.ts'
import type { AppendEvents } from './outcomes.ts'
import { readNames } from './people.ts'
import { DeliveryError, type ChannelDeps, type Content, type Provider } from './port.ts'
import { saveProvider } from './providers/save.ts'
import { makeProvider, openSecrets, type ProviderStore, type SecretBox } from './providers/store.ts'
import { channelOf } from './registry.ts'

export interface ChannelHandlerDeps extends ChannelDeps {
  readonly pool: Pool
  readonly secrets: SecretBox
  /** Of the sender in this process, told at once when a provider changes; null when no sender runs here. */
  readonly providers: ProviderStore | null
  readonly append: AppendEvents
  settings(): Promise<Settings>
  /** The events of a message (sent, opened, clicked …), newest first. */
  messageEvents(profileId: string, messageId: string): Promise<TimelineEntry[]>
  /** The id a person goes by today; throws when there is nobody. */
  livingPerson(id: string): Promise<string>
  /** The latest thing that a person did themselves, for tests of templates; null when there is none. */
  latestAction(profileId: string): Promise<JsonObject | null>
  /** A person and those merged into them. */
  peopleOf(profileId: string): Promise<readonly string[]>
}

type Names =
  | 'messages'
  | 'message'
  | 'providers'
  | 'setProvider'
  | 'deleteProvider'
  | 'testProvider'
  | 'inboxToken'
  | 'setConsent'
  | 'sendTest'
type ProviderAnswer = RouteResponse<'setProvider'>

const TEST_MS = 20_000

/** Handlers of the routes about messages, providers and consents. */
export function makeChannelHandlers(deps: ChannelHandlerDeps): Handlers<Names> {
  const { pool } = deps

  async function readProviders(): Promise<ProviderAnswer[]> {
    const { rows } = await pool.query<{ channel: string; config: unknown; secret_encrypted: Buffer | null; updated_at: number }>(
      `select channel, config, secret_encrypted, updated_at from providers order by channel`,
    )
    return rows.map((row) => {
      const { password, dkimKey } = openSecrets(row.secret_encrypted, deps.secrets)
      return providerSchema.parse({
        channel: row.channel,
        config: row.config,
        hasPassword: password !== undefined,
        hasDkimKey: dkimKey !== undefined,
        updatedAt: Math.floor(row.updated_at),
      })
    })
  }

  async function openProvider(kind: ChannelKind): Promise<{ provider: Provider; config: ProviderAnswer['config'] | null }> {
    const { rows } = await pool.query<{ config: ProviderAnswer['config']; secret_encrypted: Buffer | null }>(
      `select config, secret_encrypted from providers where channel = $1::text`,
      [kind],
    )
    const row = rows[0]
    if (row === undefined)
      throw new ChannelError(
        'bad-input',
        'provider_missing',
        `No provider is configured for ${channelOf(kind).label}; its messages go to the sandbox. Configure one first.`,
        { field: 'channel', value: kind },
      )
    return { provider: makeProvider(kind, row.config, openSecrets(row.secret_encrypted, deps.secrets), deps), config: row.config }
  }

  return {
    ...makeConsentHandlers(deps),

    async messages({ query }) {
      const after = readCursor(query.cursor, [0, ''])
      const people = query.person === undefined ? undefined : isUuid(query.person) ? await deps.peopleOf(query.person) : []
      const found = await listMessages(pool, {
        channel: query.channel,
        status: query.status,
        journey: query.journey,
        send: query.send,
        people,
        after,
        limit: query.limit + 1,
      })
      const items = found.slice(0, query.limit)
      const names = await readNames(
        pool,
        items.map((item) => item.profileId),
      )
      const last = items.at(-1)
      return {
        items: items.map((item) => ({ ...item, personName: names.get(item.profileId) ?? null })),
        next: found.length > items.length && last !== undefined ? writeCursor([last.createdAt, last.id]) : null,
      }
    },

    async message({ params }) {
      const found = await readMessage(pool, params.id)
      if (found === null)
        throw new ChannelError('not-found', 'message_unknown', `There is no message with the id "${params.id}".`, {
          field: 'id',
          value: params.id,
        })
      const { shard, ...message } = found
      const [names, content, events] = await Promise.all([
        readNames(pool, [message.profileId]),
        readContent(pool, shard, message.id),
        deps.messageEvents(message.profileId, message.id),
      ])
      return { ...message, personName: names.get(message.profileId) ?? null, content, events }
    },

    providers: async () => ({ items: await readProviders() }),

    async setProvider({ params, body, audit }) {
      const before = (await readProviders()).find((each) => each.channel === params.channel)
      if (before !== undefined) audit.note({ before: before.config, after: { ...body.config, ...secretsGiven(body) } })
      await withTransaction(pool, async (client) => {
        await saveProvider(client, deps.secrets, { channel: params.channel, ...body })
        await audit.commit(client)
      })
      await deps.providers?.refresh(true)
      const saved = (await readProviders()).find((each) => each.channel === params.channel)
      if (saved === undefined)
        throw new ChannelError(
          'conflict',
          'provider_missing',
          `The provider of ${channelOf(params.channel).label} was removed by somebody else at the same moment.`,
          { field: 'channel', value: params.channel },
        )
      return saved
    },

    async deleteProvider({ params, audit }) {
      await withTransaction(pool, async (client) => {
        const { rows } = await client.query<{ config: object }>(`delete from providers where channel = $1::text returning config`, [
          params.channel,
        ])
        if (rows[0] !== undefined) audit.note({ before: rows[0].config })
        await audit.commit(client)
      })
      await deps.providers?.refresh(true)
      return { ok: true }
    },

    async testProvider({ params, body }) {
      const { provider, config } = await openProvider(params.channel)
      const signal = AbortSignal.timeout(TEST_MS)
      try {
        const channel = channelOf(params.channel)
        const content = channel.testMessage(body.to, config, await deps.settings()) as (Content & { readonly channel: ChannelKind }) | null
        const verified = await provider.verify(signal)
        if (content === null) return { ok: true, detail: verified }
        await provider.send(
          { id: `test-${crypto.randomUUID()}`, shard: 0, profileId: '', personId: '', address: body.to, createdAt: Date.now(), content },
          signal,
        )
        return { ok: true, detail: `${verified} A test message was handed over for ${body.to}.` }
      } catch (error) {
        if (error instanceof DeliveryError) return { ok: false, detail: error.message }
        throw error
      } finally {
        await provider.close()
      }
    },

    async sendTest({ params, body, auth, audit }) {
      const profileId = await deps.livingPerson(params.id)
      const { id, channel } = await queueTest(pool, {
        profileId,
        template: body.template,
        by: auth.name,
        event: await deps.latestAction(profileId),
      })
      audit.note({ after: { template: body.template, message: id } })
      return { ok: true, message: id, channel }
    },

    async inboxToken({ params, body }) {
      if (!isUuid(params.id))
        throw new ChannelError('not-found', 'person_unknown', `There is no person with the id "${params.id}".`, {
          field: 'id',
          value: params.id,
        })
      const expiresAt = Date.now() + Math.round(body.hours * 3_600_000)
      return { token: deps.links.inbox(params.id.toLowerCase(), expiresAt), expiresAt }
    },
  }
}

/** For the audit log: that a secret was changed, and not to what. */
function secretsGiven(body: { readonly password?: string | undefined; readonly dkimKey?: string | undefined }): object {
  return { ...(body.password !== undefined && { password: 'given' }), ...(body.dkimKey !== undefined && { dkimKey: 'given' }) }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
