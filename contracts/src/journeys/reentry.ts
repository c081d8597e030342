import { z } from 'zod'
import { durationSchema } from '../duration.ts'

/** Whether somebody who was in the journey comes in again; nobody is in it twice at a time, but with different keys. */
export const reentrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('always') }),
  /** Not before this time has passed since the last entry. */
  z.strictObject({ kind: z.literal('after'), time: durationSchema }),
  /** Not before this time has passed since they last left it. */
  z.strictObject({ kind: z.literal('after-leaving'), time: durationSchema }),
])
export type Reentry = z.infer<typeof reentrySchema>
