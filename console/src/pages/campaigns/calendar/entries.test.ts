import type { CalendarEntry as Told } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { daysLater, entriesIn, monthsLater, spanOf, weeksOf } from './entries.ts'

const zone = 'Europe/Amsterdam'
const range = { from: '2026-03-23', to: '2026-04-05' }

const told = (id: string, at: string, fields: Partial<Told> = {}): Told => ({
  kind: 'campaign',
  id,
  name: id,
  what: 'send',
  at: Date.parse(at),
  zone: 'shop',
  slot: null,
  number: 1,
  state: 'scheduled',
  sentence: '',
  ...fields,
})
const show = (...items: Told[]): readonly string[] =>
  entriesIn(range, items, zone).map(
    ({ day, time, clock, name, what }) => `${day} ${time} ${clock === 'person' ? 'own ' : ''}${name}: ${what}`,
  )

it('each send and each repetition stands on its day by the shop’s clock, across the change to summer time', () => {
  const again = { what: 'repeat', number: null, state: null } as const
  expect(
    show(
      told('letter', '2026-04-03T07:00:00Z', again),
      told('letter', '2026-03-27T08:00:00Z', { state: 'done' }),
      told('resent', '2026-03-27T08:00:00Z', { number: 2, state: 'sending' }),
      told('late', '2026-04-05T21:59:00Z'),
      told('too late', '2026-04-05T22:00:00Z'),
    ),
  ).toEqual([
    '2026-03-27 09:00 letter: went out',
    '2026-03-27 09:00 resent: is going out',
    '2026-04-03 09:00 letter: goes out again',
    '2026-04-05 23:59 late: goes out',
  ])
})

it('what goes by each person’s clocks stands at the time that they show, also once it is out, and all of it is asked for', () => {
  const first = Date.parse('2026-03-23T00:30:00Z')
  const last = Date.parse('2026-04-05T23:30:00Z')
  const own = (slot: number, state: Told['state']): Told =>
    told('sale', new Date(slot - 14 * 3_600_000).toISOString(), { zone: 'person', slot, state })
  expect(show(own(first, 'done'), own(last, 'scheduled'))).toEqual([
    '2026-03-23 00:30 own sale: went out',
    '2026-04-05 23:30 own sale: goes out',
  ])
  const { from, to } = spanOf(range)
  for (const { at } of [own(first, 'done'), own(last, 'done')]) expect(at >= from && at <= to).toBe(true)
  expect(to - from).toBeLessThan(100 * 86_400_000)
})

it('journeys, and campaigns that nobody has sent, say what they are', () => {
  const journey = { kind: 'journey', number: null, state: null } as const
  expect(
    show(
      told('club', '2026-03-24T23:00:00Z', { ...journey, what: 'opens' }),
      told('club', '2026-03-31T16:30:00Z', { ...journey, what: 'audience' }),
      told('sale', '2026-04-01T16:30:00Z', { what: 'plan', number: null, state: null }),
    ),
  ).toEqual([
    '2026-03-25 00:00 club: opens',
    '2026-03-31 18:30 club: people enter',
    '2026-04-01 18:30 sale: is meant to go out; nobody has sent it yet',
  ])
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
