import { goalsOf, startsOf, type JourneyConversions, type JourneyDefinition } from '@throughline/contracts'
import { enoughPeople, nameOfGoal, rateInterval, sameGoals, sameWays, waysOf } from '@throughline/engine'

/** A version, and what was counted of it; see `countVersions`. */
export interface CountedVersion {
  readonly definition: JourneyDefinition
  readonly counts: ReadonlyMap<string, number>
}

interface Edge {
  readonly id: string
  readonly count: number
}

/** Ends and beginnings that are the same in every version. */
const common: ReadonlySet<string> = new Set(['entry', 'full', 'left:goal', 'left:exit', 'left:end'])

/**
 * Passages of several versions on the drawing of one. Ways that it does not have are left out; a goal that it does not have is `goal:other`. Who was
 * moved from one version to another is inside still, and not counted apart.
 */
export function edgesOver(shown: JourneyDefinition, versions: readonly CountedVersion[]): Edge[] {
  const edges = new Map<string, number>()
  for (const { definition, counts } of versions) {
    const [ways, goals] = [sameWays(definition, shown), sameGoals(definition, shown)]
    for (const [edge, count] of counts) {
      const isGoal = /^goal:\d+$/.test(edge) && definition.steps.goal === undefined
      const own = isGoal ? `goal:${goals.get(Number(edge.slice(5))) ?? 'other'}` : ways.get(edge)
      const found = [...(common.has(edge) ? [edge] : []), ...(own === undefined ? [] : [own])]
      for (const id of found) edges.set(id, (edges.get(id) ?? 0) + count)
    }
  }
  return [...edges].map(([id, count]) => ({ id, count })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

interface Figures {
  readonly people: number
  readonly converted: number
}

/** Of the runs of these versions that came through each place of the shown one, how many reached its goals afterwards. */
export function reportConversions(shown: JourneyDefinition, versions: readonly CountedVersion[]): JourneyConversions {
  const goals = goalsOf(shown)
  const sums = new Map<string, readonly Figures[]>()
  const add = (place: string, goal: number, { people, converted }: Figures): void => {
    const standing = sums.get(place) ?? goals.map(() => ({ people: 0, converted: 0 }))
    sums.set(
      place,
      standing.map((one, index) => (index === goal ? { people: one.people + people, converted: one.converted + converted } : one)),
    )
  }
  for (const { definition, counts } of versions) {
    const ways = sameWays(definition, shown)
    for (const [theirs, goal] of sameGoals(definition, shown)) {
      const figures = (place: string, edges: readonly string[]): Figures => figuresOf(counts, place, edges, theirs)
      add('entry', goal, figures('entry', ['entry']))
      for (const [way, now] of ways) add(now, goal, figures(way, [way]))
      for (const step of Object.keys(definition.steps)) {
        const edges = waysOf(definition, step)
        const [only] = edges
        // A step with one way is passed by it.
        if (shown.steps[step] !== undefined && only !== undefined) add(step, goal, figures(edges.length > 1 ? step : only, edges))
      }
    }
  }
  return {
    goals: goals.map((goal) => ({ name: nameOfGoal(goal) })),
    places: placesOf(shown).map((place) => ({
      place,
      results: (sums.get(place) ?? goals.map(() => ({ people: 0, converted: 0 }))).map((one) => ({
        ...one,
        rate: rateInterval(one),
        enough: one.people >= enoughPeople,
      })),
    })),
  }
}

function figuresOf(counts: CountedVersion['counts'], place: string, edges: readonly string[], goal: number): Figures {
  const passed = edges.reduce((sum, edge) => sum + (counts.get(edge) ?? 0), 0)
  const besides = (counts.get(`again/${place}`) ?? 0) + (counts.get(`late/${goal}/${place}`) ?? 0)
  return { people: passed - besides, converted: counts.get(`reached/${goal}/${place}`) ?? 0 }
}

function placesOf(journey: JourneyDefinition): readonly string[] {
  const starts = startsOf(journey)
  const steps = Object.keys(journey.steps).filter((step) => waysOf(journey, step).length > 0)
  return [
    'entry',
    ...(starts.length > 1 ? starts.map((_, index) => `entry:${index}`) : []),
    ...steps,
    ...steps.flatMap((step) => waysOf(journey, step)),
  ]
}
