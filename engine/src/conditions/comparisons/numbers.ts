import type { ComparisonOf, Problem } from '@throughline/contracts'
import { timeless, type ComparisonBehaviour, type ComparisonRegistry } from './behaviour.ts'
import { isNumber, numberOf } from './sql-values.ts'

/*
 * Numbers compare as IEEE doubles; texts, yes and no, lists and objects are neither greater nor less than a number.
 */
type NumberOp = 'greater' | 'at-least' | 'less' | 'at-most'

function numeric(
  test: (given: number, value: number) => boolean,
  operator: string,
  words: string,
): ComparisonBehaviour<ComparisonOf<NumberOp>> {
  return {
    compile: ({ value }) => timeless((given) => typeof given === 'number' && test(given, value)),
    toSql: ({ value }, { json }, sql) => `(${isNumber(json)} and ${numberOf(json)} ${operator} ${sql.parameter('Float64', value)})`,
    describe: ({ value }) => `${words} ${value}`,
  }
}

const between: ComparisonBehaviour<ComparisonOf<'between'>> = {
  compile: ({ from, to }) => timeless((given) => typeof given === 'number' && given >= from && given <= to),
  toSql: ({ from, to }, { json }, sql) =>
    `(${isNumber(json)} and ${numberOf(json)} between ${sql.parameter('Float64', from)} and ${sql.parameter('Float64', to)})`,
  describe: ({ from, to }) => `is from ${from} to ${to}`,
  problem({ from, to }): Problem | null {
    if (from <= to) return null
    return {
      field: 'to',
      value: to,
      allowed: `${from} or more`,
      message: `nothing is from ${from} to ${to}: the end lies before the beginning`,
    }
  },
}

export const numberComparisons: Pick<ComparisonRegistry, NumberOp | 'between'> = {
  greater: numeric((given, value) => given > value, '>', 'is more than'),
  'at-least': numeric((given, value) => given >= value, '>=', 'is at least'),
  less: numeric((given, value) => given < value, '<', 'is less than'),
  'at-most': numeric((given, value) => given <= value, '<=', 'is at most'),
  between,
}
