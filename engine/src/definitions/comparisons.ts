import { comparisonSchema, saysTime, type Definition, type EverFields, type Problem } from '@throughline/contracts'
import { findComparisonProblem } from '../conditions/index.ts'

/**
 * What is wrong with the comparisons of a definition, wherever they stand: of a trait `{ trait, compare }`, of a property of an
 * event `{ property, compare }`. Found by their shape, so that a new kind of condition or step is looked through too.
 */
export function findComparisonProblems(definition: Definition): Iterable<Problem> {
  return definition.kind === 'template' ? [] : lookThrough(definition, '')
}

function* lookThrough(part: object, field: string): Iterable<Problem> {
  for (const [key, value] of Object.entries(part) as [string, unknown][]) {
    // What a step writes into a profile is the shop's own data.
    if (typeof value !== 'object' || value === null || key === 'set') continue
    const place = field === '' ? key : `${field}.${key}`
    const comparison = key === 'compare' ? comparisonSchema.safeParse(value) : undefined
    if (comparison?.success !== true) {
      yield* lookThrough(value, place)
      continue
    }
    const problem = findComparisonProblem(comparison.data, 'property' in part || isOfAllTime(part))
    if (problem !== null) yield { ...problem, field: `${place}.${problem.field}` }
  }
}

/** Whether what contexts say is compared event by event, each at its own time. */
function isOfAllTime(part: object): boolean {
  return 'kind' in part && part.kind === 'context' && saysTime(part as EverFields)
}
