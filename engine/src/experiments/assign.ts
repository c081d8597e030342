import { murmur32 } from '../hash.ts'

/** Whether a person is held out of an experiment: a draw apart from that of the variants, so that neither moves people in the other. */
export function isHeldOut(experiment: string, profile: string, percent: number): boolean {
  return percentOf(experiment, profile) < percent
}

/** Where a person stands between 0 and 100 in a draw: whoever is among so many per cent is among more of them too. */
export function percentOf(draw: string, profile: string): number {
  return (murmur32(`${draw}\u001f\u001f${profile}`) / 2 ** 32) * 100
}

/** A variant with its weight; weights need not add up to anything. */
export interface Choice {
  readonly name: string
  readonly weight: number
}

/**
 * The number of the variant that a person gets, by a hash of experiment and profile alone. Weighted rendezvous hashing (Thaler and Ravishankar
 * 1998; with weights by −ln(u)/w, as Schindelhauer and Schomaker 2005): each variant draws u from 0 to 1 for the person, the least −ln(u)/weight wins.
 * So shares are those of the weights, and when a variant is added, left out or weighed anew, nobody moves but to or from that one.
 */
export function assignVariant(experiment: string, profile: string, choices: readonly Choice[]): number {
  let best = 0
  let least = Infinity
  for (const [index, { name, weight }] of choices.entries()) {
    const u = (murmur32(`${experiment}\u001f${name}\u001f${profile}`) + 0.5) / 2 ** 32
    const score = -Math.log(u) / weight
    if (score < least) [best, least] = [index, score]
  }
  return best
}
