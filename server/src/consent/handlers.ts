import { randomUUID } from 'node:crypto'
import { eventNames, lanes, shardOf, type consentChannels, type JsonObject, type Lane } from '@throughline/contracts'
import type { Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { ConsentError } from './errors.ts'

/** The event that says a consent, as `ingest` accepts it. */
export interface ConsentChangedEvent {
  readonly source: 'throughline'
  readonly messageId: string
  readonly type: 'track'
  readonly name: string
  readonly timestamp: number
  readonly dedupeAt: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly profileId: string }
}

export interface ConsentDeps {
  readonly pool: Db
  /** Accepts events; the accepting transaction writes `consents` beside them. */
  append(events: ConsentChangedEvent[]): Promise<unknown>
}

/** The event by which a consent becomes known everywhere: written at once, and part of the person's timeline. */
export function consentChangedEvent(change: {
  readonly profileId: string
  readonly channel: (typeof consentChannels)[number]
  readonly topic: string
  readonly state: 'granted' | 'withdrawn'
  readonly source: string
  readonly address: string | null
  readonly wording?: string
}): ConsentChangedEvent {
  const at = Date.now()
  return {
    source: 'throughline',
    messageId: `consent:${randomUUID()}`,
    type: 'track',
    name: eventNames.consentChanged,
    timestamp: at,
    dedupeAt: at,
    properties: {
      channel: change.channel,
      topic: change.topic,
      state: change.state,
      source: change.source,
      ...(change.address !== null && { address: change.address }),
      ...(change.wording !== undefined && { wording: change.wording }),
    },
    context: {},
    lane: lanes.live,
    triggers: true,
    who: { profileId: change.profileId },
  }
}

// A person is known by an identifier, or by a profile that events have made already.
const KNOWN = `
select kind, value from identifiers where profile_id = $1::uuid
union all select 'profile', id::text from profiles where shard = $2::smallint and id = $1::uuid`

/** Handlers of the routes of this domain. */
export function makeConsentHandlers(deps: ConsentDeps): Handlers<'setConsent'> {
  return {
    async setConsent({ params, body, auth }) {
      const { rows } = isUuid(params.id)
        ? await deps.pool.query<{ kind: string; value: string }>(KNOWN, [params.id, shardOf(params.id)])
        : { rows: [] }
      if (rows.length === 0)
        throw new ConsentError('not-found', 'person_unknown', `There is no person with the id "${params.id}".`, {
          field: 'id',
          value: params.id,
        })
      // What is said about e-mail as a whole holds for every address of the person.
      const addresses =
        body.channel === 'email' && body.topic === '' ? rows.filter((row) => row.kind === 'email').map((row) => row.value) : []
      const change = {
        profileId: params.id,
        channel: body.channel,
        topic: body.topic,
        state: body.state,
        source: `${body.source} (${auth.name})`,
        wording: body.wording,
      }
      await deps.append((addresses.length === 0 ? [null] : addresses).map((address) => consentChangedEvent({ ...change, address })))
      return { ok: true }
    },
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
