import { campaignSchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { whyHalt, type Outcomes } from './watch.ts'

const campaign = (more: object) =>
  campaignSchema.safeParse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: {},
    message: { channel: 'inbox', template: 'note' },
    ...more,
  })
const { stopAt } = campaign({ ramp: {} }).data!.ramp!
const came = (more: Partial<Outcomes>): Outcomes => ({ sent: 1_000, bounces: 0, complaints: 0, unsubscribes: 0, ...more })

it('a ramp stops above what mailbox providers publish, not at it, not for one person, and not before there are enough', () => {
  expect(stopAt).toEqual({ bounces: 5, complaints: 0.3, unsubscribes: 2, atLeast: 100 })
  expect(whyHalt(came({ bounces: 50, complaints: 3, unsubscribes: 20 }), stopAt)).toBeNull()
  expect(whyHalt(came({ bounces: 51 }), stopAt)).toBe(
    'Held: of 1000 who got it, 51 bounced. That is 5.1 %, and more than 5 % stops this ramp.',
  )
  expect(whyHalt(came({ complaints: 4 }), stopAt)).toContain('4 reported it as unwanted. That is 0.4 %')
  expect(whyHalt(came({ unsubscribes: 21 }), stopAt)).toContain('21 took their consent back')
  expect(whyHalt(came({ sent: 99, bounces: 99 }), stopAt)).toBeNull()
  expect(whyHalt(came({ sent: 100, complaints: 1 }), stopAt)).toBeNull()
  expect(whyHalt(came({ sent: 100, complaints: 2 }), stopAt)).toContain('2 %')
  expect(whyHalt(came({ bounces: 1_000 }), { ...stopAt, bounces: 100 })).toBeNull()
})

it('what makes no sense is refused with the field and the reason', () => {
  const problems = (more: object) => campaign(more).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  const steps = [
    { percent: 10, for: '1 hour' },
    { percent: 50, for: '2 hours' },
  ]
  const variants = [{ name: 'A' }, { name: 'B', template: 'other' }]
  expect(problems({ ramp: { steps }, variants, holdOut: { percent: 5 }, perMinute: 100 })).toEqual([])
  expect(problems({ ramp: { steps }, variants, winner: { testPercent: 20, after: '1 hour', by: 'clicked' } })).toEqual([
    expect.stringMatching(/^ramp: .*winner/),
  ])
  expect(problems({ ramp: {}, when: { kind: 'daily', at: '09:00', zone: 'person' } })).toEqual([
    expect.stringMatching(/^ramp: .*each person’s clocks/),
  ])
  expect(problems({ ramp: { steps: steps.toReversed() } })).toEqual([expect.stringMatching(/^ramp.steps.1.percent: more than the 50 %/)])
  expect(problems({ ramp: { steps: [{ percent: 10, for: '10 seconds' }] } })).toEqual([
    expect.stringMatching(/^ramp.steps.0.for: .*1 minute/),
  ])
  expect(problems({ ramp: { steps: [{ percent: 10, for: '21 hours' }] }, when: { kind: 'daily', at: '09:00' } })).toEqual([
    expect.stringMatching(/^ramp.steps: .*20 hours .*daily/),
  ])
  expect(problems({ ramp: { steps: [] } })).toHaveLength(1)
})
