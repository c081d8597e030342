import { z } from 'zod'
import { durationSchema } from '../duration.ts'

/** What a campaign is for: whoever does it within this time after their message counts for the send. */
export const campaignGoalSchema = z.strictObject({
  event: z.string().min(1).max(200).default('Order Completed'),
  within: durationSchema.default('5 days'),
})
export type CampaignGoal = z.infer<typeof campaignGoalSchema>

/** What counts for a campaign that says nothing about it. */
export const usualGoal: CampaignGoal = { event: 'Order Completed', within: '5 days' }
