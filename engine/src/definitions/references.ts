import type { CampaignDefinition, Definition, Problem } from '@throughline/contracts'

/** A segment, a journey or a computed trait that a condition names, and where. */
interface Reference {
  readonly kind: 'segment' | 'journey' | 'trait'
  readonly id: string
  readonly field: string
}

/**
 * What is wrong with the segments, journeys and computed traits that the conditions of a definition name: one that does not exist, and a segment
 * that comes back to itself, with the way round.
 * @param known everything that is in force once this is published
 */
export function* findReferenceProblems(definition: Definition, known: ReadonlyMap<string, Definition>): Iterable<Problem> {
  for (const { kind, id, field } of referencesOf(definition)) {
    const named = known.get(`${kind}/${id}`)
    if (named === undefined || isArchived(named)) {
      const ids = [...known.values()]
        .filter((other) => other.kind === kind && other.id !== definition.id && !isArchived(other))
        .map((other) => other.id)
      const allowed = ids.length === 0 ? `a ${kind} that exists; there is none yet` : `one of ${ids.join(', ')}`
      yield {
        field,
        value: id,
        allowed,
        message: `${definition.kind} "${definition.id}" asks about the ${kind} "${id}", which ${named === undefined ? 'does not exist' : 'is archived'}`,
      }
    } else if (kind === 'segment' && definition.kind === 'segment') {
      const way = findWay(id, definition.id, known, [definition.id], new Set())
      if (way === undefined) continue
      const circle = way.join(' → ')
      yield {
        field,
        value: id,
        allowed: 'a segment that does not ask about this one, not even by way of others',
        message: `segment "${definition.id}" comes back to itself: ${circle}`,
      }
    }
  }
}

/** Whether it is a segment out of use. */
export function isArchived(definition: Definition): boolean {
  return definition.kind === 'segment' && definition.archived === true
}

/** The way from one segment to another, both included, behind those of `path`; `undefined` when none leads there. */
export function findWay(
  from: string,
  to: string,
  known: ReadonlyMap<string, Definition>,
  path: readonly string[],
  /** From where no way leads on, or was looked for already. */
  visited: Set<string>,
): readonly string[] | undefined {
  if (from === to) return [...path, to]
  const found = known.get(`segment/${from}`)
  if (found === undefined || visited.has(from)) return undefined
  visited.add(from)
  for (const { kind, id } of referencesOf(found)) {
    const way = kind === 'segment' ? findWay(id, to, known, [...path, from], visited) : undefined
    if (way !== undefined) return way
  }
  return undefined
}

/** Found by their shape, so that every kind of condition and step is looked through. */
export function referencesOf(definition: Definition): readonly Reference[] {
  if (definition.kind === 'template') return []
  // What is out of use asks nothing.
  if (definition.kind === 'campaign' && definition.archived === true) return []
  if (definition.kind === 'campaign') return segmentsOf(definition).map(({ id, field }) => ({ kind: 'segment', id, field }))
  return [...lookThrough(definition, '')]
}

/** The segments that a campaign names, and where. */
export function segmentsOf({
  audience: { segment, except = [] },
}: CampaignDefinition): readonly { readonly id: string; readonly field: string }[] {
  return [
    ...(segment === undefined ? [] : [{ id: segment, field: 'audience.segment' }]),
    ...except.map((id, index) => ({ id, field: `audience.except[${index}]` })),
  ]
}

function* lookThrough(part: object, field: string): Iterable<Reference> {
  for (const [key, value] of Object.entries(part) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null || key === 'set' || key === 'compare') continue
    const place = field === '' ? key : `${field}.${key}`
    if ('kind' in value && (value.kind === 'segment' || value.kind === 'segment-left' || value.kind === 'audience') && 'segment' in value) {
      yield { kind: 'segment', id: String(value.segment), field: `${place}.segment` }
      // An entry by a segment may have a condition beside it.
      if ('if' in value && typeof value.if === 'object' && value.if !== null) yield* lookThrough({ if: value.if }, place)
    } else if ('kind' in value && value.kind === 'journey' && 'journey' in value)
      yield { kind: 'journey', id: String(value.journey), field: `${place}.journey` }
    else if ('kind' in value && value.kind === 'computed' && 'trait' in value)
      yield { kind: 'trait', id: String(value.trait), field: `${place}.trait` }
    else yield* lookThrough(value, place)
  }
}
