import type { Comparison, Condition, EventMatch, PropertyFilter, Times } from '@throughline/contracts'

const quote = (value: string | number | boolean): string => (typeof value === 'string' ? `“${value}”` : String(value))

function compared(compare: Comparison): string {
  switch (compare.op) {
    case 'is':
      return `is ${quote(compare.value)}`
    case 'is-not':
      return `is not ${quote(compare.value)}`
    case 'one-of':
      return `is ${compare.values.map(quote).join(' or ')}`
    case 'contains':
      return `contains ${quote(compare.value)}`
    case 'begins':
      return `begins with ${quote(compare.value)}`
    case 'ends':
      return `ends with ${quote(compare.value)}`
    case 'greater':
      return `is over ${compare.value}`
    case 'at-least':
      return `is at least ${compare.value}`
    case 'less':
      return `is under ${compare.value}`
    case 'at-most':
      return `is at most ${compare.value}`
    case 'exists':
      return 'is known'
    case 'missing':
      return 'is not known'
    default:
      return compare satisfies never
  }
}

function filtered(where: readonly PropertyFilter[] | undefined): string {
  if (where === undefined || where.length === 0) return ''
  return ` where ${where.map((one) => `${one.property} ${compared(one.compare)}`).join(' and ')}`
}

function often(times: Times): string {
  const count = times.n === 1 ? 'once' : times.n === 2 ? 'twice' : `${times.n} times`
  switch (times.op) {
    case 'at-least':
      return times.n === 1 ? '' : ` at least ${count}`
    case 'at-most':
      return times.n === 0 ? ' never' : ` at most ${count}`
    case 'exactly':
      return times.n === 0 ? ' never' : ` exactly ${count}`
    default:
      return times satisfies never
  }
}

/** The filters of a match alone: `where total is at least 50`; empty when there are none. */
export function matchFilters(match: EventMatch): string {
  return filtered(match.where).trim()
}

/** `Order Completed where total is at least 50` */
export function matchSentence(match: EventMatch): string {
  return `${match.event}${filtered(match.where)}`
}

/** A condition as one reads it aloud: `country is “NL” and did Order Completed at least twice in the last 30 days`. */
export function conditionSentence(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.map((one) => nested(one, 'any')).join(' and ')
    case 'any':
      return condition.of.map((one) => nested(one, 'all')).join(' or ')
    case 'not':
      return `not (${conditionSentence(condition.of)})`
    case 'trait':
      return `${condition.trait} ${compared(condition.compare)}`
    case 'event':
      return `did ${condition.event}${filtered(condition.where)}${often(condition.times)}${condition.within === undefined ? '' : ` in the last ${condition.within}`}`
    default:
      return condition satisfies never
  }
}

function nested(condition: Condition, bracketed: 'all' | 'any'): string {
  const sentence = conditionSentence(condition)
  return condition.kind === bracketed && condition.of.length > 1 ? `(${sentence})` : sentence
}
