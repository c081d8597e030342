import { z } from 'zod'

/**
 * The ten usual groups, each a part of the grid of recency (down) and frequency (across), which they cover without a rest:
 * the mapping that most published analyses use. `cells` are recency × 10 + frequency.
 */
export const rfmGroups = [
  { id: 'champions', name: 'Champions', cells: [54, 55], says: 'bought lately and often' },
  { id: 'loyal', name: 'Loyal', cells: [34, 35, 44, 45], says: 'buy often' },
  { id: 'potential-loyalists', name: 'Potential loyalists', cells: [42, 43, 52, 53], says: 'bought lately, and more than once' },
  { id: 'new-customers', name: 'New customers', cells: [51], says: 'their first order, just now' },
  { id: 'promising', name: 'Promising', cells: [41], says: 'their first order, a while ago' },
  { id: 'need-attention', name: 'Need attention', cells: [33], says: 'in the middle of everything' },
  { id: 'about-to-sleep', name: 'About to sleep', cells: [31, 32], says: 'bought little, and not lately' },
  { id: 'at-risk', name: 'At risk', cells: [13, 14, 23, 24], says: 'bought often, but long ago' },
  { id: 'cannot-lose', name: 'Can’t lose them', cells: [15, 25], says: 'bought most often of all, but long ago' },
  { id: 'hibernating', name: 'Hibernating', cells: [11, 12, 21, 22], says: 'bought little, and long ago' },
] as const satisfies readonly { id: string; name: string; cells: readonly number[]; says: string }[]
export type RfmGroup = (typeof rfmGroups)[number]['id']
export const rfmGroupSchema = z.enum(rfmGroups.map(({ id }) => id))

const scores = z
  .array(z.int().min(1).max(5))
  .min(1)
  .max(5)
  .refine((list) => new Set(list).size === list.length, { error: 'say each score once' })

/**
 * Where somebody stands among all buyers, by when they last ordered, how often, and how much they spent: scores 1 to 5, 5 being best.
 * Without any part it holds for all who have scores.
 */
export const rfmConditionSchema = z.strictObject({
  kind: z.literal('rfm'),
  groups: z.array(rfmGroupSchema).min(1).max(rfmGroups.length).optional(),
  recency: scores.optional(),
  frequency: scores.optional(),
  money: scores.optional(),
})
export type RfmCondition = z.infer<typeof rfmConditionSchema>

const quintiles = z.tuple([z.number(), z.number(), z.number(), z.number()])

/** Where the fifths of all buyers part, at one computation. */
export const rfmThresholdsSchema = z.object({
  /** How many days of the shop's calendar count, today included; null: all of history. */
  days: z.int().min(1).nullable(),
  /** Times of the last order, epoch ms, latest first: a score is 5 less one for each that it is earlier than. */
  recency: quintiles,
  /** Numbers of orders, smallest first: a score is 1 and one more for each that it is greater than. */
  frequency: quintiles,
  /** The same of money, in ten-thousandths of the currency. */
  money: quintiles,
})
export type RfmThresholds = z.infer<typeof rfmThresholdsSchema>
