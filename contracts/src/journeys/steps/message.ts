import { z } from 'zod'
import { channelKindSchema } from '../../channel.ts'
import { definitionIdSchema } from '../../id.ts'
import { common, stepIdSchema } from './common.ts'

export const messageStepSchema = z.strictObject({
  kind: z.literal('message'),
  ...common,
  channel: channelKindSchema,
  template: definitionIdSchema,
  /** Transactional messages (a receipt) need no marketing consent. */
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  next: stepIdSchema.optional(),
})
