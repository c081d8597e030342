import { z } from 'zod'
import { acceptLimits, eventNames } from '../../events.ts'
import { common, stepIdSchema } from './common.ts'
import { takenSchema } from './taken.ts'

/** What Throughline itself says, and orders, which are the shop's to tell: each counts once. */
const notForJourneys: readonly string[] = [...Object.values(eventNames), 'Order Completed', 'Order Refunded']

/** Says an event on the person's own timeline; conditions and other journeys hear it like any other. */
export const sendEventStepSchema = z.strictObject({
  kind: z.literal('send-event'),
  ...common,
  event: z
    .string()
    .min(1)
    .max(acceptLimits.nameLength)
    .refine((name) => !notForJourneys.includes(name), {
      error: 'a name of your own; not one that Throughline itself says, nor an order, which the shop tells',
    }),
  /** Besides `journey` and `step`, which are always said. */
  properties: z
    .record(
      z
        .string()
        .min(1)
        .max(200)
        .refine((name) => name !== 'journey' && name !== 'step', { error: 'any name but journey and step, which are said anyway' }),
      takenSchema,
    )
    .refine((properties) => Object.keys(properties).length <= 50, { error: 'at most 50 properties' })
    .default({}),
  next: stepIdSchema.optional(),
})
