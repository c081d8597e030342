import { lanes, type Problem, type RouteResponse } from '@throughline/contracts'
import { HttpFailure, readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import type { Accepter } from './accepter.ts'
import { takeEvents } from './call.ts'
import { FOR_EVER } from './read-event.ts'
import { makeLiveEvents, readRecent } from '../inbox/index.ts'

export interface IngestHandlerDeps {
  readonly pool: Pool
  readonly accepter: Accepter
  /** Names of profiles as the people pages show them; null for those without. */
  namesOf(profileIds: readonly string[]): Promise<ReadonlyMap<string, string | null>>
}

type IngestRoute = 'recentEvents' | 'eventStream' | 'rejectedEvents' | 'importEvents'
type NamedEntry = RouteResponse<'eventStream'>

interface RejectedRow {
  readonly [column: string]: unknown
  readonly id: string
  readonly at: number
  readonly source: string
  readonly name: string | null
  readonly message_id: string | null
  readonly problems: Problem[]
  readonly raw: string
}

/** Handlers of the management API's routes about events. */
export function makeIngestHandlers(deps: IngestHandlerDeps): Handlers<IngestRoute> {
  const { pool, accepter } = deps
  const live = makeLiveEvents(pool)

  async function withNames<E extends { readonly profileId: string }>(
    entries: readonly E[],
  ): Promise<(E & { personName: string | null })[]> {
    const names = await deps.namesOf([...new Set(entries.map(({ profileId }) => profileId))])
    return entries.map((entry) => ({ ...entry, personName: names.get(entry.profileId) ?? null }))
  }

  return {
    async recentEvents({ query }) {
      return { items: await withNames(await readRecent(pool, query.limit, query.name)) }
    },
    async *eventStream({ signal }): AsyncGenerator<NamedEntry> {
      for await (const entries of live.follow(signal)) yield* await withNames(entries)
    },
    async rejectedEvents({ query }) {
      const before = readCursor(query.cursor, [0, ''])
      if (before && !isUuid(before[1]))
        throw new HttpFailure('bad-input', 'cursor_unreadable', 'The cursor is not one that this list answered.', {
          field: 'query.cursor',
          allowed: 'the "next" of the page before',
        })
      const { rows } = await pool.query<RejectedRow>(
        `select id, at, source, name, message_id, problems, raw from rejected_events
         where $1::int8 is null or (at, id) < ($1::int8, $2::uuid)
         order by at desc, id desc limit $3::int`,
        [before?.[0] ?? null, before?.[1] ?? null, query.limit + 1],
      )
      const page = rows.slice(0, query.limit)
      const last = page.at(-1)
      return {
        items: page.map((row) => ({
          id: row.id,
          at: row.at,
          source: row.source,
          name: row.name,
          messageId: row.message_id,
          problems: row.problems,
          raw: row.raw,
        })),
        next: rows.length > query.limit && last ? writeCursor([last.at, last.id]) : null,
      }
    },
    async importEvents({ body, audit }) {
      audit.note({ after: { source: body.source, triggers: body.triggers, events: body.events.length } })
      const frame = {
        source: body.source,
        receivedAt: Date.now(),
        // The text is gone by now; so numbers are shown as they were read, and every text is looked at.
        raw: '',
        escapes: true,
        sentAt: undefined,
        context: undefined,
        lane: lanes.bulk,
        triggers: body.triggers,
        dedupeAt: FOR_EVER,
      }
      const { accepted, duplicates, rejected } = await takeEvents(
        body.events.map((value) => ({ kind: 'parsed', value })),
        frame,
        accepter,
      )
      return { accepted, duplicates, rejected: rejected.map(({ index, problems }) => ({ index, problems: [...problems] })) }
    },
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}
