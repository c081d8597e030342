import type { CampaignDefinition, Definition, JourneyDefinition, SegmentDefinition } from '@throughline/contracts'
import { segmentsOf } from './references.ts'

/** What uses a segment: journeys, campaigns and other segments in use that name it in a condition, or in an event of entering or leaving it. */
export function usesOfSegment(
  id: string,
  definitions: Iterable<Definition>,
): readonly (JourneyDefinition | CampaignDefinition | SegmentDefinition)[] {
  const uses: (JourneyDefinition | CampaignDefinition | SegmentDefinition)[] = []
  for (const one of definitions) {
    if (one.kind === 'campaign') {
      if (one.archived === undefined && segmentsOf(one).some((named) => named.id === id)) uses.push(one)
      continue
    }
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
