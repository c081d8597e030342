import { z } from 'zod'
import { durationSchema, durationToMs } from '../duration.ts'
import { longestIn } from './longest.ts'

const percent = z.number().min(0.1).max(99)
const limit = z.number().min(0).max(100)

/** A campaign goes to a part of its audience first, then to more and more, then to all; what goes wrong stops it before everybody has got it. */
export const campaignRampSchema = z.strictObject({
  /** So many per cent of the audience so far, and how long it waits then; behind the last one come all others. */
  steps: z
    .array(z.strictObject({ percent, for: durationSchema }))
    .min(1)
    .max(10)
    .default([
      { percent: 10, for: '1 hour' },
      { percent: 25, for: '1 hour' },
      { percent: 50, for: '1 hour' },
    ]),
  /** It is paused when more than so many per cent of those it was sent to bounced, complained or took their consent back; 100 for never. */
  stopAt: z
    .strictObject({
      bounces: limit.default(5),
      complaints: limit.default(0.3),
      unsubscribes: limit.default(2),
      /** Not before so many messages. */
      atLeast: z.int().min(1).max(1_000_000).default(100),
    })
    .prefault({}),
})
export type CampaignRamp = z.infer<typeof campaignRampSchema>

interface Ramped {
  readonly when: { readonly kind: string; readonly zone?: string }
  readonly winner?: object | undefined
  readonly ramp?: CampaignRamp | undefined
}

/** What cannot be in the ramp of a campaign: the field, and the sentence. */
export function* findRampProblems({ when, winner, ramp }: Ramped): Iterable<readonly [field: (string | number)[], words: string]> {
  if (ramp === undefined) return
  if (winner !== undefined)
    yield [
      ['ramp'],
      'a campaign with a winner goes to the part that tests first and to the rest later: that is a ramp already. Leave one of them out; variants without a winner go well with a ramp',
    ]
  if (when.zone === 'person')
    yield [
      ['ramp'],
      'a campaign that goes out by each person’s clocks has no ramp: when a later stage begins, the clocks of many have shown its time. Use the shop’s clocks, or leave the ramp out',
    ]
  const falls = ramp.steps.findIndex((step, index) => index > 0 && step.percent <= ramp.steps[index - 1]!.percent)
  if (falls !== -1)
    yield [
      ['ramp', 'steps', falls, 'percent'],
      `more than the ${ramp.steps[falls - 1]!.percent} % before it: each stage is as many as have got it by then`,
    ]
  for (const [index, step] of ramp.steps.entries())
    if (durationToMs(step.for) < 60_000) yield [['ramp', 'steps', index, 'for'], 'a time of at least 1 minute']
  const most = longestIn(when.kind)
  if (ramp.steps.reduce((sum, step) => sum + durationToMs(step.for), 0) > durationToMs(most))
    yield [
      ['ramp', 'steps'],
      `steps that take ${most} at most together${most === longestIn('once') ? '' : `, as it goes out ${when.kind}`}`,
    ]
}
