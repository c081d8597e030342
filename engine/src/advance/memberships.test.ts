import { describe, expect, it } from 'vitest'
import type { Event } from '@throughline/contracts'
import fc from 'fast-check'
import { adoptLeaves, conditionToSql, emptyTable, foldLeaves, leavesOf, lookUp } from '../index.ts'
import { did, journey, pause, segment } from '../test/definitions.ts'
import { day, facts, hour, meet, segmentsOf, minute, noon, only, publish } from '../test/person.ts'

const lately = segment('lately', did('Product Viewed', '1 day'))
const quiet = segment('quiet', { kind: 'not', of: did('Product Viewed', '1 day') })
const british = segment('british', { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'GB' } })

describe('a membership', () => {
  it('changes by an event at once, and by time at the exact millisecond', () => {
    const person = meet(publish([lately]))
    const entered = person.hear('Product Viewed', noon)
    expect(facts(entered)).toEqual(['Segment Entered +0'])
    expect(only(entered, 'segment')).toEqual([{ kind: 'segment', segment: 'lately', change: 1 }])
    expect(segmentsOf(person)).toEqual({ lately: noon })
    expect(person.due).toBe(noon + day)
    expect(person.pass(noon + day - 1)).toEqual([])
    expect(facts(person.pass(noon + day))).toEqual([`Segment Left +${day / minute}`])
    expect(person.due).toBeNull()
  })

  it('is prolonged by a later event, and needs the timer only then', () => {
    const person = meet(publish([lately]))
    person.hear('Product Viewed', noon)
    expect(person.hear('Product Viewed', noon + hour)).toEqual([])
    expect(person.due).toBe(noon + hour + day)
  })

  it('does not flicker when an event comes at the very instant at which it would end', () => {
    const person = meet(publish([lately]))
    person.hear('Product Viewed', noon)
    expect(person.hear('Product Viewed', noon + day)).toEqual([])
    expect(segmentsOf(person)).toEqual({ lately: noon })
  })

  it('keeps its exact instants when the timer is late, also when an event comes before it', () => {
    for (const late of ['timer', 'event'] as const) {
      const person = meet(publish([lately, segment('morning', did('Product Viewed', '2 hours'))]))
      person.hear('Product Viewed', noon)
      const effects = late === 'timer' ? person.fireLate(noon + 3 * day) : person.hear('Other', noon + 3 * day, { early: true })
      expect(facts(effects)).toEqual(['Segment Left +120', `Segment Left +${day / minute}`])
    }
  })

  it('begins for new people in segments of those who did nothing', () => {
    const person = meet(publish([quiet]))
    expect(facts(person.hear('Anything', noon))).toEqual(['Segment Entered +0'])
    expect(facts(person.hear('Product Viewed', noon + hour))).toEqual(['Segment Left +60'])
    expect(facts(person.pass(noon + hour + day))).toEqual([`Segment Entered +${60 + day / minute}`])
  })

  it('ends, as filled, for everybody when the segment is archived, and in those that had asked about it', () => {
    const asks = segment('asks', { kind: 'segment', segment: 'lately' })
    const person = meet(publish([lately, asks, british]))
    person.hear('Identified', noon, { type: 'identify', properties: { country: 'GB' } })
    person.hear('Product Viewed', noon)
    expect(Object.keys(segmentsOf(person)).sort()).toEqual(['asks', 'british', 'lately'])
    person.definitions = publish([lately, asks, british, { ...lately, archived: true } as typeof lately])
    const left = person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + hour)
    expect(only(left, 'fact').map(({ name, properties }) => [name, properties])).toEqual([
      ['Segment Left', { segment: 'lately', filled: true }],
      ['Segment Left', { segment: 'asks', filled: true }],
    ])
    expect(only(left, 'segment')).toContainEqual({ kind: 'segment', segment: 'lately', change: -1 })
    expect(Object.keys(segmentsOf(person))).toEqual(['british'])
  })

  it('follows traits, of which the later word counts whatever comes in later', () => {
    const person = meet(publish([british]))
    const identify = (country: string | null, at: number, timestamp = at) =>
      facts(person.hear('Identified', at, { type: 'identify', properties: { country }, timestamp }))
    expect(identify('GB', noon)).toEqual(['Segment Entered +0'])
    expect(identify('FR', noon + hour, noon - hour)).toEqual([])
    expect(identify(null, noon + 2 * hour)).toEqual(['Segment Left +120'])
    expect(facts(person.hear('Viewed', noon + 3 * hour, { context: { traits: { country: 'GB' } } }))).toEqual(['Segment Entered +180'])
  })

  it('of those who can be reached follows what is found out of an address when it is told, blocked and free again', () => {
    const person = meet(
      publish([segment('reached', { kind: 'reachable', channel: 'email' })], { consentDefaults: { email: 'granted' } as never }),
    )
    const say = (minutes: number, reason: string, timestamp = noon + minutes * minute) => {
      person.suppressions = new Map([['email:jane@shop.com', reason]])
      const effects = person.hear('Identified', noon + minutes * minute, {
        type: 'identify',
        properties: { email: ' Jane@shop.com' },
        timestamp,
      })
      return only(effects, 'fact').map(({ name, properties }) => [name, properties['reason']])
    }
    expect(say(0, '')).toEqual([['Segment Entered', undefined]])
    expect(say(1, 'unsubscribed')).toEqual([
      ['Address Suppressed', 'unsubscribed'],
      ['Segment Left', undefined],
    ])
    expect(say(2, 'unsubscribed')).toEqual([])
    expect(say(3, '')).toEqual([
      ['Address Released', undefined],
      ['Segment Entered', undefined],
    ])
    // Of one instant a suppression outweighs its end; what changes nothing is not said.
    person.hear('Address Suppressed', noon + 4 * minute, { properties: { channel: 'email', address: 'jane@shop.com', reason: 'bounced' } })
    expect(say(4, '')).toEqual([])
  })

  it('costs nothing where no definition looks', () => {
    const definitions = publish([lately, british])
    expect(definitions.concerns('Other')).toBe(false)
    expect(definitions.concerns('Product Viewed')).toBe(true)
    const person = meet(definitions)
    const before = person.profile
    person.hear('Other', noon)
    expect(person.profile).toEqual(before)
  })

  it('changes by events that trigger nothing, too', () => {
    const person = meet(publish([lately]))
    expect(facts(person.hear('Product Viewed', noon, { triggers: false, lane: 1 }))).toEqual(['Segment Entered +0'])
  })
})

describe('the next instant at which time changes a membership', () => {
  it('is the one found by asking every segment, after any events', () => {
    const definitions = publish(
      ['A', 'B', 'C'].flatMap((event) =>
        [1, 2, 3].map((n) =>
          segment(`${event.toLowerCase()}${n}`, {
            kind: 'event',
            event,
            times: { op: n === 3 ? 'exactly' : 'at-least', n },
            within: `${n} days`,
          }),
        ),
      ),
    )
    // Often several at one instant, which leave their windows at one.
    const later = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }))
    const late = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 }))
    const steps = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), later, late), { maxLength: 20 })
    fc.assert(
      fc.property(steps, (events) => {
        const person = meet(definitions)
        let at = noon
        for (const [name, later, late] of events) {
          at += later * hour
          person.hear(name, at, { timestamp: at - late * hour })
          const due = person.due
          person.take((profile, ctx) => adoptLeaves({ ...profile, flipsAt: at + 1 }, {}, ctx), at)
          expect(person.due).toBe(due)
        }
      }),
    )
  })
})

const viewed = (id: string, at: number): Event => ({
  id,
  type: 'track',
  name: 'Product Viewed',
  timestamp: at,
  receivedAt: at,
  properties: {},
  context: {},
  source: 'web',
  lane: 0,
  triggers: true,
})

describe('a membership whose history is still being read', () => {
  const key = leavesOf(did('Product Viewed', '1 day'))[0]!.key

  it('stays as it is until the leaf is adopted, and is then decided as filled, with its timer', () => {
    const person = meet(publish([lately]))
    person.pending = new Set([key])
    expect(person.hear('Other', noon)).toEqual([])
    expect(person.hear('Product Viewed', noon)).toEqual([])
    expect(person.due).toBe(noon + day)
    person.pending = new Set()
    const adopted = person.take((profile, ctx) => adoptLeaves(profile, { [key]: [noon + hour, 9] }, ctx), noon + 2 * hour)
    expect(only(adopted, 'fact')).toMatchObject([{ name: 'Segment Entered', properties: { segment: 'lately', filled: true } }])
    expect(person.due).toBe(noon + hour + day)
  })

  it('adopts what was folded although live events have been added since, without counting twice', () => {
    const twice = { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 2 } } as const
    const person = meet(publish([segment('twice', twice)]))
    const leaf = leavesOf(twice)[0]!
    person.hear('Product Viewed', noon)
    const state = lookUp(person.profile.memories, leaf.memory.key)!
    expect(person.take((profile, ctx) => adoptLeaves(profile, { [leaf.key]: state }, ctx), noon + hour)).toEqual([])
    expect(segmentsOf(person)).toEqual({})
  })

  it('is decided for everybody when a segment is published that needs no history', () => {
    const person = meet(publish([british]))
    person.hear('Identified', noon, { type: 'identify', properties: { country: 'GB', city: 'Leeds' } })
    person.definitions = publish([british, segment('leeds', { kind: 'trait', trait: 'city', compare: { op: 'is', value: 'Leeds' } })])
    person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + hour)
    expect(segmentsOf(person)).toEqual({ british: noon, leeds: noon + hour })
  })

  it('goes on with what it remembers while a new question about the same events waits for more of the past', () => {
    const often = { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 3 } } as const
    const person = meet(publish([lately]))
    person.hear('Product Viewed', noon - day - 1)
    person.hear('Product Viewed', noon)
    const { key } = leavesOf(often)[0]!
    person.definitions = publish([lately, segment('often', often)])
    person.pending = new Set([key])
    expect(facts(person.hear('Product Viewed', noon + hour))).toEqual([])
    expect(segmentsOf(person)).toEqual({ lately: noon })
    person.pending = new Set()
    const past = foldLeaves([key], [viewed('web:p1-1', noon - day - 1), viewed('web:p1-2', noon)], person.definitions)[key]!
    const adopted = person.take((profile, ctx) => adoptLeaves(profile, { [key]: past }, ctx), noon + 2 * hour)
    expect(only(adopted, 'segment')).toEqual([{ kind: 'segment', segment: 'often', change: 1 }])
    expect(person.profile.memories.keys).toHaveLength(1)
    expect(person.due).toBe(noon + hour + day)
  })

  it('lets go of what no definition asks for any more', () => {
    const person = meet(publish([lately]))
    person.hear('Product Viewed', noon)
    person.definitions = publish([segment('lately', did('Order Completed', '2 days'))])
    person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + hour)
    expect(person.profile.memories).toEqual(emptyTable)
  })
})

describe('a membership that hangs on a date', () => {
  const definitions = publish([segment('birthday', { kind: 'trait', trait: 'born', compare: { op: 'anniversary' } })], {
    zone: 'Europe/Berlin',
  })

  it('begins and ends at midnight of the workspace though nothing comes in', () => {
    const person = meet(definitions)
    person.hear('Identified', noon, { type: 'identify', properties: { born: '1990-05-06' } })
    // 4 May, 12:00 UTC and 34 hours: 6 May, 00:00 in Berlin.
    expect(facts(person.pass(noon + 10 * day))).toEqual([`Segment Entered +${34 * 60}`, `Segment Left +${58 * 60}`])
  })

  it('moves with the date', () => {
    const person = meet(definitions)
    person.hear('Identified', noon, { type: 'identify', properties: { born: '1990-05-06' } })
    person.hear('Identified', noon + hour, { type: 'identify', properties: { born: '1990-05-08' } })
    expect(facts(person.pass(noon + 10 * day))).toEqual([`Segment Entered +${82 * 60}`, `Segment Left +${106 * 60}`])
  })
})

describe('a membership that hangs on what came since a date of the person', () => {
  const since = { since: { trait: 'renewal' } }
  const ordered = segment('ordered', { ...did('Order Completed'), ...since })
  const not = segment('not', { kind: 'event', event: 'Order Completed', times: { op: 'at-most', n: 0 }, ...since })
  const spent = segment('spent', {
    kind: 'measure',
    measure: { of: 'sum', event: 'Order Completed', property: 'total', ...since },
    compare: { op: 'at-least', value: 50 },
  })
  const renews = (renewal: unknown) => ({ type: 'identify', properties: { renewal } }) as Partial<Event>

  it('changes with the date at once, back and forth, though no history is read', () => {
    const person = meet(publish([ordered, not, spent]))
    person.hear('Order Completed', noon, { properties: { total: 60 } })
    expect(segmentsOf(person)).toEqual({ not: noon })
    person.hear('Identified', noon + hour, renews('2026-05-04T12:00:00Z'))
    expect(segmentsOf(person)).toEqual({ ordered: noon + hour, spent: noon + hour })
    person.hear('Identified', noon + 2 * hour, renews('2026-05-04T12:00:00.001Z'))
    expect(segmentsOf(person)).toEqual({ not: noon + 2 * hour })
    person.hear('Order Completed', noon + 3 * hour, { properties: { total: 49 } })
    expect(segmentsOf(person)).toEqual({ ordered: noon + 3 * hour })
    person.hear('Identified', noon + 4 * hour, renews('next spring'))
    expect(segmentsOf(person)).toEqual({ not: noon + 4 * hour })
  })
})

describe('a membership that hangs on a sequence', () => {
  const left = segment('left', {
    kind: 'sequence',
    steps: [{ event: 'Product Added' }, { event: 'Order Completed', not: true, within: '2 hours' }],
    within: '1 day',
  })

  it('begins at the very millisecond at which nothing has followed, and ends with the window', () => {
    const person = meet(publish([left]))
    expect(person.hear('Product Added', noon)).toEqual([])
    expect(person.due).toBe(noon + 2 * hour)
    expect(facts(person.pass(noon + day))).toEqual(['Segment Entered +120', `Segment Left +${day / minute}`])
  })

  it('does not begin when something followed, also when that is told late', () => {
    const person = meet(publish([left]))
    person.hear('Product Added', noon)
    person.hear('Order Completed', noon + 2 * hour - 1)
    expect(person.due).toBeNull()
    person.hear('Product Added', noon + 3 * hour)
    expect(facts(person.hear('Order Completed', noon + 6 * hour, { timestamp: noon + 4 * hour }))).toEqual([
      'Segment Entered +300',
      'Segment Left +360',
    ])
  })
})

describe('a membership that hangs on another segment', () => {
  it('is compiled once, in however many segments it stands', () => {
    const levels = Array.from({ length: 40 }, (_, i) =>
      segment(
        `s${i}`,
        i === 0
          ? { kind: 'not', of: did('Product Viewed') }
          : {
              kind: 'any',
              of: [
                { kind: 'segment', segment: `s${i - 1}` },
                { kind: 'segment', segment: `s${i - 1}` },
              ],
            },
      ),
    )
    const definitions = publish(levels)
    const person = meet(definitions)
    person.hear('Anything', noon)
    expect(Object.keys(segmentsOf(person))).toHaveLength(40)
    const { sql } = conditionToSql({ kind: 'segment', segment: 's39' }, { now: noon, context: definitions.context })
    expect(sql.length).toBeLessThan(20_000)
  })

  it('changes with it, in the same advance and at the same instant, by events and by time', () => {
    const person = meet(
      publish([
        lately,
        segment('both', {
          kind: 'all',
          of: [
            { kind: 'segment', segment: 'lately' },
            { kind: 'segment', segment: 'british' },
          ],
        }),
        british,
      ]),
    )
    person.hear('Identified', noon, { type: 'identify', properties: { country: 'GB' } })
    expect(facts(person.hear('Product Viewed', noon + hour))).toEqual([`Segment Entered +60`, `Segment Entered +60`])
    expect(facts(person.pass(noon + 2 * day))).toEqual([`Segment Left +${25 * 60}`, `Segment Left +${25 * 60}`])
  })
})

describe('a membership that hangs on a consent or a journey', () => {
  it('changes with the event that says so', () => {
    const person = meet(publish([segment('reach', { kind: 'consent', channel: 'email', is: 'allowed' })]))
    const say = (state: string, at: number) => facts(person.hear('Consent Changed', at, { properties: { channel: 'email', state } }))
    expect(say('granted', noon)).toEqual(['Segment Entered +0'])
    expect(say('withdrawn', noon + minute)).toEqual(['Segment Left +1'])
  })

  it('changes with the run', () => {
    const person = meet(
      publish([
        journey({ steps: { wait: pause('1 hour') } }),
        segment('on-the-way', { kind: 'journey', journey: 'j', is: 'in' }),
        segment('through', { kind: 'journey', journey: 'j', is: 'was-in' }),
      ]),
    )
    person.hear('Product Added', noon)
    expect(Object.keys(segmentsOf(person))).toEqual(['on-the-way'])
    person.pass(noon + hour)
    expect(segmentsOf(person)).toEqual({ through: noon + hour })
  })
})
