import type { ComparisonOf, Json } from '@throughline/contracts'
import { timeless, type ComparisonBehaviour, type ComparisonRegistry } from './behaviour.ts'
import { bind, equalsSql, type Scalar } from './sql-values.ts'
import { sayAll } from './words.ts'

/*
 * Lists: whether they hold values. A single value is a list of one; what is missing, and an object, is an empty list.
 * `has-none` is the exact opposite of `has-any`.
 */
type ListOp = 'has-any' | 'has-all' | 'has-none'

function holds(given: Json | undefined, value: Scalar): boolean {
  return Array.isArray(given) ? given.includes(value) : given === value
}

function inList(json: string, value: (element: string) => string, all: (element: string) => string): string {
  return `(JSONType(${json}) = 'Array' and ${all(`JSONExtractArrayRaw(${json})`)} or JSONType(${json}) != 'Array' and ${value(json)})`
}

function listing(
  test: (given: Json | undefined, values: readonly Scalar[]) => boolean,
  toSql: ComparisonBehaviour<ComparisonOf<ListOp>>['toSql'],
  words: string,
): ComparisonBehaviour<ComparisonOf<ListOp>> {
  return {
    compile: ({ values }) => timeless((given) => test(given, values)),
    toSql,
    describe: ({ values }) => `${words} ${sayAll(values)}`,
  }
}

const hasAny: ComparisonBehaviour<ComparisonOf<ListOp>>['toSql'] = ({ values }, { json }, sql) => {
  const element = sql.variable(json)
  const some = (one: string): string => `(${values.map((value) => equalsSql(value, one, sql)).join(' or ')})`
  return inList(json, some, (elements) => `arrayExists(${element} -> ${some(element)}, ${elements})`)
}

const hasAll: ComparisonBehaviour<ComparisonOf<ListOp>>['toSql'] = ({ values }, { json }, sql) => {
  const element = sql.variable(json)
  const each = (elements: string): string =>
    `(${values.map((value) => `arrayExists(${element} -> ${equalsSql(value, element, sql)}, ${elements})`).join(' and ')})`
  return inList(
    json,
    (one) => `(${values.map((value) => equalsSql(value, one, sql)).join(' and ')})`,
    (elements) => bind(sql, elements, each),
  )
}

export const listComparisons: Pick<ComparisonRegistry, ListOp> = {
  'has-any': listing((given, values) => values.some((value) => holds(given, value)), hasAny, 'has any of'),
  'has-all': listing((given, values) => values.every((value) => holds(given, value)), hasAll, 'has all of'),
  'has-none': listing(
    (given, values) => !values.some((value) => holds(given, value)),
    (comparison, value, sql) => `not ${hasAny(comparison, value, sql)}`,
    'has none of',
  ),
}
