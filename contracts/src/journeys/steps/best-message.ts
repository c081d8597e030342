import { z } from 'zod'
import { channelKindSchema } from '../../channel.ts'
import { durationSchema } from '../../duration.ts'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

export const bestMessageStepSchema = z.strictObject({
  kind: z.literal('best-message'),
  ...common,
  /** In order of preference, unless it is `learned`: the first that reaches the person and that policy allows is taken. */
  channels: z
    .array(z.strictObject({ channel: channelKindSchema, template: definitionIdSchema }))
    .min(2)
    .max(10)
    .refine((list) => new Set(list.map(({ channel }) => channel)).size === list.length, 'each channel once'),
  /**
   * The channels are taken in the order of how likely this person is to answer by each, by what they answered so far and by what everybody
   * answers. Left out: in the order written. `explore`: of a hundred passages so many go in an order drawn by lot, so that every channel
   * goes on being measured.
   */
  learned: z.strictObject({ explore: z.int().min(0).max(50).default(5) }).optional(),
  /** Whoever has neither opened nor clicked, nor reached a goal, after this time gets it by the next. Left out: it is said once. */
  unanswered: durationSchema.optional(),
  /** Transactional messages (a receipt) need no marketing consent. */
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  next: stepIdSchema.optional(),
})
