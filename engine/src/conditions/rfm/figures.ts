import { valueAt, type Json, type JsonObject } from '@throughline/contracts'
import type { Compiler, Leaf, Occurrence, View } from '../behaviour.ts'
import { edge } from '../measures/latest.ts'
import type { CompiledMeasure } from '../measures/measure.ts'
import { compileSummed } from '../measures/summed.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { numbers } from '../totals.ts'
import { unitsOf, unitsToSql } from '../values.ts'
import { calendarWindow } from '../window.ts'
import type { RfmFigures } from './scores.ts'

/** The events that scores are made of. */
export const rfmEvents = { order: 'Order Completed', refund: 'Order Refunded' } as const
/** Where an order or a refund says what it came to; the first that is a number counts. */
const SUMS = ['total', 'revenue', 'value'] as const

export interface CompiledFigures {
  readonly leaves: readonly Leaf[]
  readonly timed: boolean
  /** `null` for somebody who has not ordered. Says nothing while a leaf is pending. */
  value(view: View, now: number): RfmFigures | null
  nextChangeAt(view: View, now: number): number | null
}

/** The figures as state: one memory for the last order, one for orders with what they came to, one for refunds. */
export function compileFigures(days: number | null, compiler: Compiler): CompiledFigures {
  const window = days === null ? {} : { calendarDays: days }
  const last = edge.compile({ of: 'last', event: rfmEvents.order }, compiler)
  const [orders, refunds] = [rfmEvents.order, rfmEvents.refund].map((event) =>
    compileSummed(
      { event, ...window },
      { adder: numbers, source: ['sum', ...SUMS], read: sumOf, answer: ({ n, sum }) => [n, Number(sum)], inDays: true },
      compiler,
    ),
  ) as [CompiledMeasure, CompiledMeasure]
  return {
    leaves: [last.leaf, orders.leaf, refunds.leaf],
    timed: days !== null,
    value(view, now) {
      const [n, sum] = totalsOf(orders.value(view, now))
      if (n === 0) return null
      return { last: Date.parse(String(last.value(view, now))), orders: n, money: sum - totalsOf(refunds.value(view, now))[1] }
    },
    // It may be no change of the answer: then it is asked again from there.
    nextChangeAt(view, now) {
      const instants = [orders, refunds].flatMap((each) => firstOf(each.changes(view, now, [])))
      return instants.length === 0 ? null : Math.min(...instants)
    },
  }
}

function sumOf({ properties }: Occurrence): number {
  return sumSaidBy(properties) ?? 0
}

/** What an order or a refund came to, in ten-thousandths; `undefined` when it does not say. */
export function sumSaidBy(properties: JsonObject): number | undefined {
  for (const name of SUMS) {
    const units = unitsOf(valueAt(properties, name))
    if (units !== undefined) return units
  }
  return undefined
}

function totalsOf(answer: Json | undefined): readonly [n: number, sum: number] {
  return Array.isArray(answer) ? [Number(answer[0]), Number(answer[1])] : [0, 0]
}

function firstOf(changes: Iterable<readonly [at: number, ...rest: unknown[]]>): readonly number[] {
  for (const [at] of changes) return [at]
  return []
}

/** A moment of the past: what had happened up to `asOf`, of what had been received up to `knownAt`; epoch ms. */
export interface Moment {
  readonly asOf: number
  readonly knownAt: number
}

/** The same figures in ClickHouse, as expressions over the rows of a person; `orders` is 0 for somebody who has not ordered. */
export function figuresToSql(
  days: number | null,
  sql: SqlBuilder,
  { asOf, knownAt }: Moment,
): { readonly [K in keyof RfmFigures]: string } {
  const bounds = [`at <= ${sql.parameter('Int64', asOf)}`, `received_at <= ${sql.parameter('Int64', knownAt)}`]
  if (days !== null) {
    // No event is received before its time, and by the time of receipt whole months can be skipped.
    const from = sql.parameter('Int64', calendarWindow(days, sql.context.calendar).from(asOf))
    bounds.push(`at >= ${from}`, `received_at >= ${from}`)
  }
  const rowsOf = (name: string): string => {
    const rows = [`name = ${sql.parameter('String', name)}`, ...bounds.filter((bound) => bound.startsWith('received_at >='))]
    sql.reads(rows.join(' and '))
    return sql.perEvent([rows[0]!, ...bounds].join(' and '))
  }
  const [orders, refunds] = [rowsOf(rfmEvents.order), rowsOf(rfmEvents.refund)]
  const sums = SUMS.map((name) => unitsToSql(sql.perEvent(sql.jsonAt('properties', name)), sql))
  const sum = sql.perEvent(`multiIf(${sums.map(({ counts, value }) => `${counts}, ${value}`).join(', ')}, toInt64(0))`)
  return {
    last: sql.column(`maxIf(at, ${orders})`),
    orders: sql.column(`countIf(${orders})`),
    money: sql.column(`sumIf(${sum}, ${orders}) - sumIf(${sum}, ${refunds})`),
  }
}
