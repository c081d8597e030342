import type { Effect } from '../effects.ts'
import type { ProfileState } from '../profile.ts'

/**
 * What has to be written when a profile stops being one of its own because it was merged into another, which may live in
 * another shard: it is in no segment any more, and nobody stands in a journey under its name. Its runs are not over, so no
 * fact says so; `mergeProfiles` lets them stand under the winner.
 */
export function retireProfile(profile: ProfileState): readonly Effect[] {
  return [
    ...profile.segments.keys.map((segment): Effect => ({ kind: 'segment', segment, change: -1 })),
    ...profile.runs.map(({ id: run, journey, version }): Effect => ({ kind: 'run-over', run, journey, version, reason: 'merged' })),
  ]
}
