import type { Person } from '@throughline/contracts'
import { readCursor, writeCursor, type CallContext, type Handlers } from '../../platform/http/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { unknownJourney } from '../errors.ts'
import { loadJourneyVersions } from '../store.ts'
import { askForMove, type Asked } from './ask.ts'
import { readMoves } from './moves.ts'

/** Of those whom a search finds in all the shop, so many are looked for in the journey. */
const MOST_FOUND = 5_000

export interface JourneyPeopleDeps {
  readonly pool: Pool
  /** People by their ids, for lists. The profiles domain's. */
  readonly findPeople: (ids: readonly string[]) => Promise<ReadonlyMap<string, Person>>
  /** Ids of those whom a search finds. The profiles domain's. */
  readonly searchIds: (text: string, limit: number) => Promise<readonly string[]>
}

// Newest at their step first; ties by run, so that a page begins exactly where the one before ended.
const PEOPLE = `
select profile_id, run_id, step, version, entered_at, since, wakes_at from runs
where journey_id = $1::text and ($2::int is null or version = $2::int) and ($3::text is null or step = $3::text)
  and ($4::bigint is null or (since, run_id) < ($4::bigint, $5::text)) and ($6::uuid[] is null or profile_id = any($6::uuid[]))
order by since desc, run_id desc limit $7::int`

interface Row {
  [key: string]: unknown
  readonly profile_id: string
  readonly run_id: string
  readonly step: string
  readonly version: number
  readonly entered_at: number
  readonly since: number
  readonly wakes_at: number | null
}

/** Handlers of who is where in a journey, and of moving them. */
export function makeJourneyPeopleHandlers({ pool, findPeople, searchIds }: JourneyPeopleDeps) {
  const ask = (asked: Asked, audit: CallContext['audit']) => {
    const { version, step, to } = asked
    return askForMove(pool, asked, async (client, people) => {
      audit.note({ after: { people, version, step, ...(to !== null && { to }) } })
      await audit.commit(client)
    })
  }
  return {
    async journeyPeople({ params, query }) {
      if ((await loadJourneyVersions(pool, params.id)).length === 0) throw unknownJourney(params.id)
      const after = readCursor(query.cursor, [0, ''])
      const text = query.search?.trim() ?? ''
      const found = text === '' ? null : await searchIds(text, MOST_FOUND)
      const { rows } = await pool.query<Row>(PEOPLE, [
        params.id,
        query.version ?? null,
        query.step ?? null,
        after?.[0] ?? null,
        after?.[1] ?? null,
        found,
        query.limit + 1,
      ])
      const shown = rows.slice(0, query.limit)
      const people = await findPeople(shown.map((row) => row.profile_id))
      const last = shown.at(-1)
      return {
        items: shown.flatMap((row) => {
          const person = people.get(row.profile_id)
          const { run_id: run, step, version, entered_at: enteredAt, since, wakes_at: wakesAt } = row
          return person ? [{ person, run, step, version, enteredAt, since, wakesAt }] : []
        }),
        next: rows.length > query.limit && last ? writeCursor([last.since, last.run_id]) : null,
      }
    },
    async moveJourneyPeople({ params, body: { to, ...body }, auth, audit }) {
      return ask({ ...body, journey: params.id, by: auth.name, to: { version: to.version ?? body.version, step: to.step } }, audit)
    },
    async removeJourneyPeople({ params, body, auth, audit }) {
      return ask({ ...body, journey: params.id, by: auth.name, to: null }, audit)
    },
    async journeyMoves({ params }) {
      if ((await loadJourneyVersions(pool, params.id)).length === 0) throw unknownJourney(params.id)
      return { items: await readMoves(pool, params.id) }
    },
  } satisfies Handlers<'journeyPeople' | 'moveJourneyPeople' | 'removeJourneyPeople' | 'journeyMoves'>
}
