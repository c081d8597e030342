import type { Json } from '@throughline/contracts'
import type { Compiler, Leaf, View } from '../behaviour.ts'
import type { SqlBuilder } from '../sql-builder.ts'

/** In the place of a value that is not worked out: it may be any. */
export const unknown = Symbol('unknown')

/** From this instant on the value is another. */
export type Change = readonly [at: number, value: Json | undefined | typeof unknown]

/** A figure about what a person did, made ready for the hot path. */
export interface CompiledMeasure {
  readonly leaf: Leaf
  /** Names of the traits that it hangs on. */
  readonly traits: readonly string[]
  /** Whether time alone can change it. */
  readonly timed: boolean
  /** Its value, `undefined` for none. Says nothing while its leaf is pending. */
  value(view: View, now: number): Json | undefined
  /**
   * The instants after `now` at which the value becomes another although nothing comes in, in order, each with the value from there
   * on; behind an {@link unknown} one, none. A value that grows for ever is given where it reaches or passes one of the bounds alone.
   */
  changes(view: View, now: number, bounds: readonly number[]): Iterable<Change>
}

/** One kind of figure. */
export interface MeasureBehaviour<M> {
  compile(measure: M, compiler: Compiler): CompiledMeasure
  /** A ClickHouse expression of the value as a JSON text, empty for none. */
  toSql(measure: M, sql: SqlBuilder): string
  /** Such as `sum of total of Order Completed in the last 30 days`. */
  describe(measure: M): string
  /** What is kept for it and how exact it is. */
  exactness(measure: M): string
}
