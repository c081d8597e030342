import type { Definition, Problem } from '@throughline/contracts'
import { findWay, referencesOf } from './references.ts'

/** So many segments may stand one inside the other. */
const DEEPEST = 10
/** So many parts a condition may have with those of the segments that it names, as often as it names them: each is asked. */
const MOST_PARTS = 1_000

/** A definition with the segments that it names, and those that they name. */
interface Weight {
  readonly depth: number
  readonly parts: number
}

/** Definitions that are too deep or too large once the conditions of the segments that they name stand in them. */
export function findHeavy(known: ReadonlyMap<string, Definition>): ReadonlyMap<Definition, Weight> {
  const weights = new Map<string, Weight>()
  const heavy = new Map<Definition, Weight>()
  for (const [key, one] of known) {
    const weight = weigh(key, known, weights)
    if (weight.depth > DEEPEST || (weight.depth > 0 && weight.parts > MOST_PARTS)) heavy.set(one, weight)
  }
  return heavy
}

/**
 * What becomes too heavy by a definition: it, or another that names it.
 * @param heavy what {@link findHeavy} says of everything that is in force once `list` is published
 */
export function* findWeightProblems(
  definition: Definition,
  known: ReadonlyMap<string, Definition>,
  heavy: ReadonlyMap<Definition, Weight>,
  list: readonly Definition[],
): Iterable<Problem> {
  for (const [one, { depth, parts }] of heavy) {
    const isOwn = one === definition
    // One that is published along is told of itself.
    if (!isOwn && (definition.kind !== 'segment' || list.includes(one) || !names(one, definition.id, known))) continue
    const isDeep = depth > DEEPEST
    yield {
      field: definition.kind === 'segment' ? 'where' : 'steps',
      value: isDeep ? depth : parts,
      allowed: isDeep ? `at most ${DEEPEST} segments one inside the other` : `at most ${MOST_PARTS} parts in all`,
      message: isDeep
        ? `${one.kind} "${one.id}" asks about a segment that asks about a segment, and so on, ${depth} times`
        : `${one.kind} "${one.id}" has ${parts} parts with those of the segments that it asks about`,
    }
  }
}

function names(one: Definition, segment: string, known: ReadonlyMap<string, Definition>): boolean {
  return referencesOf(one).some(({ kind, id }) => kind === 'segment' && findWay(id, segment, known, [], new Set()) !== undefined)
}

/** One that comes back to itself, which is refused elsewhere, weighs nothing where it does. */
function weigh(key: string, known: ReadonlyMap<string, Definition>, weights: Map<string, Weight>): Weight {
  const found = weights.get(key)
  if (found !== undefined) return found
  const definition = known.get(key)
  if (definition === undefined) return { depth: 0, parts: 0 }
  weights.set(key, { depth: 0, parts: 0 })
  let depth = 0
  let parts = definition.kind === 'template' ? 0 : countParts(definition)
  for (const { kind, id } of referencesOf(definition)) {
    if (kind !== 'segment') continue
    const inner = weigh(`segment/${id}`, known, weights)
    depth = Math.max(depth, inner.depth + 1)
    parts += inner.parts
  }
  const weight = { depth, parts }
  weights.set(key, weight)
  return weight
}

function countParts(part: object): number {
  let parts = 'kind' in part ? 1 : 0
  for (const value of Object.values(part) as unknown[]) if (typeof value === 'object' && value !== null) parts += countParts(value)
  return parts
}
