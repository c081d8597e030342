import { z } from 'zod'
import { durationSchema, durationToMs } from '../duration.ts'

/** What the weights of variants are learned by: people who opened or clicked (machines left out), or who reached the goal. */
export const learnMetrics = ['opened', 'clicked', 'goal'] as const
export type LearnMetric = (typeof learnMetrics)[number]

/** The more likely a variant is the best one, the more people get it; what people do moves the weights while it goes out. */
export const campaignLearnSchema = z.strictObject({
  by: z.enum(learnMetrics),
  /** So many per cent each variant keeps, whatever comes of it: it goes on being measured. */
  floor: z.number().min(1).max(49).default(10),
  /** How often the weights are computed anew. */
  every: durationSchema.default('15 minutes'),
  /** For so long after it was sent, each message can be answered; a message counts only once this time is over for it. */
  within: durationSchema.default('1 hour'),
})
export type CampaignLearn = z.infer<typeof campaignLearnSchema>

interface Learned {
  readonly when: { readonly kind: string; readonly zone?: string }
  readonly variants?: readonly { readonly weight: number }[] | undefined
  readonly winner?: object | undefined
  readonly ramp?: { readonly steps: readonly { readonly for: string }[] } | undefined
  readonly perMinute?: number | undefined
  readonly learn?: CampaignLearn | undefined
}

const bounds = {
  every: ['5 minutes', '1 day'],
  within: ['1 minute', '7 days'],
} as const

/** What cannot be in the learned weights of a campaign: the field, and the sentence. */
export function* findLearnProblems({
  when,
  variants,
  winner,
  ramp,
  perMinute,
  learn,
}: Learned): Iterable<readonly [field: string[], words: string]> {
  if (learn === undefined) return
  if (variants === undefined) yield [['learn'], 'weights are learned of variants: name two to six in "variants"']
  if (winner !== undefined)
    yield [['learn'], 'either weights are learned while it goes out, or a winner is chosen for the rest: leave "learn" or "winner" out']
  if (variants?.some(({ weight }) => weight !== 1) === true)
    yield [['variants'], 'variants without weights of their own, as the weights are learned: leave "weight" out']
  const most = variants === undefined ? 100 : 100 / variants.length
  if (learn.floor >= most)
    yield [['learn', 'floor'], `less than ${Number(most.toFixed(1))} %, as ${variants?.length ?? 0} variants have to share 100 %`]
  for (const field of ['every', 'within'] as const) {
    const [least, longest] = bounds[field]
    const ms = durationToMs(learn[field])
    if (ms < durationToMs(least) || ms > durationToMs(longest)) yield [['learn', field], `a time from ${least} to ${longest}`]
  }
  if (when.zone === 'person')
    yield [
      ['learn'],
      'a campaign that goes out by each person’s clocks learns no weights: who gets what is drawn before the first of them has answered. Use the shop’s clocks, or leave "learn" out',
    ]
  if ((when.kind !== 'now' && when.kind !== 'once') || perMinute !== undefined) return
  if (ramp === undefined)
    yield [
      ['learn'],
      'what goes out once to all at the same time learns nothing: nobody has answered when the last of them gets it. Say how many messages a minute ("perMinute"), give it a ramp, or choose a winner',
    ]
  else if (ramp.steps.reduce((sum, step) => sum + durationToMs(step.for), 0) < durationToMs(learn.within) + durationToMs(learn.every))
    yield [
      ['learn', 'within'],
      'a time that, with that of "every", is over before the last stage of the ramp begins: otherwise nothing is learned in time',
    ]
}
