import type { Json, TraitDefinition } from '@throughline/contracts'
import { describeMeasure, exactnessOfMeasure, isPending, type View } from '../conditions/index.ts'
import type { AdvanceContext } from '../ports.ts'
import type { ProfileState } from '../profile.ts'
import { lookInside, type Compiled } from './compiled.ts'

/** A computed trait of one person. */
export interface ComputedTrait {
  readonly id: string
  readonly name: string
  /** `undefined`: none, such as the last order of somebody who never ordered. */
  readonly value: Json | undefined
  /** Its history is still being read: there is no value yet. */
  readonly pending: boolean
}

/** What the published computed traits say of this person at `ctx.now`, in order of their names. */
export function computedTraits(profile: ProfileState, ctx: AdvanceContext): readonly ComputedTrait[] {
  const { traits } = lookInside(ctx.definitions)
  const view: View = { ...profile, shardPending: ctx.pending }
  return traits
    .map(({ definition: { id, name }, measure }) => {
      const pending = isPending(view, measure.leaf.key)
      return { id, name, value: pending ? undefined : measure.value(view, ctx.now), pending }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Those that have a value, by their ids: for templates. */
export function valuesOfTraits({ traits }: Compiled, view: View, now: number): { readonly [id: string]: Json } {
  const values: Record<string, Json> = {}
  for (const { definition, measure } of traits) {
    const value = isPending(view, measure.leaf.key) ? undefined : measure.value(view, now)
    if (value !== undefined) values[definition.id] = value
  }
  return values
}

/** A computed trait in words: `Sum of total of Order Completed`, and what is kept for it and how exact it is. */
export function describeTrait({ value }: TraitDefinition): { readonly sentence: string; readonly exactness: string } {
  const sentence = describeMeasure(value)
  return { sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1), exactness: exactnessOfMeasure(value) }
}
