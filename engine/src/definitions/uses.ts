import type { Definition, JourneyDefinition, SegmentDefinition } from '@throughline/contracts'

/** What uses a segment: journeys and other segments in use that name it in a condition, or in an event of entering or leaving it. */
export function usesOfSegment(id: string, definitions: Iterable<Definition>): readonly (JourneyDefinition | SegmentDefinition)[] {
  const uses: (JourneyDefinition | SegmentDefinition)[] = []
  for (const one of definitions) {
    const inUse = one.kind === 'journey' || (one.kind === 'segment' && one.archived === undefined && one.id !== id)
    if (inUse && names(one, id)) uses.push(one)
  }
  return uses
}

/** Found by their shape, so that every kind of condition and step is looked through. */
function names(value: unknown, id: string): boolean {
  if (Array.isArray(value)) return value.some((one) => names(one, id))
  if (typeof value !== 'object' || value === null) return false
  if ('segment' in value && value.segment === id) return true
  const isFilter = 'property' in value && value.property === 'segment' && JSON.stringify(value).includes(JSON.stringify(id))
  return isFilter || Object.values(value).some((one) => names(one, id))
}
