import fc from 'fast-check'
import { weekdays, type JsonObject, type Step } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { calendarOf } from '../calendar/index.ts'
import { inboxTemplate, journey, note } from '../test/definitions.ts'
import { day, edges, hour, meet, minute, noon, publish } from '../test/person.ts'

const at = (text: string): number => Date.parse(text)
const until = (step: Partial<Extract<Step, { kind: 'wait-until' }>>) =>
  journey({ steps: { w: { kind: 'wait-until', at: '10:00', zone: 'person', next: 'say', ...step }, say: note() } })
const identified = (traits: JsonObject) => ({ type: 'identify', properties: traits }) as const
const zone = (name: string) => ({ context: { timezone: name } })

/** When the message was said; the wait began at `from` with an event of this context. */
function saidAt(definition: ReturnType<typeof journey>, from: number, event: object = {}): string | null {
  const person = meet(publish([inboxTemplate, definition], { zone: 'Europe/Berlin' }))
  person.hear('Product Added', from, event)
  person.pass(from + 20 * day)
  const message = person.effects.find((effect) => effect.kind === 'message')
  return message === undefined ? null : new Date(message.at).toISOString()
}

describe('waiting until the clocks show a time', () => {
  it('takes the person’s clocks, as a trait or their devices say, or else the shop’s', () => {
    // 12:00 UTC is 14:00 in Berlin: the next 10:00 there is 8:00 UTC of the day after.
    expect(saidAt(until({}), noon)).toBe('2026-05-05T08:00:00.000Z')
    expect(saidAt(until({}), noon, zone('America/New_York'))).toBe('2026-05-04T14:00:00.000Z')
    expect(saidAt(until({ zone: 'shop' }), noon, zone('America/New_York'))).toBe('2026-05-05T08:00:00.000Z')
    expect(saidAt(until({}), noon, zone('Nowhere/Land'))).toBe('2026-05-05T08:00:00.000Z')
    const person = meet(publish([inboxTemplate, until({})], { zone: 'Europe/Berlin' }))
    person.hear('Identified', noon - hour, { ...identified({ timezone: 'Asia/Tokyo' }), ...zone('America/New_York') })
    person.hear('Product Added', noon)
    expect(new Date(person.due!).toISOString()).toBe('2026-05-05T01:00:00.000Z')
  })

  it('goes on at once when it is that time to the millisecond, and waits for the days that are named', () => {
    const ten = at('2026-05-05T08:00:00.000Z')
    expect(saidAt(until({}), ten)).toBe('2026-05-05T08:00:00.000Z')
    expect(saidAt(until({}), ten + 1)).toBe('2026-05-06T08:00:00.000Z')
    // 5 May 2026 is a Tuesday.
    expect(saidAt(until({ on: ['monday'] }), ten)).toBe('2026-05-11T08:00:00.000Z')
    expect(saidAt(until({ on: ['monday', 'friday'] }), ten)).toBe('2026-05-08T08:00:00.000Z')
  })

  it('is right where clocks change: what they leap over is taken as if they had not, of two the first', () => {
    expect(saidAt(until({ at: '02:30', zone: 'shop' }), at('2026-03-28T12:00:00Z'))).toBe('2026-03-29T01:30:00.000Z')
    expect(saidAt(until({ at: '02:30', zone: 'shop' }), at('2026-10-24T12:00:00Z'))).toBe('2026-10-25T00:30:00.000Z')
    expect(saidAt(until({ at: '10:00', zone: 'shop' }), at('2026-10-24T12:00:00Z'))).toBe('2026-10-25T09:00:00.000Z')
  })

  it('never waits longer than a week and a day, and the clocks show the time when it is over', { timeout: 180_000 }, () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Santiago', 'Pacific/Apia']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('2024-01-01'), max: at('2029-01-01') }),
        // At these hours no clock is changed anywhere.
        fc.integer({ min: 4, max: 22 }),
        fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), { nil: undefined }),
        (name, from, shown, on) => {
          const person = meet(publish([inboxTemplate, until({ at: `${String(shown).padStart(2, '0')}:00`, ...(on && { on }) })]))
          person.hear('Product Added', from, zone(name))
          const due = person.due ?? from
          const clocks = calendarOf(name)
          expect(clocks.hourOf(due)).toBe(shown)
          expect(clocks.hourOf(due - 1)).toBe(shown - 1)
          if (on !== undefined) expect(on).toContain(weekdays[clocks.weekdayOf(due) - 1])
          expect(due - from).toBeLessThan((on === undefined ? 1 : 8) * day + 2 * hour)
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('waiting for the day of a trait', () => {
  const renewal = journey({
    steps: {
      w: { kind: 'wait-until', at: '10:00', date: { trait: 'renewal', days: -3 }, zone: 'shop', next: 'say', otherwise: 'late' },
      say: note(),
      late: { kind: 'exit', reason: 'no renewal ahead' },
    },
  })
  const meetWith = (traits: JsonObject) => {
    const person = meet(publish([inboxTemplate, renewal], { zone: 'Europe/Berlin' }))
    person.hear('Identified', noon - hour, identified(traits))
    person.hear('Product Added', noon)
    return person
  }

  it('counts calendar days from it, and another way leads on for those who have none, or whose day is over', () => {
    const person = meetWith({ renewal: '2026-05-20' })
    expect(new Date(person.due!).toISOString()).toBe('2026-05-17T08:00:00.000Z')
    expect(edges(person.pass(noon + 30 * day))).toEqual(['w:next', 'say:next', 'left:end'])
    for (const traits of [{}, { renewal: 'soon' }, { renewal: '2026-05-07' }] as JsonObject[])
      expect(edges(meetWith(traits).effects)).toEqual(['entry', 'w:otherwise', 'left:exit'])
  })

  it('waits anew when the day is moved, also to one that is over', () => {
    const person = meetWith({ renewal: '2026-05-20' })
    person.hear('Identified', noon + day, identified({ renewal: '2026-06-20' }))
    expect(new Date(person.due!).toISOString()).toBe('2026-06-17T08:00:00.000Z')
    expect(edges(person.hear('Identified', noon + 2 * day, identified({ name: 'Ann' })))).toEqual([])
    expect(edges(person.hear('Identified', noon + 3 * day, identified({ renewal: '2026-05-01' })))).toEqual(['w:otherwise', 'left:exit'])
  })
})

describe('hours at which people may pass', () => {
  const hours = (step: Partial<Extract<Step, { kind: 'time-window' }>> = {}) =>
    journey({
      steps: {
        w: { kind: 'time-window', from: '09:00', to: '20:00', zone: 'shop', spread: '30 minutes', next: 'say', ...step },
        say: note(),
      },
    })

  it('let through who comes in them, and keep who comes outside until they begin', () => {
    expect(saidAt(hours(), noon)).toBe('2026-05-04T12:00:00.000Z')
    expect(saidAt(hours({ spread: '0 minutes' }), at('2026-05-04T18:00:00Z'))).toBe('2026-05-05T07:00:00.000Z')
    expect(saidAt(hours({ spread: '0 minutes', on: ['friday'] }), noon)).toBe('2026-05-08T07:00:00.000Z')
    expect(saidAt(hours(), at('2026-05-04T17:59:59.999Z'))).toBe('2026-05-04T17:59:59.999Z')
  })

  it('may last over midnight, and belong to the day on which they begin', () => {
    const night = { from: '22:00', to: '06:00', spread: '0 minutes' } as const
    expect(saidAt(hours(night), at('2026-05-04T01:00:00Z'))).toBe('2026-05-04T01:00:00.000Z')
    expect(saidAt(hours(night), at('2026-05-04T04:00:00Z'))).toBe('2026-05-04T20:00:00.000Z')
    expect(saidAt(hours({ ...night, on: ['sunday'] }), at('2026-05-04T01:00:00Z'))).toBe('2026-05-04T01:00:00.000Z')
    expect(saidAt(hours({ ...night, on: ['monday'] }), at('2026-05-04T01:00:00Z'))).toBe('2026-05-04T20:00:00.000Z')
  })

  it('spread those who waited, each at an instant of their own within the hours', () => {
    const definitions = publish([inboxTemplate, hours({ to: '09:10', spread: '2 hours' })])
    const instants = Array.from({ length: 300 }, (_, n) => {
      const person = meet(definitions, `p${n}`)
      person.hear('Product Added', noon)
      return person.due!
    })
    const opens = at('2026-05-05T09:00:00Z')
    for (const instant of instants) expect(instant >= opens && instant < opens + 10 * minute).toBe(true)
    expect(new Set(instants.map((instant) => Math.floor((instant - opens) / minute))).size).toBe(10)
  })
})

describe('a random split', () => {
  const split = journey({
    entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
    steps: {
      s: {
        kind: 'random-split',
        paths: [
          { weight: 70, next: 'a' },
          { name: 'hold-out', weight: 20 },
          { weight: 10, next: 'a' },
        ],
      },
      a: note(),
    },
  })

  it('sends people by its weights, and the same person the same way whenever they come', () => {
    const definitions = publish([inboxTemplate, split])
    const ways = Array.from({ length: 1_000 }, (_, n) => {
      const person = meet(definitions, `p${n}`)
      const first = edges(person.hear('Product Added', noon))[1]!
      expect(edges(person.hear('Product Added', noon + day))[1]).toBe(first)
      return first
    })
    const share = (way: string): number => ways.filter((one) => one === way).length / ways.length
    expect(share('s:0')).toBeCloseTo(0.7, 1)
    expect(share('s:1')).toBeCloseTo(0.2, 1)
    expect(share('s:2')).toBeCloseTo(0.1, 1)
  })

  it('draws anew at each split and in each journey', () => {
    const half = (next?: string) => ({
      kind: 'random-split',
      paths: [
        { weight: 1, next },
        { weight: 1, next },
      ],
    })
    const steps = { one: half('two'), two: half() }
    const definitions = publish([journey({ steps }), journey({ id: 'other', steps })])
    const taken = Array.from({ length: 1_000 }, (_, n) => edges(meet(definitions, `p${n}`).hear('Product Added', noon)).join(' '))
    const share = (ways: string): number => taken.filter((one) => one.includes(ways)).length / taken.length
    for (const first of [0, 1]) for (const second of [0, 1]) expect(share(`one:${first} two:${second}`)).toBeGreaterThan(0.35)
    // Of both journeys, each person went through one:0 and one:1, the one or the other twice.
    const alike = taken.filter((one) => one.split('one:0').length !== 2).length / taken.length
    expect(alike).toBeCloseTo(0.5, 1)
  })
})
