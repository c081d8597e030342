import { z } from 'zod'
import { definitionIdSchema } from '../id.ts'
import { durationSchema, durationToMs } from '../duration.ts'
import { longestIn } from './longest.ts'
import { variantNameSchema } from '../journeys/steps/experiment.ts'

/** What decides between variants: people who opened or clicked (machines left out), who reached the goal, or what people spent. */
export const winnerMetrics = ['opened', 'clicked', 'goal', 'revenue'] as const
export type WinnerMetric = (typeof winnerMetrics)[number]

export const campaignVariantsSchema = z
  .array(
    z.strictObject({
      name: variantNameSchema,
      /** What it says; left out, the template of the campaign. */
      template: definitionIdSchema.optional(),
      weight: z.number().positive().max(1_000_000).default(1),
    }),
  )
  .min(2)
  .max(6)
  .refine((variants) => new Set(variants.map(({ name }) => name)).size === variants.length, { error: 'variants of different names' })

/** So many per cent of the audience get nothing, to see what the campaign adds. */
export const campaignHoldOutSchema = z.strictObject({ percent: z.number().positive().max(90) })

export const campaignWinnerSchema = z.strictObject({
  /** So many per cent of the audience get the variants; the rest waits for the best of them. */
  testPercent: z.number().min(1).max(90),
  /** How long after the last of the test was handed out it is decided. */
  after: durationSchema,
  by: z.enum(winnerMetrics),
  /** What the rest gets when no variant was shown to be better than all others: the first one, the one that is ahead, or nothing until a person chooses. */
  otherwise: z.enum(['first', 'ahead', 'ask']).default('ask'),
})
export type CampaignWinner = z.infer<typeof campaignWinnerSchema>

interface Varied {
  readonly message: { readonly template: string; readonly purpose: string }
  readonly when: { readonly kind: string; readonly zone?: string }
  readonly variants?: z.infer<typeof campaignVariantsSchema> | undefined
  readonly holdOut?: z.infer<typeof campaignHoldOutSchema> | undefined
  readonly winner?: CampaignWinner | undefined
}

/** What cannot be among variants, hold-out and winner of a campaign: the field, and the sentence. */
export function* findVariantProblems({
  message,
  when,
  variants,
  holdOut,
  winner,
}: Varied): Iterable<readonly [field: string[], words: string]> {
  const templates = (variants ?? []).map(({ template }) => template ?? message.template)
  if (new Set(templates).size < templates.length)
    yield [
      ['variants'],
      'variants that say different things: each needs a template of its own, and one may leave it out for that of the campaign',
    ]
  if (holdOut !== undefined && message.purpose === 'transactional')
    yield [['holdOut'], 'nobody can be held out of what people must be told: a hold-out is for marketing']
  if (winner === undefined) return
  if (variants === undefined) yield [['winner'], 'a winner is chosen among variants: name two to six in "variants"']
  if (when.zone === 'person')
    yield [
      ['winner'],
      'a campaign that goes out by each person’s clocks has no winner: while some are still to get the test, others would have to get the winner already. Use the shop’s clocks, or leave the winner out',
    ]
  const after = durationToMs(winner.after)
  const most = longestIn(when.kind)
  if (after < 60_000 || after > durationToMs(most))
    yield [['winner', 'after'], `a time from 1 minute to ${most}${most === longestIn('once') ? '' : `, as it goes out ${when.kind}`}`]
}
