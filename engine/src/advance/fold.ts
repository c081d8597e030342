import { eventNames, type Event, type Json } from '@throughline/contracts'
import { toBareOccurrence, toOccurrence, type Memory, type Occurrence } from '../conditions/index.ts'
import { lookInside, type Concern } from '../definitions/index.ts'
import type { AdvanceContext } from '../ports.ts'
import { emptyProfile, type Entry, type ProfileState } from '../profile.ts'
import { learnFrom, type Known } from '../profiles/index.ts'
import { withValue } from '../table.ts'

/** The state of a memory after these events, in any order; `undefined` when none of them concerns it. */
export function foldMemory(memory: Memory, occurrences: readonly Occurrence[]): Json | undefined {
  if (memory.counts !== undefined) return memory.counts.fold(occurrences)
  let state: Json | undefined
  for (const occurrence of occurrences) state = memory.add(state, occurrence)
  return state
}

/**
 * A profile folded from its whole history, facts included, in any order: traits, consents, suppressed addresses, memories and
 * entries. Memberships and runs do not follow from a fold; {@link adoptProfile} decides the former and keeps the latter.
 */
export function foldProfile(
  id: string,
  createdAt: number,
  events: Iterable<Event>,
  ctx: Pick<AdvanceContext, 'definitions'>,
): ProfileState {
  const { concernOf } = lookInside(ctx.definitions)
  const heard = new Map<Memory, Occurrence[]>()
  const entries: Record<string, Entry> = {}
  let known: Known = emptyProfile(id, createdAt)
  for (const event of inOrder(events)) {
    known = learnFrom(known, event).known
    if (event.type === 'fact' && event.name === eventNames.journeyEntered) countEntry(entries, event)
    const concern = concernOf(event.name)
    if (concern === undefined || concern.memories.length === 0) continue
    const occurrence = concern.memories.every(isByName) ? toBareOccurrence(event) : toOccurrence(event)
    for (const { memory } of concern.memories) {
      const before = heard.get(memory)
      if (before === undefined) heard.set(memory, [occurrence])
      else before.push(occurrence)
    }
  }
  let { memories } = emptyProfile(id, createdAt)
  for (const [memory, occurrences] of heard) {
    const state = foldMemory(memory, occurrences)
    if (state !== undefined) memories = withValue(memories, memory.key, state)
  }
  const { traits, consents, suppressed } = known
  return { ...emptyProfile(id, createdAt), traits, consents, suppressed, memories, entries }
}

function isByName({ memory }: Concern['memories'][number]): boolean {
  return memory.readsNoProperties === true
}

/** As they were received: a bounce without an address means the one that was known then. */
function inOrder(events: Iterable<Event>): readonly Event[] {
  return [...events].sort((a, b) => a.receivedAt - b.receivedAt || a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1))
}

function countEntry(entries: Record<string, Entry>, { properties, timestamp }: Event): void {
  const { journey } = properties
  if (typeof journey !== 'string') return
  const standing = entries[journey]
  entries[journey] = { count: (standing?.count ?? 0) + 1, lastAt: Math.max(standing?.lastAt ?? 0, timestamp) }
}
