import type { SequenceCondition } from '@throughline/contracts'
import { selectionToSql } from '../selection.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { keysToSql } from '../values.ts'
import { anchorToSql, compileWindow, windowToSql } from '../window.ts'
import { MOST_MOMENTS } from './moments.ts'
import { endOf, planOf, selectedBy } from './plan.ts'

/** Of a list in one event, so many different values are followed. */
export const MOST_KEYS = 50

/*
 * ClickHouse's own `sequenceMatch` and `windowFunnel` know no latest events, no same property, and count time in whole seconds of the
 * first event; a self-join would square the events of a person. So the moments of a person are one sorted array, which is walked as
 * the engine walks it (spans.ts), by array functions alone that look at an element and what stands beside it: in time and room they
 * grow with the number of moments. No lambda names an array from outside, which ClickHouse would copy for every element.
 *
 *   moments   (key, time, bits of the steps), ordered by key and time
 *   start     for each moment, when a way through the steps so far that ends in it began; `never` where none does
 *   carried   for each moment, the latest one up to it in which such a way ends and that nothing has broken since
 */
const never = `toInt64(-9000000000000000000)`

/** Whether the sequence holds at `{now:Int64}`. */
export function sequenceToSql(condition: SequenceCondition, sql: SqlBuilder): string {
  const plan = planOf(condition)
  const moments = momentsToSql(condition, sql)
  const bitsIn = (moment: string, bits: number): string => `bitAnd(${moment}.3, ${bits}) != 0`

  const anchor = anchorToSql(condition, sql)
  const begins = anchor === undefined ? '' : ` and a.2 >= ${anchor}`
  let start = sql.derived(`arrayMap(a -> if(${bitsIn('a', plan.done[0]!.bit)}${begins}, a.2, ${never}), ${moments})`)
  for (const { bit, within, without } of plan.done.slice(1)) {
    const broken = without === 0 ? '0' : bitsIn('a', without)
    const own = `arrayMap((a, s) -> (a.1, a.2, s, toUInt8(s != ${never} or ${broken})), ${moments}, ${start})`
    const carried = `arrayFill(c -> c.4 = 1, ${own})`
    const before = `arrayShiftRight(${carried}, 1, (toUInt32(0), toInt64(0), ${never}, toUInt8(0)))`
    const soon = Number.isFinite(within) ? ` and a.2 - c.2 < ${sql.parameter('Int64', within)}` : ''
    const follows = `c.3 != ${never} and c.1 = a.1${soon}`
    start = sql.derived(`arrayMap((a, c) -> if(${bitsIn('a', bit)} and ${follows}, c.3, ${never}), ${moments}, ${before})`)
  }

  const undone = plan.after.map(({ bit, within }, i) => {
    const marked = `arrayMap(a -> (a.1, a.2, toUInt8(${bitsIn('a', bit)})), ${moments})`
    const next = `arrayShiftLeft(arrayReverseFill(n -> n.3 = 1, ${marked}), 1, (toUInt32(0), toInt64(0), toUInt8(0)))`
    const soon = Number.isFinite(within) ? ` and n${i}.2 - a.2 < ${sql.parameter('Int64', within)}` : ''
    return { name: `n${i}`, list: next, holds: `not (n${i}.3 = 1 and n${i}.1 = a.1${soon})` }
  })
  const over = plan.wait === 0 ? [] : [`a.2 + ${sql.parameter('Int64', plan.wait)} <= {now:Int64}`]
  const complete = [`s != ${never}`, ...over, ...undone.map(({ holds }) => holds)].join(' and ')
  const names = ['a', 's', ...undone.map(({ name }) => name)].join(', ')
  return sql.derived(`arrayExists((${names}) -> ${complete}, ${[moments, start, ...undone.map(({ list }) => list)].join(', ')})`)
}

/** The moments of a person as `Array(Tuple(key, time, bits))`: the latest so many, each once, ordered by key and time. */
function momentsToSql(condition: SequenceCondition, sql: SqlBuilder): string {
  const { to } = compileWindow(condition, sql.context)
  const window = windowToSql(condition, sql)
  const until = endOf(planOf(condition), to)
  const from = window.parts.filter((part) => !part.startsWith('at <'))
  const steps = condition.steps.map((step, i) => {
    const { name, parts } = selectionToSql(selectedBy(step), sql)
    sql.reads([name, ...window.rows].join(' and '))
    const end = step.not === true ? until : to
    const bounds = [...from, ...(Number.isFinite(end) ? [`at < ${sql.parameter('Int64', end)}`] : [])]
    return { isMeant: [parts[0]!, ...bounds, ...parts.slice(1)].join(' and '), bit: 1 << i, same: step.same ?? condition.same }
  })
  const each =
    condition.same === undefined
      ? `arrayFilter(x -> x.3 != 0, [${steps.map(({ isMeant, bit }) => `(toUInt32(0), at, toUInt16(if(${isMeant}, ${bit}, 0)))`).join(', ')}])`
      : `arrayConcat(${steps
          .map(({ isMeant, bit, same }) => {
            const keys = `arraySlice(arrayDistinct(${keysToSql(same!, sql)}), 1, ${MOST_KEYS})`
            return `arrayMap(k -> (murmurHash3_32(k), at, toUInt16(${bit})), if(${isMeant}, ${keys}, []))`
          })
          .join(', ')})`
  const done = sql.perEvent(each)
  const told = sql.column(`groupUniqArrayArrayIf(${done}, notEmpty(${done}))`)
  // A moment is told once for each step at most: so many of the latest hold the moments that count, whole, whatever a person did besides.
  const most = MOST_MOMENTS * condition.steps.length
  const all = sql.derived(`arraySort(arraySlice(arrayPartialReverseSort(x -> (x.2, x.1), ${most}, ${told}), 1, ${most}))`)
  const times = sql.derived(`arrayReverseSort(arrayDistinct(arrayMap(x -> (x.2, x.1), ${all})))`)
  const oldest = `arrayWithConstant(length(${all}), ${times}[${MOST_MOMENTS}])`
  const latest = sql.derived(`if(length(${times}) > ${MOST_MOMENTS}, arrayFilter((x, o) -> (x.2, x.1) >= o, ${all}, ${oldest}), ${all})`)
  // Steps done at one moment lie beside each other: the sum of their bits up to its last one, less the sum up to the moment before.
  const next = `arrayShiftLeft(${latest}, 1, (toUInt32(0), ${never}, toUInt16(0)))`
  const summed = `arrayMap((x, y, sum) -> (x.1, x.2, sum, x.1 != y.1 or x.2 != y.2), ${latest}, ${next}, arrayCumSum(x -> x.3, ${latest}))`
  const lasts = sql.derived(`arrayFilter(x -> x.4, ${summed})`)
  const before = `arrayShiftRight(arrayMap(x -> x.3, ${lasts}), 1, toUInt64(0))`
  return sql.derived(`arrayMap((x, before) -> (x.1, x.2, x.3 - before), ${lasts}, ${before})`)
}
