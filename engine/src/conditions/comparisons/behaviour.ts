import type { Comparison, ComparisonOf, ComparisonOp, Json, Problem } from '@throughline/contracts'
import type { ConditionContext } from '../context.ts'
import type { SqlBuilder } from '../sql-builder.ts'

/** Whether a value is what was asked for at an instant, epoch ms: now for what is known of a person, its own time for an event. */
export type Test = (value: Json | undefined, at: number) => boolean

/** A comparison made ready for the hot path. */
export interface CompiledComparison {
  readonly test: Test
  /** The first instant after `now` at which the answer for this value changes; `null` in its place: time alone changes none. */
  readonly nextChangeAt: ((value: Json | undefined, now: number) => number | null) | null
}

/** What is compared, in ClickHouse. */
export interface SqlValue {
  /** An expression that gives its JSON text; an empty text stands for "no entry". */
  readonly json: string
  /** An expression of the instant at which it is asked, epoch ms. */
  readonly clock: string
}

/** One way to compare. A new one is one of these, and a line in the registry. */
export interface ComparisonBehaviour<C extends Comparison> {
  compile(comparison: C, context: ConditionContext): CompiledComparison
  /** An expression, 0 or 1. */
  toSql(comparison: C, value: SqlValue, sql: SqlBuilder): string
  /** In words, after the name of what is compared: `is GB`, `is at least 5`, `is known`. */
  describe(comparison: C): string
  /** What its schema cannot see. */
  problem?(comparison: C): Problem | null
  /** Set where the answer hangs on what day it is, which an event in the past cannot be asked. */
  readonly aboutToday?: true
}

export type ComparisonRegistry = { readonly [O in ComparisonOp]: ComparisonBehaviour<ComparisonOf<O>> }

/** A comparison that time alone does not change. */
export function timeless(test: Test): CompiledComparison {
  return { test, nextChangeAt: null }
}
