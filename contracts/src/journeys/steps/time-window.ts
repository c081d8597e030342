import { z } from 'zod'
import { durationSchema } from '../../duration.ts'
import { clockTimeSchema } from '../clocks.ts'
import { clocks } from './clocks.ts'
import { common, stepIdSchema } from './common.ts'

/** Lets people pass at certain hours only; those who come outside of them wait for the hours to begin. */
export const timeWindowStepSchema = z
  .strictObject({
    kind: z.literal('time-window'),
    ...common,
    from: clockTimeSchema,
    /** Not included. Before `from`, it is on the day after. */
    to: clockTimeSchema,
    ...clocks,
    /** Those who waited do not all go at once, but each at an instant of their own within this time. */
    spread: durationSchema.default('30 minutes'),
    next: stepIdSchema.optional(),
  })
  .refine(({ from, to }) => from !== to, { error: 'another time than from', path: ['to'] })
