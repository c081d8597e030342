import { channelKinds, providerConfigSchema, type ChannelKind, type ProviderConfig } from '@throughline/contracts'
import type { Logger } from '../../platform/log/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import { ChannelError } from '../errors.ts'
import { DeliveryError, type ChannelDeps, type Provider, type ProviderSecrets } from '../port.ts'
import { channelOf } from '../registry.ts'
import { makeSandbox } from '../sandbox.ts'

/** The part of `platform/secrets` that keeps passwords and keys. */
export type SecretBox = Pick<Secrets, 'encrypt' | 'decrypt'>

/** What carries the messages of a channel now. */
export interface ActiveProvider {
  readonly provider: Provider
  readonly config: ProviderConfig | null
}

/** The configured providers of this process, kept open, and exchanged when their configuration changes. */
export interface ProviderStore {
  /** False until they were read once; nothing is sent before. */
  readonly loaded: boolean
  /** Reads them again, at most every two seconds unless `now` is set. */
  refresh(now?: boolean): Promise<void>
  current(channel: ChannelKind): ActiveProvider
  /** Messages a second that this worker may hand over: the provider's limit shared among the workers; null for no limit. */
  share(channel: ChannelKind): number | null
  close(): Promise<void>
}

const REFRESH_MS = 2_000

interface Row {
  [column: string]: unknown
  channel: string | null
  config: unknown
  secret_encrypted: Buffer | null
  version: string | null
  workers: number
}

// One row per provider, or one empty row when there are none, each with the number of workers that share the limits.
const READ = `
select p.channel, p.config, p.secret_encrypted, p.xmin::text || p.updated_at::text as version, w.n as workers
from (select count(*) as n from workers where seen_at > (extract(epoch from clock_timestamp()) * 1000)::bigint - 15000 and roles like '%work%') w
left join providers p on true`

export function makeProviderStore(
  deps: ChannelDeps & { readonly pool: Pool; readonly log: Logger; readonly secrets: SecretBox },
): ProviderStore {
  const active = new Map<ChannelKind, ActiveProvider & { readonly version: string | null }>()
  const unread: ActiveProvider = { provider: makeSandbox(), config: null }
  let workers = 1
  let readAt = -Infinity
  let loaded = false
  let reading: Promise<void> | null = null

  function exchange(kind: ChannelKind, version: string | null, make: () => ActiveProvider): void {
    const before = active.get(kind)
    if (before !== undefined && before.version === version) return
    active.set(kind, { ...make(), version })
    before?.provider
      .close()
      .catch((error: unknown) => deps.log.warn({ err: error, channel: kind }, 'could not close the connections of a former provider'))
  }

  async function read(): Promise<void> {
    const { rows } = await deps.pool.query<Row>(READ)
    workers = Math.max(1, rows[0]?.workers ?? 1)
    for (const kind of channelKinds) {
      const row = rows.find((candidate) => candidate.channel === kind)
      try {
        if (row === undefined) exchange(kind, null, () => makeDefault(kind, deps))
        else exchange(kind, row.version, () => makeConfigured(kind, row, deps))
      } catch (error) {
        deps.log.error({ err: error, channel: kind }, 'the provider of a channel cannot be used as it is configured')
        exchange(kind, row?.version ?? null, () => ({ provider: makeBroken(error), config: null }))
      }
    }
    readAt = Date.now()
    loaded = true
  }

  return {
    get loaded() {
      return loaded
    },
    async refresh(now = false) {
      if (reading !== null) {
        await reading
        if (!now) return
      }
      if (!now && Date.now() - readAt < REFRESH_MS) return
      reading = read().finally(() => (reading = null))
      await reading
    },
    current(kind) {
      return active.get(kind) ?? unread
    },
    share(kind) {
      const limit = active.get(kind)?.provider.maxPerSecond ?? null
      return limit === null ? null : limit / workers
    },
    async close() {
      await reading?.catch(() => undefined)
      const all = [...active.values()]
      active.clear()
      loaded = false
      await Promise.all(all.map((each) => each.provider.close()))
    },
  }
}

/** A provider made of a configuration, without being kept. Throws a ChannelError when this channel cannot use its kind. */
export function makeProvider(kind: ChannelKind, config: ProviderConfig, secrets: ProviderSecrets, deps: ChannelDeps): Provider {
  const channel = channelOf(kind)
  const make = channel.providers[config.kind] as
    | ((config: ProviderConfig, secrets: ProviderSecrets, deps: ChannelDeps) => Provider)
    | undefined
  if (make === undefined) {
    const allowed = Object.keys(channel.providers).join(', ')
    throw new ChannelError(
      'bad-input',
      'provider_unsuitable',
      `The ${channel.label} channel cannot use a provider of kind "${config.kind}". ${allowed === '' ? 'It needs none.' : `Allowed: ${allowed}.`}`,
      { field: 'config.kind', value: config.kind, allowed: allowed === '' ? 'none, this channel needs no provider' : allowed },
    )
  }
  return make(config, secrets, deps)
}

/** Secrets as they are kept: JSON inside the box. */
export function openSecrets(sealed: Buffer | null, box: SecretBox): ProviderSecrets {
  return sealed === null ? {} : (JSON.parse(box.decrypt(sealed)) as ProviderSecrets)
}

function makeDefault(kind: ChannelKind, deps: ChannelDeps): ActiveProvider {
  const channel = channelOf(kind)
  return { provider: channel.builtIn?.(deps) ?? makeSandbox(), config: null }
}

function makeConfigured(kind: ChannelKind, row: Row, deps: ChannelDeps & { readonly secrets: SecretBox }): ActiveProvider {
  const config = providerConfigSchema.parse(row.config)
  return { provider: makeProvider(kind, config, openSecrets(row.secret_encrypted, deps.secrets), deps), config }
}

// Messages wait, and the operator reads why, instead of going to the sandbox by mistake.
function makeBroken(error: unknown): Provider {
  const refuse = async (): Promise<never> => {
    throw new DeliveryError(
      'away',
      `the provider cannot be used as it is configured: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return { name: 'unusable', slots: 1, maxPerSecond: null, send: refuse, verify: refuse, close: async () => undefined }
}
