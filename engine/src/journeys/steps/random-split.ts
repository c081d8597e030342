import type { StepOf } from '@throughline/contracts'
import { murmur32 } from '../../hash.ts'
import type { StepBehaviour } from '../behaviour.ts'

/**
 * Sends each person one of several ways, by weights. The way is a hash of journey, step and person: the same person goes the
 * same way each time and in every version, as long as the weights stay; after a merge it is that of the id that stays.
 */
export const randomSplit: StepBehaviour<StepOf<'random-split'>> = {
  compile({ paths }) {
    const total = paths.reduce((sum, { weight }) => sum + weight, 0)
    let before = 0
    const ends = paths.map(({ weight }) => (before += weight) / total)
    return ({ run, journey, profile }, { kind }) => {
      if (kind === 'event') return null
      const place = murmur32(`${journey.id}:${run.step}:${profile.id}`) / 2 ** 32
      const port = ends.findIndex((end) => place < end)
      return { kind: 'go', port: port < 0 ? paths.length - 1 : port }
    }
  },
  waysOut: ({ paths }) => {
    const total = paths.reduce((sum, { weight }) => sum + weight, 0)
    return paths.map(({ name, weight, next }, port) => ({ port, next, label: `${name ?? `way ${port + 1}`} (${percent(weight / total)})` }))
  },
  takesTime: () => false,
  hears: () => [],
  describe: ({ paths }) => `go one of ${paths.length} ways at random, each person always the same`,
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`
}
