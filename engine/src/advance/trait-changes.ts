import type { Json } from '@throughline/contracts'
import { readTrait } from '../conditions/index.ts'
import { hash32, stableId } from '../hash.ts'
import { traitChange, type CompiledJourney } from '../journeys/index.ts'
import type { ProfileState } from '../profile.ts'
import type { Draft, TraitChange } from './draft.ts'

type From = Omit<TraitChange, 'occurrence' | 'journeys'>

/** Keeps changes of traits by which journeys may start, until what changed them has been heard. */
export function noteTraitChanges(draft: Draft, before: ProfileState['traits'], changed: readonly string[], from: From): void {
  if (draft.definitions.entriesByTrait.size === 0 || !from.triggers) return
  const asked = new Map<string, CompiledJourney[]>()
  for (const journey of new Set(changed.flatMap((name) => draft.definitions.entriesByTrait.get(name) ?? [])))
    for (const trait of new Set(journey.entries.flatMap((entry) => (entry.trait === null ? [] : [entry.trait]))))
      asked.set(trait, [...(asked.get(trait) ?? []), journey])
  for (const [trait, journeys] of asked) {
    const [was, is] = [readTrait(before, trait) ?? null, readTrait(draft.traits, trait) ?? null]
    if (!isSame(was, is)) draft.changes.push({ ...from, journeys, occurrence: occurrenceOf(draft, trait, was, is) })
  }
}

function occurrenceOf(draft: Draft, trait: string, from: Json, to: Json): TraitChange['occurrence'] {
  const id = stableId('trait', draft.base.id, draft.cause, draft.now, draft.facts, trait)
  return { id, name: traitChange, at: draft.clock, hash: hash32(id), timestamp: draft.clock, properties: { trait, from, to } }
}

function isSame(a: Json, b: Json): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
