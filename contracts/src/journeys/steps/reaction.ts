import { z } from 'zod'
import { durationSchema } from '../../duration.ts'
import { common, stepIdSchema } from './common.ts'

/** What may become of a message: `not-sent` was held back, called back or failed. */
export const reactions = ['replied', 'clicked', 'opened', 'delivered', 'bounced', 'not-sent'] as const

/** Waits for what becomes of a message that the same run has said before, and takes the way of it. */
export const reactionStepSchema = z.strictObject({
  kind: z.literal('reaction'),
  ...common,
  /** The step that said the message; of several times, the latest. */
  of: stepIdSchema,
  ways: z
    .array(
      z
        .strictObject({
          on: z.enum(reactions),
          /** With `clicked`: only links whose address has this text in it. */
          link: z.string().min(1).max(500).optional(),
          next: stepIdSchema.optional(),
        })
        .refine(({ on, link }) => on === 'clicked' || link === undefined, { error: 'goes with clicked only', path: ['link'] }),
    )
    .min(1)
    .max(20),
  upTo: durationSchema,
  /** Waits for the first of the ways all the time, and takes the foremost of those that have happened when it is up. */
  ranked: z.literal(true).optional(),
  /** Where those go of whom none of it is told in time. */
  otherwise: stepIdSchema.optional(),
})
