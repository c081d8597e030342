import { concernsSchema, conditionSchema } from '@throughline/contracts'
import { ApiFailure } from '../../../api/failure.ts'
import { placeOf } from './tree.ts'
import type { Written } from './tree.ts'

/** What is wrong with one field of one row or group. `field` is a path in the condition; empty for the whole of it. */
export interface PlacedProblem {
  readonly node: string
  readonly field: string
  readonly words: string
}

/**
 * What the contract finds wrong with the condition, before the server is asked.
 * @param ofShopEvent whether values of an event of the shop may stand in it
 */
export function ownProblems({ condition, nodes }: Written, ofShopEvent = false): readonly PlacedProblem[] {
  const parsed = (ofShopEvent ? concernsSchema : conditionSchema).safeParse(condition)
  if (parsed.success) return []
  return parsed.error.issues.flatMap((issue): PlacedProblem[] => {
    const place = placeOf(issue.path.map(String).join('.'), nodes)
    if (place === undefined) return []
    return [{ ...place, words: wordsOf(valueAtPath(condition, issue.path), issue.message) }]
  })
}

function wordsOf(value: unknown, message: string): string {
  if (value === '' || value === undefined || Number.isNaN(value)) return 'Fill this in.'
  if (Array.isArray(value) && value.length === 0) return 'Add at least one.'
  return message.endsWith('.') ? message : `${message}.`
}

function valueAtPath(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined
  return at
}

/** What the server says, at the row and field that it names; the rest of it belongs to the whole form. */
export function serverProblems(error: unknown, nodes: Written['nodes']): readonly PlacedProblem[] {
  if (!(error instanceof ApiFailure) || error.answer === null) return []
  const { problems = [], field, message, allowed } = error.answer
  const named = problems.length > 0 ? problems : field === undefined ? [] : [{ field, message, allowed: allowed ?? '' }]
  return named.flatMap((one): PlacedProblem[] => {
    // `definitions[0].where.of[1].event`, `body.where.of[1].event`: the condition begins behind the first `where`.
    const keys = one.field.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
    const begin = keys.indexOf('where')
    const place = begin < 0 ? undefined : placeOf(keys.slice(begin + 1).join('.'), nodes)
    if (place === undefined) return []
    const said = one.message.startsWith(one.field) ? undefined : one.message
    const words = said ?? (one.allowed === '' ? one.message : `Allowed here: ${one.allowed}.`)
    return [{ ...place, words }]
  })
}
