import { campaignSchema } from '@throughline/contracts'
import type { CampaignRamp, CampaignWhen } from '@throughline/contracts'

/** A ramp as it is proposed. */
export const usualRamp: CampaignRamp = {
  steps: [
    { percent: 10, for: '1 hour' },
    { percent: 25, for: '1 hour' },
    { percent: 50, for: '1 hour' },
  ],
  stopAt: { bounces: 5, complaints: 0.3, unsubscribes: 2, atLeast: 100 },
}

/** What is missing in a ramp or cannot be, as a sentence; null: nothing. */
export function rampProblem(ramp: CampaignRamp | null, when: CampaignWhen, hasWinner: boolean): string | null {
  if (ramp === null) return null
  const parsed = campaignSchema.safeParse({
    kind: 'campaign',
    id: 'draft',
    name: 'Draft',
    audience: {},
    message: { channel: 'email', template: 'x' },
    when: when.kind === 'once' && when.at === '' ? { ...when, at: '2030-01-01' } : when,
    ramp,
    ...(hasWinner && {
      variants: [{ name: 'A' }, { name: 'B', template: 'y' }],
      winner: { testPercent: 20, after: '1 hour', by: 'clicked' },
    }),
  })
  const issue = parsed.error?.issues.find(({ path }) => path[0] === 'ramp')
  if (issue === undefined) return null
  return issue.code === 'custom'
    ? `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1)}.`
    : 'Say for each stage how many per cent get it by then and how long it waits, and at how many per cent it stops.'
}
