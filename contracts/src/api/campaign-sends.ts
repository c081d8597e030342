import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { type Route } from './parts.ts'

/** One send of a campaign, in the address. */
export const sendParams = z.object({ id: z.string().min(1), number: z.coerce.number().int().min(1) })

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
} as const satisfies Record<string, Route>
