import type { RfmGroup, RfmThresholds } from '@throughline/contracts'
import { rfmEvents, rfmFiguresToSql, rfmStandsToSql, type ConditionContext, type Moment, type RfmStandAt } from '@throughline/engine'
import type { Asker } from '../ask.ts'
import type { Cell } from './store.ts'

/** What questions about everybody need besides. */
export interface About {
  readonly context: ConditionContext
  readonly signal?: AbortSignal
}

/**
 * Where the fifths of all buyers parted at a moment; `null` when nobody had ordered. The k-th of four is the value at place ⌈k·n/5⌉ of
 * all n values in order (nearest rank), so that it is one that somebody has, and the same however the rows lie.
 */
export async function askThresholds(
  ask: Asker,
  days: number | null,
  moment: Moment,
  about: About,
): Promise<{ readonly people: number; readonly thresholds: RfmThresholds } | null> {
  const { sql, params } = rfmFiguresToSql(days, moment, await optionsOf(ask, about))
  const fifths = (values: string): string => `arrayMap(k -> toInt64(${values}[intDiv(k * n + 4, 5)]), [1, 2, 3, 4])`
  const [row] = await ask.rows<{ people: number } & Record<'recency' | 'frequency' | 'money', number[]>>(
    {
      sql: `select count() as n, toUInt64(n) as people,
         ${fifths('arrayReverseSort(groupArray(last))')} as recency,
         ${fifths('arraySort(groupArray(toInt64(orders)))')} as frequency,
         ${fifths('arraySort(groupArray(money))')} as money
       from (${sql})`,
      params,
    },
    about.signal,
  )
  const people = Number(row?.people ?? 0)
  if (row === undefined || people === 0) return null
  const four = (values: readonly number[]): [number, number, number, number] => {
    const [a, b, c, d] = values.map(Number)
    return [a!, b!, c!, d!]
  }
  return { people, thresholds: { days, recency: four(row.recency), frequency: four(row.frequency), money: four(row.money) } }
}

/** How many stood in each cell of the grid, and what they had spent; cells in which nobody stood are left out. */
export async function askCells(ask: Asker, stand: RfmStandAt, about: About): Promise<Cell[]> {
  const { sql, params } = rfmStandsToSql([stand], await optionsOf(ask, about))
  const rows = await ask.rows<Record<'recency' | 'frequency' | 'people' | 'money', number>>(
    {
      sql: `select recency_0 as recency, frequency_0 as frequency, count() as people, sum(revenue_0) as money
       from (${sql}) where group_0 != '' group by recency, frequency order by recency desc, frequency`,
      params,
    },
    about.signal,
  )
  return rows.map(({ recency, frequency, people, money }) => [Number(recency), Number(frequency), Number(people), Number(money)])
}

/** How many went from which group to which between two moments; `null` is: without orders. */
export async function askMoves(
  ask: Asker,
  from: RfmStandAt,
  to: RfmStandAt,
  about: About,
): Promise<{ from: RfmGroup | null; to: RfmGroup | null; people: number }[]> {
  const { sql, params } = rfmStandsToSql([from, to], await optionsOf(ask, about))
  const rows = await ask.rows<{ before: RfmGroup | ''; now: RfmGroup | ''; people: number }>(
    {
      sql: `select group_0 as before, group_1 as now, count() as people from (${sql})
       where before != '' or now != '' group by before, now order by people desc, before, now`,
      params,
    },
    about.signal,
  )
  return rows.map(({ before, now, people }) => ({ from: before || null, to: now || null, people: Number(people) }))
}

/** How many orders there are, about, and by how many people: what came twice, and people who were merged, may count twice. */
export async function countOrders(ask: Asker): Promise<{ readonly buyers: number; readonly orders: number }> {
  const [row] = await ask.rows<{ buyers: number; orders: number }>({
    sql: `select uniq(profile_id) as buyers, count() as orders from events_by_name where name = '${rfmEvents.order}'`,
    params: {},
  })
  return { buyers: Number(row?.buyers ?? 0), orders: Number(row?.orders ?? 0) }
}

async function optionsOf(ask: Asker, { context }: About) {
  return { context, merges: await ask.hasMerges(), tables: { byName: 'events_by_name' } }
}
