import type { Comparison, Json } from '@throughline/contracts'
import type { ConditionContext } from './context.ts'
import type { SqlBuilder } from './sql-builder.ts'

/**
 * Comparisons of one value, with the same answer in the engine and in ClickHouse:
 * - no entry and `null` are both "missing"; an empty text is there;
 * - values of different types are never equal: the text "5" is not the number 5, and `true` is not 1 or "true";
 * - text compares exactly, capitals included, by its characters;
 * - numbers compare as IEEE doubles; text, booleans, lists and objects are neither greater nor less than a number;
 * - lists and objects are equal to nothing: only `exists` and `missing` say something about them;
 * - `is-not` is the exact opposite of `is`, so what is missing or of another type "is not".
 */
export type Test = (value: Json | undefined) => boolean

type Scalar = string | number | boolean

/** The comparison as a function of the value. */
export function compileComparison(comparison: Comparison, _context: ConditionContext): Test {
  switch (comparison.op) {
    case 'is': {
      const { value } = comparison
      return (given) => given === value
    }
    case 'is-not': {
      const { value } = comparison
      return (given) => given !== value
    }
    case 'one-of': {
      const values: ReadonlySet<Json | undefined> = new Set(comparison.values)
      return (given) => values.has(given)
    }
    case 'contains': {
      const { value } = comparison
      return (given) => typeof given === 'string' && given.includes(value)
    }
    case 'begins': {
      const { value } = comparison
      return (given) => typeof given === 'string' && given.startsWith(value)
    }
    case 'ends': {
      const { value } = comparison
      return (given) => typeof given === 'string' && given.endsWith(value)
    }
    case 'greater': {
      const { value } = comparison
      return (given) => typeof given === 'number' && given > value
    }
    case 'at-least': {
      const { value } = comparison
      return (given) => typeof given === 'number' && given >= value
    }
    case 'less': {
      const { value } = comparison
      return (given) => typeof given === 'number' && given < value
    }
    case 'at-most': {
      const { value } = comparison
      return (given) => typeof given === 'number' && given <= value
    }
    case 'exists':
      return (given) => given !== undefined && given !== null
    case 'missing':
      return (given) => given === undefined || given === null
    default:
      return comparison satisfies never
  }
}

/** The comparison as a ClickHouse expression over a JSON text; an empty text stands for "no entry". */
export function comparisonToSql(comparison: Comparison, json: string, sql: SqlBuilder): string {
  const isText = `JSONType(${json}) = 'String'`
  const isNumber = `JSONType(${json}) in ('Int64', 'UInt64', 'Double')`
  const text = `JSONExtractString(${json})`
  const number = `JSONExtractFloat(${json})`
  switch (comparison.op) {
    case 'is':
      return equalsSql(comparison.value)
    case 'is-not':
      return `not (${equalsSql(comparison.value)})`
    case 'one-of':
      return `(${comparison.values.map(equalsSql).join(' or ')})`
    case 'contains':
      return `(${isText} and position(${text}, ${sql.parameter('String', comparison.value)}) > 0)`
    case 'begins':
      return `(${isText} and startsWith(${text}, ${sql.parameter('String', comparison.value)}))`
    case 'ends':
      return `(${isText} and endsWith(${text}, ${sql.parameter('String', comparison.value)}))`
    case 'greater':
      return `(${isNumber} and ${number} > ${sql.parameter('Float64', comparison.value)})`
    case 'at-least':
      return `(${isNumber} and ${number} >= ${sql.parameter('Float64', comparison.value)})`
    case 'less':
      return `(${isNumber} and ${number} < ${sql.parameter('Float64', comparison.value)})`
    case 'at-most':
      return `(${isNumber} and ${number} <= ${sql.parameter('Float64', comparison.value)})`
    case 'exists':
      return `${json} not in ('', 'null')`
    case 'missing':
      return `${json} in ('', 'null')`
    default:
      return comparison satisfies never
  }

  function equalsSql(value: Scalar): string {
    if (typeof value === 'string') return `(${isText} and ${text} = ${sql.parameter('String', value)})`
    if (typeof value === 'number') return `(${isNumber} and ${number} = ${sql.parameter('Float64', value)})`
    return `${json} = ${sql.parameter('String', String(value))}`
  }
}

/** The comparison in words, after the name of what is compared: `is GB`, `is at least 5`, `is known`. */
export function describeComparison(comparison: Comparison): string {
  switch (comparison.op) {
    case 'is':
      return `is ${say(comparison.value)}`
    case 'is-not':
      return `is not ${say(comparison.value)}`
    case 'one-of':
      return comparison.values.length === 1 ? `is ${say(comparison.values[0]!)}` : `is one of ${comparison.values.map(say).join(', ')}`
    case 'contains':
      return `contains ${say(comparison.value)}`
    case 'begins':
      return `begins with ${say(comparison.value)}`
    case 'ends':
      return `ends with ${say(comparison.value)}`
    case 'greater':
      return `is more than ${comparison.value}`
    case 'at-least':
      return `is at least ${comparison.value}`
    case 'less':
      return `is less than ${comparison.value}`
    case 'at-most':
      return `is at most ${comparison.value}`
    case 'exists':
      return 'is known'
    case 'missing':
      return 'is not known'
    default:
      return comparison satisfies never
  }
}

function say(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(value)
  return /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(value) && !/^[\d.]+$/.test(value) ? value : `“${value}”`
}
