import { listOfAdAudience, type StepOf } from '@throughline/contracts'
import type { StepBehaviour } from '../behaviour.ts'
import { list } from './list.ts'

/** Puts the person into the list that keeps the members of an ad audience, or takes them out of it. */
export const adAudience: StepBehaviour<StepOf<'ad-audience'>> = {
  compile: ({ audience, change }, compiler) => list.compile({ kind: 'list', list: listOfAdAudience(audience), change }, compiler),
  waysOut: ({ next }) => [{ port: 'next', next }],
  takesTime: () => false,
  hears: () => [],
  describe: ({ audience, change }) =>
    change === 'add' ? `put the person into the ad audience ${audience}` : `take the person out of the ad audience ${audience}`,
}
