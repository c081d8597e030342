import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { propertyFilterSchema } from './filters.ts'

export const timesSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('at-least'), n: z.int().min(1).max(1_000) }),
  z.strictObject({ op: z.literal('at-most'), n: z.int().min(0).max(1_000) }),
  z.strictObject({ op: z.literal('exactly'), n: z.int().min(0).max(1_000) }),
])
export type Times = z.infer<typeof timesSchema>

export const eventConditionSchema = z.strictObject({
  kind: z.literal('event'),
  event: z.string().min(1).max(200),
  where: z.array(propertyFilterSchema).max(20).optional(),
  times: timesSchema.default({ op: 'at-least', n: 1 }),
  /** Sliding window that ends now; without it, ever. */
  within: durationSchema.optional(),
})
export type EventCondition = z.infer<typeof eventConditionSchema>
