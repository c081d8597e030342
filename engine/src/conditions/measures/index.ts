import type { Measure, MeasureOf } from '@throughline/contracts'
import type { Compiler } from '../behaviour.ts'
import type { SqlBuilder } from '../sql-builder.ts'
import { differentValues, mostFrequent, numberFigure, rank, share } from './figures.ts'
import { daysSince, distinct, edge } from './latest.ts'
import type { CompiledMeasure, MeasureBehaviour } from './measure.ts'

/*
 * Figures about what a person did: counts, sums, favourites, shares, first and last. Each has the same value in the engine and in
 * ClickHouse. A new one is a line in the schema, a behaviour, and a line here.
 */
export type { CompiledMeasure } from './measure.ts'

const registry: { readonly [O in Measure['of']]: MeasureBehaviour<MeasureOf<O>> } = {
  count: numberFigure,
  sum: numberFigure,
  average: numberFigure,
  min: numberFigure,
  max: numberFigure,
  first: edge,
  last: edge,
  'days-since': daysSince,
  distinct,
  values: differentValues,
  'most-frequent': mostFrequent,
  rank,
  share,
}

function behaviourOf(measure: Measure): MeasureBehaviour<Measure> {
  // The registry pairs every figure with its behaviour; TypeScript cannot follow the pairing through a union.
  return registry[measure.of] as MeasureBehaviour<Measure>
}

export function compileMeasure(measure: Measure, compiler: Compiler): CompiledMeasure {
  return behaviourOf(measure).compile(measure, compiler)
}

/** A ClickHouse expression of the value as a JSON text, empty for none. */
export function measureToSql(measure: Measure, sql: SqlBuilder): string {
  return sql.derived(behaviourOf(measure).toSql(measure, sql))
}

/** Such as `sum of total of Order Completed in the last 30 days`. */
export function describeMeasure(measure: Measure): string {
  return behaviourOf(measure).describe(measure)
}

export function exactnessOfMeasure(measure: Measure): string {
  return behaviourOf(measure).exactness(measure)
}
