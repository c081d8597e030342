import type { Event, Json, SegmentDefinition } from '@throughline/contracts'
import { toOccurrence, valueOfUntouched, type Memory, type Occurrence } from '../conditions/index.ts'
import { lookInside, type Compiled } from '../definitions/index.ts'
import type { CompiledDefinitions, LeafStates } from '../ports.ts'
import { foldMemory } from './fold.ts'

/** What has to be read, and whose, so that leaves get their states for everybody. */
export interface FillScope {
  /** Names, or patterns of names, of the events that are folded. */
  readonly eventNames: readonly string[]
  /** Whether they are told apart by their properties, or by their context beyond the traits in it. */
  readonly readsProperties: boolean
  readonly readsContext: boolean
  /** Ids of the segments that hang on these leaves. */
  readonly segments: readonly string[]
  /**
   * Whether everybody has to be decided. If not, whoever did none of these events is in none of these segments, whatever else is
   * known of them: only who was in one before, or waits in a journey, could differ.
   */
  readonly concernsEveryone: boolean
}

/** Finds out what a fill of these leaves is about. Those that no definition asks for any more are left out. */
export function scopeOfFill(leaves: ReadonlySet<string>, definitions: CompiledDefinitions, now: number): FillScope {
  const compiled = lookInside(definitions)
  const asked = [...leaves].flatMap((key) => compiled.leaves.get(key) ?? [])
  const segments = segmentsOf(compiled, leaves)
  const isOpen = ({ where }: SegmentDefinition): boolean => valueOfUntouched(where, leaves, now, compiled.context) !== false
  return {
    eventNames: [...new Set(asked.flatMap(({ eventNames }) => eventNames))],
    readsProperties: asked.some(({ memory }) => memory.readsNoProperties !== true),
    readsContext: asked.some(({ memory }) => memory.readsContext === true),
    segments: segments.map(({ id }) => id),
    concernsEveryone: segments.some(isOpen) || [...leaves].some((key) => compiled.journeyLeaves.has(key)),
  }
}

function segmentsOf(compiled: Compiled, leaves: ReadonlySet<string>): readonly SegmentDefinition[] {
  const ids = compiled.segments.filter(({ condition }) => condition.leaves.some(({ key }) => leaves.has(key))).map(({ id }) => id)
  return ids.flatMap((id) => compiled.context.find('segment', id) ?? [])
}

/**
 * The states of these leaves after these events of one person, in any order. Leaves without a state are left out, and of several
 * that look at one memory all but one.
 */
export function foldLeaves(leaves: Iterable<string>, events: Iterable<Event>, definitions: CompiledDefinitions): LeafStates {
  const compiled = lookInside(definitions)
  const wanted = new Map<Memory, string>()
  for (const key of leaves) {
    const memory = compiled.leaves.get(key)?.memory
    if (memory !== undefined) wanted.set(memory, key)
  }
  const heard = new Map<Memory, Occurrence[]>()
  for (const event of events) {
    const occurrence = toOccurrence(event)
    for (const { memory } of compiled.concernOf(event.name)?.memories ?? []) {
      if (!wanted.has(memory)) continue
      const before = heard.get(memory)
      if (before === undefined) heard.set(memory, [occurrence])
      else before.push(occurrence)
    }
  }
  const states: Record<string, Json> = {}
  for (const [memory, occurrences] of heard) {
    const state = foldMemory(memory, occurrences)
    if (state !== undefined) states[wanted.get(memory)!] = state
  }
  return states
}
