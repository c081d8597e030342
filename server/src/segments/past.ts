import type { Condition, Settings } from '@throughline/contracts'
import { conditionToSql, type ConditionContext } from '@throughline/engine'
import type { Db } from '../platform/postgres/index.ts'
import type { Asker } from './ask.ts'
import { nameOfDay } from './days.ts'
import { contextOf, loadDefinitions } from './definitions.ts'
import { readDays } from './rfm/index.ts'
import { SHARDS } from './preview/shards.ts'

/** Thresholds of ranks are looked for so many days before the first instant that is asked about. */
const DAYS_BEFORE = 8

/** History, asked about instants of the past. */
export interface Past {
  /** What conditions depended on at an instant, epoch ms. */
  contextAt(now: number): ConditionContext
  /** Ids of the people, of these shards or of all, for whom a condition held at an instant by what had been received by then. */
  peopleAt(where: Condition, now: number, about: { readonly shards?: Shards; readonly signal: AbortSignal }): Promise<readonly string[]>
}

/** The first and the last of some shards. */
export interface Shards {
  readonly from: number
  readonly to: number
}

/**
 * Opens history for questions about instants from `since` on. Definitions and settings are those of now.
 * @param since epoch ms
 * @throws SegmentError `history_unavailable` from `peopleAt`, while ClickHouse is away
 */
export async function openPast(
  { pool, ask, settings: loadSettings }: { readonly pool: Db; readonly ask: Asker; readonly settings: () => Promise<Settings> },
  since: number,
): Promise<Past> {
  const [definitions, settings, merges] = await Promise.all([loadDefinitions(pool), loadSettings(), ask.hasMerges()])
  const unranked = contextOf(definitions, settings)
  const days = await readDays(pool, nameOfDay(unranked.calendar.dayOf(since) - DAYS_BEFORE))
  const known = days.map(({ moment, thresholds }) => ({ since: moment.asOf, context: contextOf(definitions, settings, thresholds!) }))
  const contextAt = (now: number): ConditionContext => known.findLast((one) => one.since <= now)?.context ?? unranked
  return {
    contextAt,
    async peopleAt(where, now, { shards, signal }) {
      const query = conditionToSql(where, {
        now,
        context: contextAt(now),
        merges,
        tables: { byName: 'events_by_name' },
        shards: shards ?? { from: 0, to: SHARDS - 1 },
      })
      return (await ask.rows<{ profile: string }>(query, signal)).map(({ profile }) => profile)
    },
  }
}
