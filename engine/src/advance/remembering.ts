import { isAnyPending, type Occurrence } from '../conditions/index.ts'
import type { CompiledSegment, Concern } from '../definitions/index.ts'
import { lookUp } from '../table.ts'
import { setMemory, type Draft } from './draft.ts'
import { setTimedMemory } from './memberships.ts'

/** Facts that follow from facts that follow from facts …: beyond this many, definitions go round in a circle and hear no more. */
export const maxGenerations = 10

/** Adds what happened to the memories that it concerns, and the segments that look at those which changed to `touched`. */
export function addToMemories(draft: Draft, concern: Concern, occurrence: Occurrence, touched: CompiledSegment[]): void {
  for (const { memory, leaves, segments, timed } of concern.memories) {
    const before = lookUp(draft.memories, memory.key)
    const added = memory.add(before, occurrence)
    if (added === before || added === undefined) continue
    const after = memory.counts === undefined || isAnyPending(draft, leaves) ? added : memory.counts.settle(added)
    if (timed.length === 0) setMemory(draft, memory.key, after)
    else setTimedMemory(draft, memory.key, after, timed)
    for (const segment of segments) if (!touched.includes(segment)) touched.push(segment)
  }
}
