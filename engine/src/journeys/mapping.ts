import type { JourneyDefinition } from '@throughline/contracts'
import { waysOutOf } from './describe.ts'

/** Where those who stand at a step could go in another version. */
export interface ProposedMove {
  readonly step: string
  /** The step of the other version; null where there is none. */
  readonly to: string | null
  /** `same`: it has a step of this id · `next`: the step is gone, and this is the one that is left next on its way · `ask`: somebody has to say. */
  readonly why: 'same' | 'next' | 'ask'
}

/**
 * A proposal where people go when another version takes the place of theirs, step by step in the order of the older one: to the step of the same
 * id; from a step that is gone to the next on its way that is left. Where its ways lead to several, or to the end, somebody is to be asked, and the
 * first of them is named.
 */
export function proposeMapping(from: Pick<JourneyDefinition, 'steps'>, to: Pick<JourneyDefinition, 'steps'>): readonly ProposedMove[] {
  return Object.keys(from.steps).map((step): ProposedMove => {
    if (Object.hasOwn(to.steps, step)) return { step, to: step, why: 'same' }
    const { found, ends } = survivorsAfter(from, to, step)
    const [first] = found
    return found.length === 1 && first !== undefined && !ends ? { step, to: first, why: 'next' } : { step, to: first ?? null, why: 'ask' }
  })
}

/** The steps that are left and come next on the ways out of one that is gone; and whether one of the ways ends before. */
function survivorsAfter(
  from: Pick<JourneyDefinition, 'steps'>,
  to: Pick<JourneyDefinition, 'steps'>,
  gone: string,
): { readonly found: readonly string[]; readonly ends: boolean } {
  const seen = new Set([gone])
  const found: string[] = []
  let ends = false
  const queue = [gone]
  for (const id of queue) {
    const ways = waysOutOf(from.steps[id]!)
    if (ways.length === 0) ends = true
    for (const { next } of ways) {
      if (next === undefined || !Object.hasOwn(from.steps, next)) ends = true
      else if (!seen.has(next)) {
        seen.add(next)
        if (Object.hasOwn(to.steps, next)) found.push(next)
        else queue.push(next)
      }
    }
  }
  return { found, ends }
}
