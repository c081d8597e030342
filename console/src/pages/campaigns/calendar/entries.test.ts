import { campaignSchema, journeySchema } from '@throughline/contracts'
import type { CampaignSummary } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { daysLater, entriesIn, monthsLater, weeksOf } from './entries.ts'

const zone = 'Europe/Amsterdam'
const range = { from: '2026-03-23', to: '2026-04-05' }
const now = Date.parse('2026-03-24T12:00:00Z')

function planned(id: string, when: object, startsAt: string, state: CampaignSummary['state'] = 'scheduled') {
  const definition = campaignSchema.parse({
    kind: 'campaign',
    id,
    name: id,
    audience: {},
    message: { channel: 'email', template: 'x' },
    when,
  })
  const summary: CampaignSummary = {
    id,
    name: id,
    channel: 'email',
    version: 1,
    publishedAt: 0,
    archived: false,
    state,
    startsAt: Date.parse(startsAt),
    sentence: '',
  }
  return { definition, summary }
}

function show(found: ReturnType<typeof planned>[], journeys: object[] = [], live: readonly string[] = []): readonly string[] {
  const definitions = [
    ...found.map(({ definition }) => definition),
    ...journeys.map((one) => journeySchema.parse({ kind: 'journey', ...one })),
  ]
  return entriesIn(range, { campaigns: found.map(({ summary }) => summary), definitions, live: new Set(live), now, zone }).map(
    ({ day, time, clock, name, what }) => `${day} ${time} ${clock === 'person' ? 'own ' : ''}${name}: ${what}`,
  )
}

it('a campaign that comes again stands on each of its days, at the same time of the shop’s clock across the change to summer time', () => {
  expect(show([planned('letter', { kind: 'weekly', on: ['friday'], at: '09:00' }, '2026-03-27T08:00:00Z')])).toEqual([
    '2026-03-27 09:00 letter: goes out',
    '2026-04-03 09:00 letter: goes out again',
  ])
})

it('a campaign by each person’s clocks stands at the time that they show, though it begins earlier', () => {
  const own = planned('sale', { kind: 'once', at: '2026-03-26 09:00', zone: 'person' }, '2026-03-25T19:00:00Z')
  expect(show([own])).toEqual(['2026-03-26 09:00 own sale: goes out'])
})

it('what was sent stands where it went out, what was undone nowhere, and does not come again', () => {
  const daily = { kind: 'daily', at: '09:00' }
  expect(
    show([planned('gone', daily, '2026-03-24T08:00:00Z', 'cancelled'), planned('never', daily, '2026-03-24T08:00:00Z', 'undone')]),
  ).toEqual(['2026-03-24 09:00 gone: was cancelled'])
})

it('journeys stand at the times at which an audience enters, while they are live, and where they open', () => {
  const journey = {
    id: 'club',
    name: 'club',
    opens: '2026-03-25',
    entries: [{ kind: 'audience', when: { kind: 'monthly', day: 31, at: '18:30' } }],
    start: 'end',
    steps: { end: { kind: 'exit' } },
  }
  expect(show([], [journey], ['club'])).toEqual(['2026-03-25 00:00 club: opens', '2026-03-31 18:30 club: people enter'])
  expect(show([], [journey])).toEqual([])
})

it('months are weeks from Monday to Sunday, and go on across a year', () => {
  expect(weeksOf('2026-11').map((week) => [week[0], week[6]])).toEqual([
    ['2026-10-26', '2026-11-01'],
    ['2026-11-02', '2026-11-08'],
    ['2026-11-09', '2026-11-15'],
    ['2026-11-16', '2026-11-22'],
    ['2026-11-23', '2026-11-29'],
    ['2026-11-30', '2026-12-06'],
  ])
  expect(weeksOf('2027-02').length).toBe(4)
  expect([monthsLater('2026-12', 1), monthsLater('2027-01', -1), daysLater('2026-12-31', 1)]).toEqual(['2027-01', '2026-12', '2027-01-01'])
})
