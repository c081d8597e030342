import { z } from 'zod'
import { learnMetrics, winnerMetrics } from '../campaigns/index.ts'
import { experimentResultSchema, intervalSchema } from './experiments.ts'
import { type Route, ms, sendParams } from './parts.ts'

/** How far a send is with choosing between its variants. */
export const sendTestSchema = z.object({
  phase: z
    .enum(['test', 'counting', 'undecided', 'rest'])
    .meta({ description: 'the variants go out · they are left to be answered · a person has to choose · the chosen one goes to the rest' }),
  decidesAt: ms.nullable().meta({ description: 'when it is decided by itself; null: not known yet, or over' }),
  winner: z.string().nullable(),
  words: z.string().meta({ description: 'how it stands, or why it was decided so: sentences' }),
  canChoose: z.boolean().meta({ description: 'whether a person may choose the variant for the rest now' }),
})
export type SendTest = z.infer<typeof sendTestSchema>

const moneyResultSchema = z.object({
  total: z.number(),
  perPerson: z.number(),
  mean: intervalSchema.meta({ description: '95 % interval of the mean per person, minor units' }),
  difference: intervalSchema.nullable(),
  verdict: z.enum(['too-few', 'better', 'worse', 'no-difference']).nullable(),
})

/** What came of one group of a send; comparisons of opens and clicks are with the first variant, the others with `baseline`. */
export const sendGroupSchema = z.object({
  kind: z.enum(['variant', 'rest', 'hold-out']),
  name: z.string(),
  template: z.string().nullable(),
  people: z.number().meta({ description: 'given to this group, whether a message could go out or not' }),
  sent: z.number(),
  opened: experimentResultSchema.nullable().meta({ description: 'of those it was sent to; null for the people held out' }),
  clicked: experimentResultSchema.nullable(),
  goal: experimentResultSchema.meta({ description: 'of the people in it' }),
  revenue: moneyResultSchema.meta({ description: 'orders in the currency of the shop, refunds not taken off' }),
})
export type SendGroup = z.infer<typeof sendGroupSchema>

/** One variant in the weights of a send. */
const learnedVariantSchema = z.object({
  name: z.string(),
  share: z.number().meta({ description: 'the part of the people that gets it, 0 to 1' }),
  best: z.number().meta({ description: 'how likely it is the best one, 0 to 1' }),
  people: z.number().meta({ description: 'messages (by the goal: people) that have had their time; those of earlier sends by their age' }),
  answered: z.number().meta({ description: 'of them, those who did in their time what is learned by' }),
})

export const learnedWeightsSchema = z.object({
  by: z.enum(learnMetrics),
  floor: z.number().meta({ description: 'per cent that each variant keeps' }),
  every: z.string(),
  within: z.string().meta({ description: 'how long each message has to be answered before it counts' }),
  nextAt: ms.nullable().meta({ description: 'when they are computed next; null: not any more' }),
  versions: z
    .array(z.object({ version: z.number(), at: ms.meta({ description: 'since when they hold' }), variants: z.array(learnedVariantSchema) }))
    .meta({ description: 'oldest first, those that hold last; of more than 200 the latest' }),
})
export type LearnedWeights = z.infer<typeof learnedWeightsSchema>

export const sendResultsSchema = z.object({
  campaign: z.string(),
  number: z.number(),
  by: z.enum(winnerMetrics).nullable().meta({ description: 'what decides; null: nothing is chosen' }),
  goal: z.object({ event: z.string(), within: z.string() }),
  currency: z.string(),
  first: z.string().meta({ description: 'the group with which opens and clicks are compared' }),
  baseline: z.string().meta({ description: 'the group with which goal and revenue are compared: the people held out, or else the first' }),
  mixed: z.number().meta({ description: 'people given several variants, since they were merged out of two; counted nowhere else' }),
  groups: z.array(sendGroupSchema),
  learned: learnedWeightsSchema.nullable().meta({ description: 'the weights over time; null: none are learned' }),
})
export type SendResults = z.infer<typeof sendResultsSchema>

export const campaignVariantsRoutes = {
  sendResults: {
    method: 'GET',
    path: '/api/campaigns/:id/sends/:number/results',
    access: 'viewer',
    summary: 'How the variants of a send do, and what those do who were held out of it',
    params: sendParams,
    response: sendResultsSchema,
  },
  chooseVariant: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number/winner',
    access: 'editor',
    summary: 'Choose by hand the variant that the rest of the audience gets',
    params: sendParams,
    body: z.strictObject({ variant: z.string().min(1).max(60) }),
    response: z.object({ test: sendTestSchema }),
  },
} as const satisfies Record<string, Route>
