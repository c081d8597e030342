import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { dateTextSchema } from '../conditions/index.ts'
import { definitionIdSchema } from '../id.ts'
import { clockTimeSchema, weekdaysSchema, zoneOfSchema } from '../journeys/clocks.ts'
import { campaignGoalSchema } from './goal.ts'
import { campaignLearnSchema, findLearnProblems } from './learn.ts'
import { campaignRampSchema, findRampProblems } from './ramp.ts'
import { campaignHoldOutSchema, campaignVariantsSchema, campaignWinnerSchema, findVariantProblems } from './variants.ts'

const zone = zoneOfSchema.default('shop')

/** When it goes out, once somebody has sent it. */
export const campaignWhenSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  /** At a date and time by the clocks. */
  z.strictObject({ kind: z.literal('once'), at: dateTextSchema, zone }),
  z.strictObject({ kind: z.literal('daily'), at: clockTimeSchema, zone }),
  z.strictObject({ kind: z.literal('weekly'), on: weekdaysSchema, at: clockTimeSchema, zone }),
  /** In shorter months on their last day. */
  z.strictObject({ kind: z.literal('monthly'), day: z.int().min(1).max(31), at: clockTimeSchema, zone }),
  /** Each time that a program asks for it. */
  z.strictObject({ kind: z.literal('api') }),
])
export type CampaignWhen = z.infer<typeof campaignWhenSchema>

export const campaignSchema = z
  .strictObject({
    kind: z.literal('campaign'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    audience: z.strictObject({
      /** Left out, everybody. */
      segment: definitionIdSchema.optional(),
      /** Whoever is in one of these segments gets nothing. */
      except: z.array(definitionIdSchema).min(1).max(20).optional(),
    }),
    message: z.strictObject({
      channel: channelKindSchema,
      template: definitionIdSchema,
      /** What people must be told whatever they agreed to (a recall) needs no marketing consent. */
      purpose: z.enum(['marketing', 'transactional']).default('marketing'),
    }),
    /** Each person gets one of them, by chance and always the same; left out, the template of the campaign. */
    variants: campaignVariantsSchema.optional(),
    holdOut: campaignHoldOutSchema.optional(),
    /** The variants go to a part of the audience, and the best of them to the rest. */
    winner: campaignWinnerSchema.optional(),
    /** Or: the better one does, the more people get it, while it goes out and from one send to the next. */
    learn: campaignLearnSchema.optional(),
    when: campaignWhenSchema.default({ kind: 'now' }),
    /** What it is for; left out, an order within five days. */
    goal: campaignGoalSchema.optional(),
    /** It goes to some of the audience first, then to more, then to all, and stops by itself when that goes wrong. */
    ramp: campaignRampSchema.optional(),
    /** So many messages a minute at most, spread over the minute. */
    perMinute: z.int().min(1).max(1_000_000).optional(),
    /** Out of use: it cannot be sent. Published without this, it is in use again. */
    archived: z.literal(true).optional(),
  })
  .refine(({ when, perMinute }) => perMinute === undefined || !('zone' in when) || when.zone !== 'person', {
    error: 'a campaign that goes out by each person’s clocks cannot be slowed down: their clocks spread it',
    path: ['perMinute'],
  })
  .superRefine((campaign, ctx) => {
    for (const [path, message] of [...findVariantProblems(campaign), ...findRampProblems(campaign), ...findLearnProblems(campaign)])
      ctx.addIssue({ code: 'custom', path: [...path], message })
  })
  .meta({ id: 'Campaign' })
export type CampaignDefinition = z.infer<typeof campaignSchema>
