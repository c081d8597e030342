import { z } from 'zod'
import { channelKinds } from '../../channel.ts'
import { common, stepIdSchema } from './common.ts'

/** Notes what the person agreed to or withdrew. A yes fills in where they have said nothing: it lifts no opt-out. */
export const consentStepSchema = z.strictObject({
  kind: z.literal('consent'),
  ...common,
  channel: z.enum([...channelKinds, 'tracking']),
  topic: z.string().min(1).max(200).optional(),
  state: z.enum(['granted', 'withdrawn']),
  next: stepIdSchema.optional(),
})
