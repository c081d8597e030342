import { goalsOf, holdOutName, type JourneyDefinition, type Problem, type StepOf } from '@throughline/contracts'
import { assignVariant, isHeldOut, type Choice } from '../../experiments/index.ts'
import type { StepBehaviour } from '../behaviour.ts'

type Experiment = StepOf<'experiment'>

/**
 * Gives each person one of several variants, or holds them out: by a hash of experiment and person, so that they get the same whenever they come, in
 * every version; after a merge that of the id that stays, the earlier one, while a run on its way goes on as it went.
 */
export const experiment: StepBehaviour<Experiment> = {
  compile(step) {
    const { variants, holdOut } = step
    return ({ run, journey, profile }, { kind }) => {
      if (kind === 'event') return null
      const id = experimentOf(step, journey.id, run.step)
      if (holdOut !== undefined && isHeldOut(id, profile.id, holdOut.percent))
        return { kind: 'go', port: 'otherwise', exposure: { experiment: id, variant: holdOutName } }
      const port = assignVariant(id, profile.id, variants)
      return { kind: 'go', port, exposure: { experiment: id, variant: variants[port]!.name } }
    }
  },
  waysOut(step) {
    const choices = choicesOf(step)
    const total = choices.reduce((sum, { weight }) => sum + weight, 0)
    return choices.map(({ name, weight }, index) => {
      const way = step.variants[index] ?? step.holdOut
      const port = index < step.variants.length ? index : 'otherwise'
      return { port, next: way?.next, label: `${name} (${Math.round((weight / total) * 1_000) / 10} %)` }
    })
  },
  takesTime: () => false,
  hears: () => [],
  describe: ({ variants, holdOut }) =>
    `give each person one of ${variants.map(({ name }) => name).join(', ')}${holdOut === undefined ? '' : `, and hold out ${holdOut.percent} %`}`,
}

/** The id by which people are drawn. */
export function experimentOf(step: Experiment, journey: string, stepId: string): string {
  return step.experiment ?? `${journey}.${stepId}`
}

/** The variants in order, and last who is held out, with weights that make their share what was asked. */
export function choicesOf({ variants, holdOut }: Experiment): readonly Choice[] {
  if (holdOut === undefined) return variants
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  return [...variants, { name: holdOutName, weight: (total * holdOut.percent) / (100 - holdOut.percent) }]
}

/**
 * A goal that counts only while a run goes on, or from a message on, counts for those longer who get more: variants can only be compared by one
 * that counts the same time for all.
 */
export function* findExperimentProblems(journey: JourneyDefinition): Iterable<Problem> {
  const goals = goalsOf(journey)
  for (const [id, step] of Object.entries(journey.steps)) {
    if (step.kind !== 'experiment') continue
    if (step.variants.length === 1 && step.holdOut === undefined) {
      yield {
        field: `steps.${id}.variants`,
        value: step.variants.length,
        allowed: 'two variants, or one and people held out',
        message: `step "${id}" of journey "${journey.id}" has nothing to compare its one variant with`,
      }
    }
    if (goals.length === 0 || goals.some(({ within, since }) => within !== undefined && since === 'entry')) continue
    yield {
      field: 'goals.0.within',
      value: goals[0]!.within,
      allowed: 'a time, such as 7 days, counted since entry',
      message: `journey "${journey.id}" has the experiment "${id}", and no goal that counts equally long for every variant: say in "within" how long one counts since entry`,
    }
  }
}
