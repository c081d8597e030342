import { callTypes, lanes, type Settings } from '@throughline/contracts'
import { isClickHouseAway, isHistoryMissing, type ClickHouse } from '../platform/clickhouse/index.ts'
import { makeFigure } from '../platform/figure/index.ts'
import type { Handlers } from '../platform/http/index.ts'
import { binary, type Pool } from '../platform/postgres/index.ts'
import { startOfDay } from './start-of-day.ts'

export interface OverviewDeps {
  readonly pool: Pool
  readonly clickhouse: ClickHouse
  readonly loadSettings: () => Promise<Settings>
}

const MINUTE = 60_000
const MINUTES = 60

/** Handlers of the start page. */
export function makeOverviewHandlers({ pool, clickhouse, loadSettings }: OverviewDeps) {
  const one = async (sql: string, values: unknown[] = []): Promise<number> => (await pool.query<{ n: number }>(sql, values)).rows[0]?.n ?? 0
  const today = async () => startOfDay(Date.now(), (await loadSettings()).zone)

  // Counts over whole tables: exact, and each taken again only as often as its cost allows.
  const people = makeFigure(() => one('select count(*) as n from profiles where merged_into is null'))
  const known = makeFigure(() => one(`select count(distinct profile_id) as n from identifiers where kind in ('user_id', 'email')`))
  const inJourneys = makeFigure(() => one('select count(distinct (shard, profile_id)) as n from runs'))
  const minutes = makeFigure(async () => (await minutesFromClickHouse(clickhouse)) ?? minutesFromInbox(pool))
  const messages = makeFigure(async () => {
    const { rows } = await pool.query<{ sent: number; held: number }>(
      `select count(*) filter (where sent_at is not null) as sent, count(*) filter (where status = 'held') as held from messages where created_at >= $1::bigint`,
      [await today()],
    )
    return rows[0] ?? { sent: 0, held: 0 }
  })
  const rejected = makeFigure(async () => one('select count(*) as n from rejected_events where at >= $1::bigint', [await today()]))

  const asking = makeFigure(() =>
    one(
      `select count(*) as n from campaign_sends where ended_at is null and (state = 'waiting' or (state = 'paused' and halted_at is not null))`,
    ),
  )
  const low = makeFigure(() => one('select count(*) as n from coupon_pools where low_since is not null and deleted_at is null'))
  const tasks = makeFigure(() => one('select count(*) as n from tasks where done_at is null'))

  return {
    async overview() {
      const [peopleNow, knownNow, inside, byMinute, sentAndHeld, rejectedToday, campaignsAsking, lowPools, openTasks] = await Promise.all([
        people(),
        known(),
        inJourneys(),
        minutes(),
        messages(),
        rejected(),
        asking(),
        low(),
        tasks(),
      ])
      const end = Math.floor(Date.now() / MINUTE) * MINUTE
      const eventsPerMinute = Array.from({ length: MINUTES }, (_, index) => {
        const at = end - (MINUTES - 1 - index) * MINUTE
        return { at, count: byMinute.get(at) ?? 0 }
      })
      return {
        people: peopleNow,
        known: Math.min(knownNow, peopleNow),
        inJourneys: inside,
        messagesToday: sentAndHeld.sent,
        heldToday: sentAndHeld.held,
        rejectedToday,
        campaignsAsking,
        lowPools,
        openTasks,
        eventsLastHour: eventsPerMinute.reduce((total, { count }) => total + count, 0),
        eventsPerMinute,
      }
    },
  } satisfies Handlers<'overview'>
}

function since(): number {
  return (Math.floor(Date.now() / MINUTE) - MINUTES + 1) * MINUTE
}

// The live lane alone: an import of last year's orders is not what happens in the shop now.
async function minutesFromClickHouse(clickhouse: ClickHouse): Promise<Map<number, number> | null> {
  try {
    const result = await clickhouse.query({
      query: `select toString(intDiv(received_at, ${MINUTE}) * ${MINUTE}) as at, toString(count()) as n from events
              where received_at >= {since:Int64} and lane = ${lanes.live} and type in {types:Array(String)} group by at`,
      query_params: { since: since(), types: [...callTypes] },
      format: 'JSONEachRow',
      abort_signal: AbortSignal.timeout(3_000),
    })
    return new Map((await result.json<{ at: string; n: string }>()).map(({ at, n }) => [Number(at), Number(n)]))
  } catch (error) {
    if (isClickHouseAway(error) || isHistoryMissing(error) || (error instanceof Error && error.name === 'TimeoutError')) return null
    throw error
  }
}

async function minutesFromInbox(pool: Pool): Promise<Map<number, number>> {
  const { rows } = await pool.query<{ at: number; n: number }>(
    `select (received_at / ${MINUTE}) * ${MINUTE} as at, count(*) as n from inbox
     where received_at >= $1::bigint and lane = ${lanes.live} and type = any($2::text[]) and not forwarded group by 1`,
    [since(), binary.textArray([...callTypes])],
  )
  return new Map(rows.map(({ at, n }) => [at, n]))
}
