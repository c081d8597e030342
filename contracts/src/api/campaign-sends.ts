import { z } from 'zod'
import { resendToSchema } from '../campaigns/index.ts'
import { durationSchema } from '../duration.ts'
import { campaignSendSchema } from './campaigns.ts'
import { type Route, sendParams } from './parts.ts'

/**
 * What a send brought: orders within a time after the person's own message, as the shop told them. An order that was told twice counts once;
 * what was refunded is taken off. Money is in minor units, each currency for itself; orders that name none are in the shop's.
 */
export const campaignEarningsSchema = z.object({
  within: durationSchema,
  /** Whether that time is over for everybody, so that nothing is added any more. */
  isOver: z.boolean(),
  orders: z.number(),
  /** Those of them that came after the person had clicked. */
  ordersAfterClick: z.number(),
  revenue: z.array(z.object({ currency: z.string(), orders: z.number(), total: z.number(), afterClick: z.number() })),
  /** The goal of the campaign, and how many people did it within the time. */
  goal: z.object({ event: z.string(), people: z.number() }),
})
export type CampaignEarnings = z.infer<typeof campaignEarningsSchema>

/** Whom a send is sent to again, and what is said otherwise. */
const resend = {
  to: resendToSchema,
  exceptGoal: z.boolean().default(true).meta({ description: 'leave out those who did what the goal says since the send began' }),
}

/** How many got a send and did not answer it, how many of them are still meant, how many of these are reached, and what that costs. */
export const resendEstimateSchema = z.object({
  audience: z.number(),
  /** Still in the segment, in none of the excluded ones, and (where that is asked for) without the goal. */
  meant: z.number(),
  reachable: z.number(),
  exact: z.boolean(),
  margin: z.number(),
  /** In minor units of `currency`; null while no price is set for the channel. */
  cost: z.number().nullable(),
  currency: z.string(),
})
export type ResendEstimate = z.infer<typeof resendEstimateSchema>

export const campaignSendsRoutes = {
  campaignEarnings: {
    method: 'GET',
    path: '/api/campaigns/:id/sends/:number/earnings',
    access: 'viewer',
    summary: 'What a send of a campaign brought: orders, revenue and people who reached its goal, within a time after their message',
    params: sendParams,
    query: z.object({
      within: durationSchema.optional().meta({ description: 'the time after each message; left out, what the goal of the campaign says' }),
    }),
    response: campaignEarningsSchema,
  },
  estimateResend: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number/resend/estimate',
    access: 'viewer',
    audit: false,
    summary: 'How many did not answer a send, how many of them another one reaches, and what it costs',
    params: sendParams,
    body: z.strictObject(resend),
    response: resendEstimateSchema,
  },
  resendCampaign: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number/resend',
    access: 'editor',
    summary: 'Send once more to those who got a send and did not answer it, as a send of its own; it can be undone for 30 seconds',
    params: sendParams,
    body: z.strictObject({
      ...resend,
      subject: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .optional()
        .meta({ description: 'in place of the subject line or title of the template, with its variables' }),
      key: z.string().min(1).max(200).optional().meta({ description: 'asked again with the same key, nothing happens again' }),
    }),
    response: z.object({ outcome: z.enum(['ordered', 'repeated']), send: campaignSendSchema }),
  },
} as const satisfies Record<string, Route>
