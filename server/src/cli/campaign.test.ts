import type { CampaignEstimate } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { estimateLines } from './campaign.ts'

const found: CampaignEstimate = {
  audience: 1_200,
  excluded: 0,
  reachable: 960,
  heldOut: 0,
  exact: true,
  margin: 0,
  cost: 9_600,
  currency: 'EUR',
  seconds: null,
  overlaps: [],
  notCompared: 0,
  needsApproval: false,
  startsAt: null,
}

it('an estimate says money in the units of its currency', () => {
  const costOf = (currency: string) => /: (.*)\.$/.exec(estimateLines({ ...found, currency })[1]!)?.[1]?.replace(/\s/g, ' ')
  expect(costOf('EUR')).toBe('EUR 96.00')
  expect(costOf('JPY')).toBe('JPY 9,600')
  expect(costOf('KWD')).toBe('KWD 9.600')
})

it('an estimate says that somebody has to approve first', () => {
  expect(estimateLines(found).join(' ')).not.toContain('approved')
  expect(estimateLines({ ...found, needsApproval: true })).toContain('It would wait until a second person has approved it.')
})
