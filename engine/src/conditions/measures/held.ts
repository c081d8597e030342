import type { WindowFields } from '@throughline/contracts'
import { utf8Length } from '../../utf8.ts'
import type { Retention } from '../behaviour.ts'
import { recordCount, STRIDE, timeOf, valueOfRecord, type Records } from '../records.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { anchorToSql } from '../window.ts'

/*
 * Events that are held one by one are the latest of a window: so many, and with texts of so many bytes in all. One more is held,
 * which tells that there were more: then those count that are later than it. So the cut falls between two instants, and does not
 * hang on the order of events of one instant, which the engine and ClickHouse do not share.
 */
export const MOST_RECORDS = 500
const MOST_BYTES = 16_000

/** Whether the events of such a window are held one by one; otherwise they are added up, in days where `inDays`. */
export function isHeld({ within, calendarDays, since }: WindowFields, inDays: boolean): boolean {
  return within !== undefined || since !== undefined || (calendarDays !== undefined && !inDays)
}

/** What has to be held of a window of this length. */
export function needOf(within: number | undefined): Retention {
  return { keep: MOST_RECORDS + 1, within }
}

/** The number of the latest record that no longer fits; -1 when all do. */
function firstBeyond(state: Records): number {
  let bytes = 0
  for (let number = recordCount(state) - 1; number >= 0; number--) {
    const value = valueOfRecord(state, number)
    if (typeof value === 'string') bytes += utf8Length(value)
    if (recordCount(state) - number > MOST_RECORDS || bytes > MOST_BYTES) return number
  }
  return -1
}

/** Lets go of what is older than the one that no longer fits; the same object when there is nothing to let go of. */
export function holdLatest(state: Records): Records {
  const beyond = firstBeyond(state)
  return beyond <= 0 ? state : state.slice(beyond * STRIDE)
}

/** The records that count. */
export function countedOf(state: Records): Records {
  const beyond = firstBeyond(state)
  if (beyond < 0) return state
  let from = beyond + 1
  while (from < recordCount(state) && timeOf(state, from) === timeOf(state, beyond)) from++
  return state.slice(from * STRIDE)
}

/**
 * The values of the events that count, as a ClickHouse column of the person.
 * @param rows which events are meant, as a condition
 * @param value of each, a number or (`text`) a text
 */
export function heldToSql(about: WindowFields, rows: string, value: string, type: 'number' | 'text', sql: SqlBuilder): string {
  const latest = sql.column(`groupArraySortedIf(${MOST_RECORDS + 1})((-at, ${value}), ${rows})`)
  const bytes = type === 'text' ? `arrayCumSum(x -> length(x.2), ${latest})` : `arrayResize([0], length(${latest}), 0)`
  const beyond = sql.derived(`arrayFirstIndex((n, b) -> n > ${MOST_RECORDS} or b > ${MOST_BYTES}, arrayEnumerate(${latest}), ${bytes})`)
  const border = `arrayWithConstant(length(${latest}), ${latest}[${beyond}].1)`
  const counted = sql.derived(`if(${beyond} = 0, ${latest}, arrayFilter((x, b) -> x.1 < b, ${latest}, ${border}))`)
  const anchor = anchorToSql(about, sql)
  return sql.derived(`arrayMap(x -> x.2, ${anchor === undefined ? counted : `arrayFilter(x -> -x.1 >= ${anchor}, ${counted})`})`)
}
