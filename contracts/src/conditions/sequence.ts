import { z } from 'zod'
import { durationSchema, durationToMs } from '../duration.ts'
import { selectionFields } from './selection.ts'
import { hasOneWindow, oneWindow, windowFields } from './window.ts'

const name = z.string().min(1).max(200)
/** So many steps a sequence has at most. */
const MOST_STEPS = 8
const DAY = 86_400_000

const stepSchema = z.strictObject({
  /** What happens: an event, or a page or screen by its name (`*` for any); names may be patterns. */
  event: name.optional(),
  page: name.optional(),
  screen: name.optional(),
  where: selectionFields.where,
  /** It must not happen: between the step before and the one behind; as the last, after the one before. */
  not: z.literal(true).optional(),
  /** Less than so long after the step before. */
  within: durationSchema.optional(),
  /** Where `same` of the sequence lies in this step's event, when it lies elsewhere. */
  same: name.optional(),
})
export type SequenceStep = z.infer<typeof stepSchema>

/** One thing happened, then another, and a third did not. */
export const sequenceConditionSchema = z
  .strictObject({
    kind: z.literal('sequence'),
    steps: z.array(stepSchema).min(2).max(MOST_STEPS),
    /** A property that has the same value in all steps, such as `product_id`; `products[].product_id`: any of the list. */
    same: name.optional(),
    ...windowFields,
  })
  .refine(hasOneWindow, oneWindow)
  .superRefine(({ steps, same, within, calendarDays }, check) => {
    const say = (path: (string | number)[], message: string): void => check.addIssue({ code: 'custom', path, message })
    const lastDone = steps.findLastIndex(({ not }) => not === undefined)
    for (const [i, step] of steps.entries()) {
      if ([step.event, step.page, step.screen].filter((one) => one !== undefined).length !== 1)
        say(['steps', i], 'say one of event, page and screen')
      if (step.within !== undefined && i === 0) say(['steps', 0, 'within'], 'the first step comes after none: leave within out')
      if (step.within !== undefined && step.not === true && i < lastDone)
        say(['steps', i, 'within'], 'what must not come between has no time of its own: say within of the step behind it')
      if (step.within !== undefined && durationToMs(step.within) === 0) say(['steps', i, 'within'], 'a time longer than 0')
      if (step.not === true && step.within !== undefined && within !== undefined && durationToMs(step.within) >= durationToMs(within))
        say(['within'], `a time longer than ${step.within}, the last wait: the sequence would be over before it is complete`)
      if (step.not === true && step.within !== undefined && calendarDays !== undefined && durationToMs(step.within) >= calendarDays * DAY)
        say(['calendarDays'], `more days than ${step.within}, the last wait: the sequence would be over before it is complete`)
      if (step.same !== undefined && same === undefined) say(['steps', i, 'same'], 'only together with same of the sequence')
      if (isTooDeep(step.same)) say(['steps', i, 'same'], tooDeep)
    }
    if (steps[0]?.not === true) say(['steps', 0, 'not'], 'a sequence begins with something that was done')
    if (isTooDeep(same)) say(['same'], tooDeep)
  })
export type SequenceCondition = z.infer<typeof sequenceConditionSchema>

const tooDeep = 'a property inside one list at most, such as products[].product_id'
function isTooDeep(path: string | undefined): boolean {
  return path !== undefined && path.split('[]').length > 2
}
