import { eventNames } from '@throughline/contracts'
import type { SequenceCondition, SequenceStep } from '@throughline/contracts'

/** The steps of a sequence while they are edited: whatever is changed, what is left is a sequence that can be asked. */
export type StepKind = 'event' | 'page' | 'screen'

export const stepKinds: readonly (readonly [StepKind, string])[] = [
  ['event', 'did'],
  ['page', 'viewed the page'],
  ['screen', 'viewed the screen'],
]

export function kindOf({ page, screen }: SequenceStep): StepKind {
  if (page !== undefined) return 'page'
  return screen === undefined ? 'event' : 'screen'
}

/** The step about something of another sort, whose name is still open. */
export function withKind(step: SequenceStep, kind: StepKind): SequenceStep {
  const { event: _, page: __, screen: ___, where: ____, ...rest } = step
  return { ...rest, [kind]: '' }
}

/** The name under which the events of a step are told: pages and screens are all of one name. */
export function eventOf(step: SequenceStep): string {
  const names = { event: step.event ?? '', page: eventNames.pageViewed, screen: eventNames.screenViewed }
  return names[kindOf(step)]
}

export function setStep(condition: SequenceCondition, at: number, step: SequenceStep): SequenceCondition {
  return tidy({ ...condition, steps: condition.steps.toSpliced(at, 1, step) })
}

export function removeStep(condition: SequenceCondition, at: number): SequenceCondition {
  return tidy({ ...condition, steps: condition.steps.toSpliced(at, 1) })
}

export function addStep(condition: SequenceCondition, step: Pick<SequenceStep, 'not'>): SequenceCondition {
  return tidy({ ...condition, steps: [...condition.steps, { event: '', ...step, within: '1 day' }] })
}

/** The sequence about one value in all steps, or, with `undefined`, about any. */
export function setSame(condition: SequenceCondition, same: string | undefined): SequenceCondition {
  const { same: _, ...rest } = condition
  return tidy({ ...rest, ...(same !== undefined && { same }) })
}

/** What must not come between two steps has no time of its own; places of a property go with the property. */
function tidy(condition: SequenceCondition): SequenceCondition {
  const lastDone = condition.steps.findLastIndex(({ not }) => not === undefined)
  const steps = condition.steps.map((step, at): SequenceStep => {
    const { within, same, ...rest } = step
    const isBetween = step.not === true && at < lastDone
    return {
      ...rest,
      ...(within !== undefined && !isBetween && { within }),
      ...(same !== undefined && condition.same !== undefined && { same }),
    }
  })
  return { ...condition, steps }
}
