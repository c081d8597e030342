import type { EventCondition, Json, WindowFields } from '@throughline/contracts'
import { shortKey } from '../hash.ts'
import { lookUp } from '../table.ts'
import { isPending, type ConditionBehaviour, type Memory, type Occurrence } from './behaviour.ts'
import type { ConditionContext } from './context.ts'
import { addValue, isLatestValues, mergeValues, type LatestValues } from './latest-values.ts'
import { addOccurrence, countAt, heldFor, holds, isOccurrences, mergeOccurrences, nextFlipAt, type Occurrences } from './occurrences.ts'
import { widest } from './retention.ts'
import { compileSelection, describeSelection, selectionToSql, type Selection } from './selection.ts'
import type { SqlBuilder } from './sql-builder.ts'
import {
  anchorToSql,
  canCount,
  compileWindow,
  describeWindow,
  sayWhenWindowMoves,
  traitsOf,
  windowFor,
  windowToSql,
  type Window,
} from './window.ts'

const nothing: readonly number[] = []
const asOccurrences = (state: Json | undefined): Occurrences => (isOccurrences(state) ? state : nothing)
const asDays = (state: Json | undefined): LatestValues => (isLatestValues(state) ? state : nothing)

/** The event happened so many times, or on so many different days, in a window. */
export const eventCondition: ConditionBehaviour<EventCondition> = {
  compile(condition, compiler) {
    const { times } = condition
    const window = compileWindow(condition, compiler.context)
    const selection = compileSelection(condition, compiler.context)
    const inDays = condition.count === 'days'
    const memoryKey = shortKey(JSON.stringify([inDays ? 'days' : 'event', ...selection.key, ...(window.key ?? [])]))
    const make = inDays ? makeDays : makeOccurrences
    const leaf = compiler.leaf(memoryKey, { keep: heldFor(times), within: window.within }, () =>
      make(memoryKey, selection, window, compiler.context),
    )
    const { key } = leaf
    const asTimes = inDays ? asDays : asOccurrences
    return {
      leaves: [leaf],
      traits: traitsOf(window),
      timed: window.timed,
      value: (view, now) =>
        isPending(view, key) ? 'pending' : holds(times, countAt(asTimes(lookUp(view.memories, memoryKey)), now, windowFor(window, view))),
      nextChangeAt(view, now) {
        const state = lookUp(view.memories, memoryKey)
        return state === undefined ? null : nextFlipAt(asTimes(state), times, now, windowFor(window, view))
      },
    }
  },

  toSql(condition, sql) {
    const { times } = condition
    const { name, parts } = selectionToSql(condition, sql)
    const window = windowToSql(condition, sql)
    const all = sql.perEvent([parts[0]!, ...window.parts, ...parts.slice(1)].join(' and '))
    sql.reads([name, ...window.rows, ...(parts.length > 1 ? [all] : [])].join(' and '))
    const count = countToSql(condition, all, sql)
    const n = sql.parameter('UInt64', times.n)
    switch (times.op) {
      case 'at-least':
        return `${count} >= ${n}`
      case 'at-most':
        return `${count} <= ${n}`
      case 'exactly':
        return `${count} = ${n}`
      default:
        return times satisfies never
    }
  },

  describe: (condition) => describeCount(condition, 'did', describeSelection(condition)),

  exactness(condition) {
    const { times, count } = condition
    const held = heldFor(times)
    const things = count === 'days' ? ['day', 'different days'] : ['time', 'times']
    return `Keeps the latest ${held === 1 ? things[0] : `${held} ${things[1]}`}; exact. ${sayWhenWindowMoves(condition)}`
  },

  children: () => [],
}

/** How many events, or days, there were among the rows of which `all` holds. */
function countToSql(condition: EventCondition, all: string, sql: SqlBuilder): string {
  const inDays = condition.count === 'days'
  const day = `toDate(fromUnixTimestamp64Milli(at, ${sql.zone()}))`
  const anchor = anchorToSql(condition, sql)
  if (anchor === undefined) return sql.column(inDays ? `uniqExactIf(${day}, ${all})` : `countIf(${all})`)
  // When it begins is known only once all rows are read: so many of the latest, or the latest of each day, tell enough.
  const latest = inDays
    ? `mapValues(${sql.column(`maxMapIf(map(${day}, at), ${all})`)})`
    : `arrayMap(at -> -at, ${sql.column(`groupArraySortedIf(${heldFor(condition.times)})(-at, ${all})`)})`
  return sql.derived(`arrayCount(at -> at >= ${anchor}, ${latest})`)
}

/** `did X at least 2 times in the last 30 days`, with another verb and object. */
export function describeCount(condition: Pick<EventCondition, 'times' | 'count'> & WindowFields, did: string, what: string): string {
  const { times } = condition
  const [one, many] = condition.count === 'days' ? ['on one day', `on ${times.n} days`] : ['once', `${times.n} times`]
  const amount = times.n === 1 ? one : many
  const span = describeWindow(condition)
  switch (times.op) {
    case 'at-least':
      return `${did} ${what}${times.n === 1 ? '' : ` ${amount.replace(/^(on )?/, '$1at least ')}`}${span}`
    case 'at-most':
      return times.n === 0 ? `did not ${undo(did)} ${what}${span}` : `${did} ${what} ${amount.replace(/^(on )?/, '$1at most ')}${span}`
    case 'exactly':
      return times.n === 0 ? `did not ${undo(did)} ${what}${span}` : `${did} ${what} ${amount.replace(/^(on )?/, '$1exactly ')}${span}`
    default:
      return times satisfies never
  }
}

const undone: { readonly [did: string]: string } = { did: 'do', viewed: 'view', got: 'get', opened: 'open', 'clicked in': 'click in' }
function undo(did: string): string {
  return undone[did] ?? did
}

/** A memory of the latest events that are meant. */
export function makeOccurrences(
  key: string,
  selection: Pick<Selection, 'eventNames' | 'matches'> & Partial<Pick<Selection, 'isByName'>>,
  window: Window,
): Memory {
  const need = widest()
  return {
    key,
    eventNames: selection.eventNames,
    ...(selection.isByName === true && { readsNoProperties: true }),
    widen: need.widen,
    add: (state: Json | undefined, occurrence: Occurrence) =>
      selection.matches(occurrence) && canCount(window, occurrence.at)
        ? addOccurrence(asOccurrences(state), occurrence.at, occurrence.hash, need)
        : state,
    merge: (a, b) => mergeOccurrences(asOccurrences(a), asOccurrences(b), need),
  }
}

function makeDays(key: string, selection: Selection, window: Window, { calendar }: ConditionContext): Memory {
  const need = widest()
  return {
    key,
    eventNames: selection.eventNames,
    ...(selection.isByName && { readsNoProperties: true }),
    widen: need.widen,
    add: (state: Json | undefined, occurrence: Occurrence) =>
      selection.matches(occurrence) && canCount(window, occurrence.at)
        ? addValue(asDays(state), occurrence.at, calendar.dayOf(occurrence.at), need)
        : state,
    merge: (a, b) => mergeValues(asDays(a), asDays(b), need),
  }
}
