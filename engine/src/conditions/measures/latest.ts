import { valueAt, type Json, type MeasureOf } from '@throughline/contracts'
import { compareText } from '../../compare-text.ts'
import { shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import type { Compiler, Memory, Occurrence, View } from '../behaviour.ts'
import { latestToSql } from '../latest-sql.ts'
import { addValue, isLatestValues, mergeValues, type LatestValues } from '../latest-values.ts'
import { widest } from '../retention.ts'
import { compileSelection, describeSelection, type Selection } from '../selection.ts'
import { MOST_VALUES } from '../totals.ts'
import { keyOf, keyToJsonSql, keyToSql, valueOfKey } from '../values.ts'
import { anchorToSql, canCount, compileWindow, describeWindow, sayWhenWindowMoves, traitsOf, windowFor, type Window } from '../window.ts'
import { rowsToSql } from './figures.ts'
import type { MeasureBehaviour } from './measure.ts'

const DAY = 86_400_000
const nothing: LatestValues = []
const asValues = (state: Json | undefined): LatestValues => (isLatestValues(state) ? state : nothing)

/** How many different values; those seen latest are held, each with its time. */
export const distinct: MeasureBehaviour<MeasureOf<'distinct'>> = {
  compile(measure, compiler) {
    const selection = compileSelection(measure, compiler.context)
    const window = compileWindow(measure, compiler.context)
    const key = shortKey(JSON.stringify(['distinct', ...selection.key, measure.property, ...(window.key ?? [])]))
    const leaf = compiler.leaf(key, { keep: MOST_VALUES, within: window.within }, () =>
      makeValues(key, selection, window, measure.property),
    )
    const count = (state: LatestValues, now: number, view: View): number => {
      const from = windowFor(window, view).from(now)
      let n = 0
      for (let i = 0; i < state.length; i += 2) if (Number(state[i]) >= from && Number(state[i]) <= now) n++
      return n
    }
    return {
      leaf,
      traits: traitsOf(window),
      timed: window.timed,
      value: (view, now) => count(asValues(lookUp(view.memories, key)), now, view),
      *changes(view, now) {
        const state = asValues(lookUp(view.memories, key))
        const instants = new Set<number>()
        for (let i = 0; i < state.length; i += 2) {
          const at = Number(state[i])
          for (const instant of [at, window.leavesAt(at)]) if (instant > now && instant < Infinity) instants.add(instant)
        }
        for (const at of [...instants].sort((a, b) => a - b)) yield [at, count(state, at, view)]
      },
    }
  },
  toSql(measure, sql) {
    const { counts, value } = keyToSql(sql.perEvent(sql.jsonAt('properties', measure.property)), sql)
    const rows = rowsToSql(measure, counts, sql)
    const anchor = anchorToSql(measure, sql)
    const found =
      anchor === undefined
        ? sql.column(`uniqExactIf(${value}, ${rows})`)
        : `arrayCount(at -> at >= ${anchor}, mapValues(${sql.column(`maxMapIf(map(${value}, at), ${rows})`)}))`
    return `toString(least(${found}, ${MOST_VALUES}))`
  },
  describe: (measure) => `number of different ${measure.property} of ${describeSelection(measure)}${describeWindow(measure)}`,
  exactness: (measure) =>
    `Keeps the latest ${MOST_VALUES} different values; exact below that, ${MOST_VALUES} stands for more. ${sayWhenWindowMoves(measure)}`,
}

function makeValues(key: string, selection: Selection, window: Window, property: string): Memory {
  const need = widest()
  return {
    key,
    eventNames: selection.eventNames,
    widen: need.widen,
    add(state: Json | undefined, occurrence: Occurrence) {
      if (!selection.matches(occurrence) || !canCount(window, occurrence.at)) return state
      const value = keyOf(valueAt(occurrence.properties, property))
      return value === undefined ? state : addValue(asValues(state), occurrence.at, shortened(value), need)
    },
    merge: (a, b) => mergeValues(asValues(a), asValues(b), need),
  }
}

/** They are only told apart: of a long one a hash of 64 bits is kept. */
function shortened(key: string): string {
  return key.length <= 32 ? key : `h${shortKey(key)}`
}

type Edge = readonly [at: number, value: string]
const isEdge = (state: Json | undefined): state is Edge => Array.isArray(state) && state.length === 2

/** The property of the first or last event that has it, or when that event was. */
export const edge: MeasureBehaviour<MeasureOf<'first'> | MeasureOf<'last'>> = {
  compile(measure, compiler) {
    const { of, property } = measure
    const window = compileWindow(measure, compiler.context)
    const { leaf, key } = edgeLeaf(measure, of, property, window, compiler)
    const value = (state: Edge | undefined, now: number, view: View): Json | undefined => {
      if (state === undefined || state[0] > now || state[0] < windowFor(window, view).from(now)) return undefined
      return property === undefined ? new Date(state[0]).toISOString() : valueOfKey(state[1])
    }
    return {
      leaf,
      traits: traitsOf(window),
      timed: window.timed,
      value: (view, now) => value(readEdge(lookUp(view.memories, key)), now, view),
      *changes(view, now) {
        const state = readEdge(lookUp(view.memories, key))
        if (state === undefined) return
        for (const at of [state[0], window.leavesAt(state[0])]) if (at > now && at < Infinity) yield [at, value(state, at, view)]
      },
    }
  },
  toSql(measure, sql) {
    const { of, property } = measure
    const { counts, value } =
      property === undefined ? { counts: '1', value: `''` } : keyToSql(sql.perEvent(sql.jsonAt('properties', property)), sql)
    // The last event of all time, looked at through the window: what is outside says nothing.
    const rows = rowsToSql(measure, counts, sql)
    const n = sql.column(`countIf(${rows})`)
    const at = sql.column(`${of === 'first' ? 'minIf' : 'maxIf'}(at, ${rows})`)
    const anchor = anchorToSql(measure, sql)
    const isInside = anchor === undefined ? `${n} > 0` : `${n} > 0 and ${at} >= ${anchor}`
    if (property !== undefined) {
      const found = latestToSql(value, rows, sql, 'at', of)
      return anchor === undefined ? keyToJsonSql(found) : `if(${isInside}, ${keyToJsonSql(found)}, '')`
    }
    const text = `formatDateTime(fromUnixTimestamp64Milli(${at}, 'UTC'), '%Y-%m-%dT%H:%i:%S')`
    return `if(not (${isInside}), '', concat('"', ${text}, '.', leftPad(toString(positiveModulo(${at}, 1000)), 3, '0'), 'Z"'))`
  },
  describe: (measure) => `${measure.property ?? 'time'} of the ${measure.of} ${describeSelection(measure)}${describeWindow(measure)}`,
  exactness: (measure) => `Keeps one event, the ${measure.of}; exact. ${sayWhenWindowMoves(measure)}`,
}

/** Whole days since the last event. */
export const daysSince: MeasureBehaviour<MeasureOf<'days-since'>> = {
  compile(measure, compiler) {
    const { leaf, key } = edgeLeaf(measure, 'last', undefined, compileWindow({}, compiler.context), compiler)
    const days = (at: number, now: number): number | undefined => (at > now ? undefined : Math.floor((now - at) / DAY))
    return {
      leaf,
      traits: [],
      timed: true,
      value(view, now) {
        const state = readEdge(lookUp(view.memories, key))
        return state === undefined ? undefined : days(state[0], now)
      },
      *changes(view, now, bounds) {
        const state = readEdge(lookUp(view.memories, key))
        if (state === undefined) return
        const [at] = state
        if (at > now) yield [at, 0]
        const numbers = new Set(bounds.flatMap((bound) => [Math.ceil(bound), Math.floor(bound) + 1]))
        for (const n of [...numbers].sort((a, b) => a - b)) if (n > 0 && at + n * DAY > now) yield [at + n * DAY, n]
      },
    }
  },
  toSql(measure, sql) {
    const rows = rowsToSql(measure, '1', sql)
    const at = sql.column(`maxIf(at, ${rows})`)
    return `if(${sql.column(`countIf(${rows})`)} = 0, '', toString(intDiv({now:Int64} - ${at}, ${DAY})))`
  },
  describe: (measure) => `days since the last ${describeSelection(measure)}`,
  exactness: () => 'Keeps the time of the last event; exact, a day being 24 hours.',
}

function readEdge(state: Json | undefined): Edge | undefined {
  return isEdge(state) ? state : undefined
}

function edgeLeaf(
  measure: { readonly event: string; readonly where?: MeasureOf<'first'>['where'] },
  which: 'first' | 'last',
  property: string | undefined,
  window: Window,
  compiler: Compiler,
) {
  const selection = compileSelection(measure, compiler.context)
  const key = shortKey(JSON.stringify(['edge', which, ...selection.key, property ?? null, ...(window.key ?? [])]))
  const sign = which === 'first' ? -1 : 1
  const isBetter = (a: Edge, b: Edge): boolean => sign * (a[0] - b[0] || compareText(a[1], b[1])) > 0
  const leaf = compiler.leaf(key, { keep: 1, within: undefined }, () => ({
    key,
    eventNames: selection.eventNames,
    widen() {},
    add(state: Json | undefined, occurrence: Occurrence) {
      if (!selection.matches(occurrence) || !canCount(window, occurrence.at)) return state
      const value = property === undefined ? '' : keyOf(valueAt(occurrence.properties, property))
      if (value === undefined) return state
      const standing = readEdge(state)
      const found: Edge = [occurrence.at, value]
      return standing === undefined || isBetter(found, standing) ? found : state
    },
    merge: (a: Json, b: Json) => (isEdge(a) && isEdge(b) && isBetter(b, a) ? b : a),
  }))
  return { leaf, key }
}
