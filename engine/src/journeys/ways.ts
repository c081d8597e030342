import { goalsOf, startsOf, type JourneyDefinition } from '@throughline/contracts'
import { edgeId } from '../effects.ts'
import { nameOfGoal } from './leaving.ts'
import { behaviourOf } from './registry.ts'

/**
 * The ways of a version, ways in included, numbered in the order of their ids; and the places that somebody comes through with each: the way itself,
 * and its step, or the entry, where that has several.
 */
export interface CompiledWays {
  readonly numbers: ReadonlyMap<string, number>
  readonly places: readonly (readonly string[])[]
}

export function compileWays(journey: JourneyDefinition): CompiledWays {
  const starts = startsOf(journey)
  const entries = starts.length > 1 ? starts.map((_, index) => [wayIn(journey, index), 'entry']) : [['entry']]
  const ways = Object.keys(journey.steps).flatMap((id) => {
    const out = waysOf(journey, id)
    return out.map((way) => (out.length > 1 ? [way, id] : [way]))
  })
  const places = [...entries, ...ways].sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return { numbers: new Map(places.map(([way = ''], number) => [way, number])), places }
}

/** The ids of the ways out of a step. */
export function waysOf(journey: JourneyDefinition, step: string): readonly string[] {
  const found = journey.steps[step]
  return found === undefined
    ? []
    : behaviourOf(found)
        .waysOut(found)
        .map(({ port }) => edgeId(step, port))
}

/** The id of a way in: by its number where there are several. */
function wayIn(journey: JourneyDefinition, index: number): string {
  return startsOf(journey).length > 1 ? `entry:${index}` : 'entry'
}

/**
 * The ways of an earlier version as another draws them: by the ids of the one, those of the other. A step is the same by its key, a way by what it
 * says, wherever it stands among the ways of its step; an entry too. What the other does not have is left out.
 */
export function sameWays(earlier: JourneyDefinition, shown: JourneyDefinition): ReadonlyMap<string, string> {
  const same = new Map<string, string>()
  const entries = startsOf(shown).map((entry) => JSON.stringify(entry))
  if (entries.length > 1)
    for (const [index, entry] of startsOf(earlier).entries()) {
      const found = entries.indexOf(JSON.stringify(entry))
      if (found >= 0) same.set(wayIn(earlier, index), wayIn(shown, found))
    }
  for (const [id, step] of Object.entries(earlier.steps)) {
    const now = shown.steps[id]
    if (now === undefined) continue
    const ways = behaviourOf(now).waysOut(now)
    for (const { port, label } of behaviourOf(step).waysOut(step)) {
      const isSame = (way: (typeof ways)[number]): boolean =>
        typeof port === 'number' ? typeof way.port === 'number' && wordsOf(way.label) === wordsOf(label) : way.port === port
      // Of several that say the same, the one at the same place.
      const found = ways.find((way) => isSame(way) && way.port === port) ?? ways.find(isSame)
      if (found !== undefined) same.set(edgeId(id, port), edgeId(id, found.port))
    }
  }
  return same
}

/** The goals of an earlier version by their numbers there, as another numbers them: the same are of one name and by one event. */
export function sameGoals(earlier: JourneyDefinition, shown: JourneyDefinition): ReadonlyMap<number, number> {
  const goals = goalsOf(shown)
  return new Map(
    goalsOf(earlier).flatMap((goal, index) => {
      const found = goals.findIndex((one) => one.on.event === goal.on.event && nameOfGoal(one) === nameOfGoal(goal))
      return found < 0 ? [] : [[index, found] as const]
    }),
  )
}

/** What a way says, without the share that it has. */
function wordsOf(label: string | undefined): string | undefined {
  return label?.replace(/ \([\d.]+ %\)$/, '')
}
