import { goalsOf, type GoalReached, type JourneyDefinition } from '@throughline/contracts'
import { nameOfGoal, sameGoals } from '@throughline/engine'
import type { Pool } from '../platform/postgres/index.ts'
import type { JourneyCounts } from './counts.ts'
import { loadJourneysOf } from './store.ts'

type Versions = ReadonlyMap<number, JourneyDefinition>

/**
 * The goals of a journey as its newest version has them, each with how many runs reached it: in that version, and in older ones that have a goal
 * of the same name by the same event. Goals are not added up: a run may reach several.
 */
export function goalsReached(newest: JourneyDefinition, versions: Versions, counted: JourneyCounts['goals']): GoalReached[] {
  const reached = goalsOf(newest).map(() => 0)
  for (const [version, counts] of counted) {
    const then = versions.get(version)
    if (then === undefined) continue
    for (const [theirs, own] of sameGoals(then, newest)) reached[own]! += counts.get(theirs) ?? 0
  }
  return goalsOf(newest).map((goal, index) => ({
    name: nameOfGoal(goal),
    reached: reached[index]!,
    leaves: goal.afterwards === 'leave',
  }))
}

/** Loads versions of journeys by their ids; what was loaded once is kept, since a version never changes. */
export function makeVersions(pool: Pool) {
  const kept = new Map<string, Map<number, JourneyDefinition>>()
  return async (wanted: readonly { readonly id: string; readonly version: number }[]): Promise<(id: string) => Versions> => {
    const missing = wanted.filter(({ id, version }) => kept.get(id)?.has(version) !== true)
    if (missing.length > 0) {
      for (const { definition, version } of await loadJourneysOf(pool, missing)) {
        const own = kept.get(definition.id) ?? new Map<number, JourneyDefinition>()
        kept.set(definition.id, own.set(version, definition))
      }
    }
    return (id) => kept.get(id) ?? new Map()
  }
}
