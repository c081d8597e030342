import { goalsOf, holdOutName, type ExperimentReport, type JourneyDefinition } from '@throughline/contracts'
import { choicesOf, describeMatch, differenceInterval, enoughPeople, experimentOf, rateInterval, verdictOf } from '@throughline/engine'
import type { VariantCounts } from './read-counts.ts'

const DAY_MS = 86_400_000
const none = { people: 0, since: Infinity, converted: new Map<string, number>() }

/** What the counts say of each experiment of a journey as it is now. Pure. @param now epoch ms */
export function reportExperiments(journey: JourneyDefinition, counts: readonly VariantCounts[], now: number): ExperimentReport[] {
  const all = goalsOf(journey)
  const goals = all
    .filter(({ within, since }) => within !== undefined && since === 'entry')
    .map((goal) => goal.name ?? describeMatch(goal.on))
  const seen = new Set<string>()
  return Object.entries(journey.steps).flatMap(([step, one]): ExperimentReport[] => {
    if (one.kind !== 'experiment') return []
    const experiment = experimentOf(one, journey.id, step)
    // Steps that share an experiment are one.
    if (seen.has(experiment)) return []
    seen.add(experiment)
    const own = counts.filter((found) => found.experiment === experiment)
    const names = choicesOf(one).map(({ name }) => name)
    // Variants of earlier versions have not done nothing.
    for (const { variant } of own) if (variant !== '' && !names.includes(variant)) names.push(variant)
    const baseline = names.includes(holdOutName) ? holdOutName : names[0]!
    const countsOf = (name: string) => own.find(({ variant }) => variant === name) ?? none
    const since = Math.min(...own.map((found) => found.since))
    const convertedOf = (name: string, goal: string): { people: number; converted: number } => {
      const { people, converted } = countsOf(name)
      // A journey with one goal does not name it.
      return { people, converted: (converted.get(goal) ?? 0) + (all.length === 1 ? (converted.get('') ?? 0) : 0) }
    }
    return [
      {
        experiment,
        step,
        baseline,
        since: Number.isFinite(since) ? since : null,
        mixed: own.find(({ variant }) => variant === '')?.people ?? 0,
        goals,
        variants: names.map((name) => ({
          name,
          people: countsOf(name).people,
          enough: countsOf(name).people >= enoughPeople,
          daysMore: daysMore(countsOf(name).people, since, now),
          results: goals.map((goal) => {
            const [mine, theirs] = [convertedOf(name, goal), convertedOf(baseline, goal)]
            const isBaseline = name === baseline
            return {
              converted: mine.converted,
              rate: rateInterval(mine),
              difference: isBaseline ? null : differenceInterval(mine, theirs),
              verdict: isBaseline ? null : verdictOf(mine, theirs),
            }
          }),
        })),
      },
    ]
  })
}

/** At the pace so far. */
function daysMore(people: number, since: number, now: number): number | null {
  if (people >= enoughPeople || people === 0) return null
  const days = Math.max(1, (now - since) / DAY_MS)
  return Math.ceil((enoughPeople - people) / (people / days))
}
