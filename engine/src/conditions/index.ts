/**
 * Conditions: questions about one person with a yes or no.
 *
 * leaf: a question about past events · memory: the small mergeable state per profile that answers it, shared by the leaves that
 * look at the same events · retention: how much of the past it holds ·
 * occurrence: an event as leaves see it · view: what a condition looks at · pending: neither yes nor no, since history is
 * still being read · timed: can change by the passing of time alone · match: which events are meant.
 */
export {
  everyLeaf,
  isAnyPending,
  isPending,
  nobody,
  pendingOf,
  toBareOccurrence,
  toOccurrence,
  type CompiledCondition,
  type Compiler,
  type Leaf,
  type Memory,
  type Occurrence,
  type Truth,
  type View,
} from './behaviour.ts'
export {
  compileCondition,
  describeClause,
  describeCondition,
  exactnessOf,
  leavesOf,
  makeCompiler,
  nextChangeAt,
  valueOf,
} from './compile.ts'
export { findComparisonProblem } from './comparisons/index.ts'
export { instantOf, rangeOf } from './comparisons/date-value.ts'
export { compileMeasure, describeMeasure, exactnessOfMeasure, type CompiledMeasure } from './measures/index.ts'
export { makeContext, type ConditionContext } from './context.ts'
export { compileMatch, describeMatch, type Matcher } from './event-match.ts'
export { compileObjectTest, describeFilters } from './filters.ts'
export { contextValuesToSql } from './technique/fields.ts'
export { ANSWER_TIME_MS, answerEvents, compileAnswered, type Answered } from './answered.ts'
export { compileClocks } from './technique/zone.ts'
export { dayOfTrait, isObject, readTrait, traitNames } from './trait.ts'
export { distanceKm } from './technique/near.ts'
export { compileName, eventNamesToSql, isPattern } from './selection.ts'
export { valueOfUntouched } from './untouched.ts'
export { groupOf, scoresOf, type RfmFigures, type RfmScores } from './rfm/scores.ts'
export { rfmEvents, sumSaidBy, type Moment } from './rfm/figures.ts'
export { rfmPath, type RfmTransaction, type RfmStand, type RfmVersion } from './rfm/path.ts'
export { rfmFiguresToSql, rfmStandsToSql, type RfmStandAt } from './rfm/queries.ts'
export { changesToSql, type Instant } from './changes-sql.ts'
export { conditionsToSql, conditionToSql, countsToSql, type SqlOptions } from './sql.ts'
export { contextColumns, contextTextToSql, type SqlQuery } from './sql-builder.ts'
