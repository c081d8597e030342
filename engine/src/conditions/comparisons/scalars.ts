import type { ComparisonRegistry, ComparisonBehaviour } from './behaviour.ts'
import { timeless } from './behaviour.ts'
import type { Comparison, Json } from '@throughline/contracts'
import { equalsSql } from './sql-values.ts'
import { say, sayAll } from './words.ts'

/*
 * Equal, and there at all:
 * - no entry and `null` are both missing; an empty text is there, and it is empty, as are an empty list and an empty object;
 * - values of different types are never equal: the text "5" is not the number 5, and `true` is not 1 or "true";
 * - lists and objects are equal to nothing;
 * - `is-not` is the exact opposite of `is`, so what is missing or of another type "is not".
 */
const isMissing = (given: Json | undefined): boolean => given === undefined || given === null

function isEmpty(given: Json | undefined): boolean {
  if (isMissing(given) || given === '') return true
  if (typeof given !== 'object' || given === null) return false
  for (const _ in given) return false
  return true
}

type Bare = Extract<Comparison, { op: 'exists' | 'missing' | 'empty' | 'not-empty' }>
const bare = (test: (given: Json | undefined) => boolean, toSql: (json: string) => string, words: string): ComparisonBehaviour<Bare> => ({
  compile: () => timeless(test),
  toSql: (_, { json }) => toSql(json),
  describe: () => words,
})
const emptyTexts = `('', 'null', '""', '[]', '{}')`

export const scalarComparisons: Pick<ComparisonRegistry, 'is' | 'is-not' | 'one-of' | 'exists' | 'missing' | 'empty' | 'not-empty'> = {
  is: {
    compile: ({ value }) => timeless((given) => given === value),
    toSql: ({ value }, { json }, sql) => equalsSql(value, json, sql),
    describe: ({ value }) => `is ${say(value)}`,
  },
  'is-not': {
    compile: ({ value }) => timeless((given) => given !== value),
    toSql: ({ value }, { json }, sql) => `not (${equalsSql(value, json, sql)})`,
    describe: ({ value }) => `is not ${say(value)}`,
  },
  'one-of': {
    compile(comparison) {
      const values: ReadonlySet<Json | undefined> = new Set(comparison.values)
      return timeless((given) => values.has(given))
    },
    toSql: ({ values }, { json }, sql) => `(${values.map((value) => equalsSql(value, json, sql)).join(' or ')})`,
    describe: ({ values }) => (values.length === 1 ? `is ${say(values[0]!)}` : `is one of ${sayAll(values)}`),
  },
  exists: bare(
    (given) => !isMissing(given),
    (json) => `${json} not in ('', 'null')`,
    'is known',
  ),
  missing: bare(isMissing, (json) => `${json} in ('', 'null')`, 'is not known'),
  empty: bare(isEmpty, (json) => `${json} in ${emptyTexts}`, 'is empty'),
  'not-empty': bare(
    (given) => !isEmpty(given),
    (json) => `${json} not in ${emptyTexts}`,
    'is not empty',
  ),
}
