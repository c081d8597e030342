import { valueAt, type Json, type MeasureOf, type WindowFields } from '@throughline/contracts'
import { compareText } from '../../compare-text.ts'
import type { ConditionContext } from '../context.ts'
import { compileFilters, describeFilters, filtersToSql, normaliseFilters } from '../filters.ts'
import { describeSelection, selectionToSql, type Selected } from '../selection.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { byFrequency, MOST_BYTES, MOST_VALUES, numbers, values, type NumberSum, type ValueSum } from '../totals.ts'
import { keyOf, keyToJsonSql, keyToSql, numberOf, numberToJsonSql, unitsOf, unitsToSql, valueOfKey, type ValueSql } from '../values.ts'
import { describeWindow, sayWhenWindowMoves, windowToSql } from '../window.ts'
import type { MeasureBehaviour } from './measure.ts'
import { heldToSql, isHeld, MOST_RECORDS } from './held.ts'
import { compileSummed, type Summed } from './summed.ts'

type About = Selected & WindowFields
type NumberOf = MeasureOf<'count'> | MeasureOf<'sum' | 'average' | 'min' | 'max'>
type Sorted = { readonly property?: string | undefined; readonly by?: 'hour' | 'weekday' | undefined }

const numberAnswers: { readonly [K in NumberOf['of']]: (sum: NumberSum) => Json | undefined } = {
  count: ({ n }) => n,
  sum: ({ sum }) => numberOf(Number(sum)),
  average: ({ n, sum }) => (n === 0 ? undefined : Number(sum) / n / 10_000),
  min: ({ n, least }) => (n === 0 ? undefined : numberOf(least)),
  max: ({ n, greatest }) => (n === 0 ? undefined : numberOf(greatest)),
}

/** Count, sum, average, least and greatest. A sum of nothing is 0; the others have no value then. */
export const numberFigure: MeasureBehaviour<NumberOf> = {
  compile(measure, compiler) {
    const property = measure.of === 'count' ? null : measure.property
    const summed: Summed<NumberSum> = {
      adder: numbers,
      source: ['number', property],
      read: property === null ? () => 0 : ({ properties }) => unitsOf(valueAt(properties, property)),
      answer: numberAnswers[measure.of],
      inDays: true,
    }
    return compileSummed(measure, summed, compiler)
  },

  toSql(measure, sql) {
    const { counts, value } =
      measure.of === 'count' ? { counts: '1', value: '0' } : unitsToSql(sql.perEvent(sql.jsonAt('properties', measure.property)), sql)
    const rows = rowsToSql(measure, counts, sql)
    const held = isHeld(measure, true) ? heldToSql(measure, rows, `toInt64(${value})`, 'number', sql) : null
    const n = held === null ? sql.column(`countIf(${rows})`) : `length(${held})`
    const of = (name: 'sum' | 'min' | 'max'): string => {
      // A few numbers of the largest that count are more than 64 bits hold.
      if (held === null) return sql.column(`${name}If(${name === 'sum' ? `toInt128(${value})` : value}, ${rows})`)
      return `${{ sum: 'arraySum', min: 'arrayMin', max: 'arrayMax' }[name]}(${held})`
    }
    switch (measure.of) {
      case 'count':
        return `toString(${n})`
      case 'sum':
        return numberToJsonSql(of('sum'))
      case 'average':
        return `if(${n} = 0, '', ${numberToJsonSql(`${of('sum')} / ${n}`)})`
      case 'min':
      case 'max':
        return `if(${n} = 0, '', ${numberToJsonSql(of(measure.of))})`
      default:
        return measure satisfies never
    }
  },

  describe(measure) {
    const about = `${describeSelection(measure)}${describeWindow(measure)}`
    if (measure.of === 'count') return `number of ${about}`
    const words = { sum: 'sum', average: 'average', min: 'smallest', max: 'largest' }
    return `${words[measure.of]} ${measure.of === 'sum' ? 'of ' : ''}${measure.property} of ${about}`
  },

  exactness: (measure) =>
    `${isHeld(measure, true) ? heldInWords : measure.calendarDays === undefined ? 'Keeps the total; exact.' : 'Keeps a total for each day; exact.'} ${measure.of === 'count' ? '' : 'Numbers count to four decimals. '}${sayWhenWindowMoves(measure)}`,
}

const heldInWords = `Keeps the events of the window, up to ${MOST_RECORDS}; of more, the latest count.`

const whereFrom = (about: WindowFields): string =>
  `${isHeld(about, false) ? heldInWords : `Keeps how often each value came; exact up to ${MOST_VALUES} different values; where there are more, there is no value.`} ${sayWhenWindowMoves(about)}`

/** The value that came most often. */
export const mostFrequent: MeasureBehaviour<MeasureOf<'most-frequent'>> = {
  compile: (measure, compiler) =>
    compileSummed(
      measure,
      sortedBy(measure, compiler.context, ({ counts }) => {
        let best: string | undefined
        let most = 0
        for (const [key, n] of counts) {
          if (n < most || (n === most && compareText(key, best!) > 0)) continue
          best = key
          most = n
        }
        return best === undefined ? undefined : valueOfKey(best)
      }),
      compiler,
    ),
  toSql: (measure, sql) => keyToJsonSql(sql.derived(`${rankedToSql(measure, measure, sql)}[1].1`)),
  describe: (measure) => `most frequent ${describeSorted(measure)} of ${describeSelection(measure)}${describeWindow(measure)}`,
  exactness: whereFrom,
}

/** The place of a value by how often each came. */
export const rank: MeasureBehaviour<MeasureOf<'rank'>> = {
  compile(measure, compiler) {
    const key = keyOf(measure.value)
    const place = ({ counts }: ValueSum): Json | undefined => {
      const found = byFrequency(counts).findIndex(([each]) => each === key)
      return found < 0 ? undefined : found + 1
    }
    return compileSummed(measure, sortedBy(measure, compiler.context, place), compiler)
  },
  toSql(measure, sql) {
    const ranked = rankedToSql(measure, measure, sql)
    const place = sql.derived(`indexOf(arrayMap(x -> x.1, ${ranked}), ${sql.parameter('String', keyOf(measure.value) ?? '')})`)
    return `if(${place} = 0, '', toString(${place}))`
  },
  describe: (measure) =>
    `place of “${String(measure.value)}” among ${describeSorted(measure)} of ${describeSelection(measure)}${describeWindow(measure)} by frequency`,
  exactness: whereFrom,
}

/** The different values, in one order. */
export const differentValues: MeasureBehaviour<MeasureOf<'values'>> = {
  compile: (measure, compiler) =>
    compileSummed(
      measure,
      sortedBy(measure, compiler.context, ({ counts }) =>
        counts.size === 0 ? undefined : [...counts.keys()].sort(compareText).map(valueOfKey),
      ),
      compiler,
    ),
  toSql(measure, sql) {
    const { rows, key } = sortedToSql(measure, measure, sql)
    const found = sql.derived(
      isHeld(measure, false)
        ? `arraySort(arrayDistinct(${heldToSql(measure, rows, key, 'text', sql)}))`
        : fewToSql(sql.column(`arraySort(groupUniqArrayIf(${key}, ${rows}))`), 'x', sql),
    )
    return `if(empty(${found}), '', concat('[', arrayStringConcat(arrayMap(x -> ${keyToJsonSql('x')}, ${found}), ','), ']'))`
  },
  describe: (measure) => `different ${measure.property} of ${describeSelection(measure)}${describeWindow(measure)}`,
  exactness: whereFrom,
}

/** How many events in a hundred are of one sort. */
export const share: MeasureBehaviour<MeasureOf<'share'>> = {
  compile(measure, compiler) {
    const { matching } = measure
    const key = matching === undefined ? keyOf(measure.value) : 'b1'
    const part = ({ n, counts }: ValueSum): Json | undefined => (n === 0 ? undefined : (100 * (counts.get(key ?? '') ?? 0)) / n)
    if (matching === undefined) return compileSummed(measure, sortedBy(measure, compiler.context, part), compiler)
    const passes = compileFilters(matching, compiler.context)!
    const summed: Summed<ValueSum> = {
      adder: values,
      source: ['matching', normaliseFilters(matching)],
      read: (occurrence) => (passes(occurrence) ? 'b1' : 'b0'),
      answer: part,
      inDays: false,
    }
    return compileSummed(measure, summed, compiler)
  },

  toSql(measure, sql) {
    const { matching } = measure
    const { rows, key } = matching === undefined ? sortedToSql(measure, measure, sql) : { rows: rowsToSql(measure, '1', sql), key: null }
    const isPart =
      key === null ? filtersToSql(matching, sql).join(' and ') : `${key} = ${sql.parameter('String', keyOf(measure.value) ?? '')}`
    if (isHeld(measure, false)) {
      // As the engine holds it, the value of each event counts by its length too.
      const held = heldToSql(measure, rows, key ?? sql.perEvent(`if(${isPart}, 'b1', 'b0')`), 'text', sql)
      const part = key === null ? `'b1'` : sql.parameter('String', keyOf(measure.value) ?? '')
      return `if(empty(${held}), '', toJSONString(100 * countEqual(${held}, ${part}) / length(${held})))`
    }
    const all = sql.column(`countIf(${rows})`)
    const part = `if(${all} = 0, '', toJSONString(100 * ${sql.column(`countIf(${rows} and ${isPart})`)} / ${all}))`
    if (measure.property === undefined) return part
    const few = sql.derived(fewToSql(sql.column(`groupUniqArrayIf(${key}, ${rows})`), 'x', sql))
    return `if(empty(${few}), '', ${part})`
  },

  describe(measure) {
    const part =
      measure.matching === undefined ? `${describeSorted(measure)} “${String(measure.value)}”` : describeFilters(measure.matching)
    return `share of ${describeSelection(measure)} with ${part}${describeWindow(measure)} (in %)`
  },
  exactness: whereFrom,
}

function sortedBy({ property, by }: Sorted, { calendar }: ConditionContext, answer: (sum: ValueSum) => Json | undefined): Summed<ValueSum> {
  const read: Summed<ValueSum>['read'] =
    property !== undefined
      ? ({ properties }) => keyOf(valueAt(properties, property))
      : by === 'hour'
        ? ({ at }) => keyOf(calendar.hourOf(at))
        : ({ at }) => keyOf(calendar.weekdayOf(at))
  return {
    adder: values,
    source: property === undefined ? ['by', by ?? null] : ['value', property],
    read,
    answer,
    answersSlowly: true,
    inDays: false,
  }
}

function describeSorted({ property, by }: Sorted): string {
  return property ?? by ?? ''
}

/** The rows that count, as a condition, and the key of the value of each. */
function sortedToSql(sorted: Sorted, about: About, sql: SqlBuilder): { rows: string; key: string } {
  const { counts, value } = sourceToSql(sorted, sql)
  return { rows: rowsToSql(about, counts, sql), key: value }
}

function sourceToSql({ property, by }: Sorted, sql: SqlBuilder): ValueSql {
  if (property !== undefined) return keyToSql(sql.perEvent(sql.jsonAt('properties', property)), sql)
  const clock = `fromUnixTimestamp64Milli(at, ${sql.zone()})`
  return { counts: '1', value: sql.perEvent(`concat('n', toString(${by === 'hour' ? 'toHour' : 'toDayOfWeek'}(${clock}) * 10000))`) }
}

/** A list of (key, how often), the most frequent first, of equals the first by its bytes. */
function rankedToSql(sorted: Sorted, about: About, sql: SqlBuilder): string {
  const { rows, key } = sortedToSql(sorted, about, sql)
  const counts = isHeld(about, false)
    ? sql.derived(`arrayReduce('sumMap', arrayMap(x -> map(x, toUInt64(1)), ${heldToSql(about, rows, key, 'text', sql)}))`)
    : sql.column(`sumMapIf(map(${key}, toUInt64(1)), ${rows})`)
  const all = sql.derived(`arrayZip(mapKeys(${counts}), mapValues(${counts}))`)
  return sql.derived(`arraySort(x -> (-toInt64(x.2), x.1), ${isHeld(about, false) ? all : fewToSql(all, 'x.1', sql)})`)
}

/** The list of the different values, or an empty one where there are more of them than are told apart. @param key of one of them, `x` */
function fewToSql(list: string, key: string, sql: SqlBuilder): string {
  const bytes = sql.derived(`arraySum(x -> length(${key}), ${list})`)
  return `if(length(${list}) > ${MOST_VALUES} or ${bytes} > ${MOST_BYTES}, arraySlice(${list}, 1, 0), ${list})`
}

/** Rows of the selection in the window of which `counts` holds, as one condition. */
export function rowsToSql(about: About, counts: string, sql: SqlBuilder): string {
  const { name, parts } = selectionToSql(about, sql)
  const window = windowToSql(about, sql)
  const all = sql.perEvent([parts[0]!, ...window.parts, ...parts.slice(1), ...(counts === '1' ? [] : [counts])].join(' and '))
  sql.reads([name, ...window.rows, ...(parts.length > 1 || counts !== '1' ? [all] : [])].join(' and '))
  return all
}
