import { z } from 'zod'
import { durationSchema } from '../duration.ts'

export const reentrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('always') }),
  /** Not before this time has passed since the last entry. */
  z.strictObject({ kind: z.literal('after'), time: durationSchema }),
])
