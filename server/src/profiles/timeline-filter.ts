import { timelineKindOf, type TimelineKind } from '@throughline/contracts'
import type { TimelineFilter } from '../inbox/index.ts'

/** What a reader of a timeline asked for, as a filter; a name is more than a kind, which is more than nothing. */
export function filterOf(query: {
  readonly kind?: TimelineKind | undefined
  readonly name?: string | undefined
  readonly channel?: string | undefined
}): TimelineFilter | undefined {
  const { kind, name, channel } = query
  const messages = timelineKindOf.message
  const chosen = name !== undefined ? { names: [name], types: [], but: [] } : kind !== undefined ? timelineKindOf[kind] : undefined
  if (channel !== undefined) return { ...(chosen ?? messages), channel }
  return chosen
}
