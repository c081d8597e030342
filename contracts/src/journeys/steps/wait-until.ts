import { z } from 'zod'
import { clockTimeSchema } from '../clocks.ts'
import { clocks } from './clocks.ts'
import { common, stepIdSchema } from './common.ts'

/** Waits until the clocks show a time: the next time they do, or on a day that a trait names. */
export const waitUntilStepSchema = z
  .strictObject({
    kind: z.literal('wait-until'),
    ...common,
    at: clockTimeSchema,
    ...clocks,
    /** The day that a trait names, and so many calendar days later; below zero, earlier. */
    date: z.strictObject({ trait: z.string().min(1).max(200), days: z.int().min(-3_660).max(3_660).default(0) }).optional(),
    next: stepIdSchema.optional(),
    /** Where those go for whom there is no such day, or it is over. */
    otherwise: stepIdSchema.optional(),
  })
  .refine(({ on, date }) => on === undefined || date === undefined, {
    error: 'say either days of the week or the day of a trait',
    path: ['on'],
  })
  .refine(({ otherwise, date }) => otherwise === undefined || date !== undefined, {
    error: 'nobody goes this way without the day of a trait',
    path: ['otherwise'],
  })
