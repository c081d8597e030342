import type { JsonObject } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { adoptLeaves, answerEntry, audienceKey, enterAudience, latestOccasion, mergeProfiles, type ProfileState } from '../index.ts'
import { did, inboxTemplate, journey, note, pause, segment } from '../test/definitions.ts'
import { day, edges, facts, hour, meet, minute, noon, only, publish } from '../test/person.ts'

const steps = { w: pause('1 day') }
const always = { kind: 'always' } as const

describe('the entries of a journey', () => {
  it('are several: any of them starts it, and passages are counted by entry', () => {
    const person = meet(
      publish([
        segment('buyers', did('Order Completed')),
        journey({
          entry: undefined,
          entries: [
            { kind: 'event', on: { event: 'Cart Viewed' } },
            { kind: 'segment', segment: 'buyers' },
          ],
          reentry: always,
          steps,
        }),
      ]),
    )
    expect(edges(person.hear('Cart Viewed', noon))).toEqual(['entry', 'entry:0'])
    person.pass(noon + 2 * day)
    const bought = person.hear('Order Completed', noon + 3 * day)
    expect(edges(bought)).toEqual(['entry', 'entry:1'])
    expect(person.profile.runs).toMatchObject([{ entry: 1, trigger: { name: 'Segment Entered', properties: { segment: 'buyers' } } }])
  })

  it('by traits follow one from the other, whatever else is published', () => {
    const sets = (id: string, trait: string, next: string) =>
      journey({
        id,
        entry: undefined,
        entries: [{ kind: 'trait', trait }],
        steps: { set: { kind: 'update-profile', set: { [next]: 1 } } },
      })
    const person = meet(publish([sets('one', 'a', 'b'), sets('two', 'b', 'c'), sets('three', 'c', 'd'), sets('four', 'd', 'e')]))
    person.hear('Identified', noon, { type: 'identify', properties: { a: 1 } })
    expect(Object.keys(person.profile.traits)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('by a form ask which one, what was said in it, and of a confirmation that it is our own word', () => {
    const where = [{ property: 'size', compare: { op: 'is', value: 'M' } }] as const
    const entries = [
      { kind: 'form', form: 'news', where },
      { kind: 'form', form: 'news', on: 'confirmed' },
    ]
    const said = (name: string, properties: JsonObject, source?: string) => {
      const person = meet(publish([journey({ entry: undefined, entries, steps })]))
      person.hear(name, noon, { properties, ...(source !== undefined && { source }) })
      return person.profile.runs.map(({ entry }) => entry ?? 0)
    }
    expect(said('Form Submitted', { form_id: 'news', size: 'M' })).toEqual([0])
    expect(said('Form Submitted', { form_id: 'news', size: 'S' })).toEqual([])
    expect(said('Form Submitted', { form_id: 'other', size: 'M' })).toEqual([])
    expect(said('Form Confirmed', { form_id: 'news' }, 'throughline')).toEqual([1])
    expect(said('Form Confirmed', { form_id: 'other' }, 'throughline')).toEqual([])
    expect(said('Form Confirmed', { form_id: 'news' }, 'web')).toEqual([])
  })

  it('by leaving a segment are not taken for coming into it', () => {
    const left = journey({ entry: undefined, entries: [{ kind: 'segment', segment: 'active', change: 'left' }], steps })
    const person = meet(publish([segment('active', did('Visit', '2 days')), left]))
    person.hear('Visit', noon)
    expect(person.profile.runs).toEqual([])
    person.pass(noon + 3 * day)
    expect(person.profile.entries.j).toMatchObject({ count: 1, lastAt: noon + 2 * day })
  })

  it('take those who are found in a segment by the reading of history only where they ask for them', () => {
    const of = (filled?: true) => journey({ entry: undefined, entries: [{ kind: 'segment', segment: 'buyers', filled }], steps })
    for (const [filled, runs] of [
      [undefined, 0],
      [true, 1],
    ] as const) {
      const person = meet(publish([]))
      person.hear('Identified', noon, { type: 'identify', properties: { plan: 'pro' } })
      person.definitions = publish([segment('buyers', { kind: 'trait', trait: 'plan', compare: { op: 'is', value: 'pro' } }), of(filled)])
      person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + hour)
      expect(person.profile.runs).toHaveLength(runs)
    }
  })

  it('by a trait ask what it was and what it is, and hear steps that set it', () => {
    const upgraded = journey({
      entry: undefined,
      entries: [{ kind: 'trait', trait: 'plan', from: 'free', to: 'pro' }],
      reentry: always,
      steps,
    })
    const person = meet(publish([upgraded, journey({ id: 'gift', steps: { set: { kind: 'update-profile', set: { plan: 'pro' } } } })]))
    const say = (plan: string, at: number) => person.hear('Identified', at, { type: 'identify', properties: { plan } })
    say('pro', noon)
    expect(person.profile.runs).toEqual([])
    say('free', noon + minute)
    say('free', noon + 2 * minute)
    say('pro', noon + 3 * minute)
    expect(person.profile.runs).toMatchObject([{ trigger: { properties: { trait: 'plan', from: 'free', to: 'pro' } } }])
    say('free', noon + 2 * day)
    person.hear('Product Added', noon + 3 * day)
    expect(person.profile.entries.j?.count).toBe(2)
  })

  it('by a program are heard from Throughline alone', () => {
    const asked = journey({ entry: undefined, entries: [{ kind: 'api' }], reentry: always, steps })
    const person = meet(publish([asked]))
    const request = { journey: 'j', by: 'api', properties: { order: 7 } }
    person.hear('Journey Requested', noon, { properties: request })
    expect(person.profile.runs).toEqual([])
    person.hear('Journey Requested', noon + 1, { properties: request, source: 'throughline' })
    expect(person.profile.runs).toMatchObject([{ trigger: { properties: { order: 7 } } }])
  })

  it('by another journey take over what started that, and the other can be stopped', () => {
    const first = journey({
      id: 'first',
      steps: {
        go: { kind: 'start-journey', journey: 'j', next: 'w' },
        w: pause('1 hour', 'stop'),
        stop: { kind: 'stop-journey', journey: 'j' },
      },
    })
    const person = meet(publish([first, journey({ entry: undefined, entries: [{ kind: 'journey' }], steps })]))
    person.hear('Product Added', noon, { properties: { sku: 'a' } })
    expect(person.profile.runs.map((run) => [run.journey, run.trigger.properties])).toEqual([
      ['first', { sku: 'a' }],
      ['j', { sku: 'a' }],
    ])
    const stopped = person.pass(noon + hour)
    expect(only(stopped, 'run-over').map(({ journey: id, reason }) => [id, reason])).toEqual([
      ['j', 'the journey Recover carts'],
      ['first', 'end'],
    ])
    expect(person.profile.runs).toEqual([])
  })

  it('end in journeys that start one another in a circle, not in a loop', () => {
    const other = (id: string, next: string) =>
      journey({
        id,
        entry: undefined,
        entries: [{ kind: 'journey' }, { kind: 'event', on: { event: 'Go' } }],
        reentry: always,
        steps: { go: { kind: 'start-journey', journey: next } },
      })
    const person = meet(publish([other('a', 'b'), other('b', 'a')]))
    person.hear('Go', noon)
    expect(person.profile.runs).toEqual([])
    expect((person.profile.entries.a?.count ?? 0) + (person.profile.entries.b?.count ?? 0)).toBeLessThan(40)
  })

  it('open and close by the clocks of the shop', () => {
    const season = journey({
      opens: '2026-05-05',
      closes: '2026-05-06',
      entry: { on: { event: 'Product Added' }, reentry: always },
      steps: { w: pause('1 hour') },
    })
    const person = meet(publish([season], { zone: 'Europe/Berlin' }))
    const midnight = Date.UTC(2026, 4, 4, 22)
    for (const at of [midnight - 1, midnight, midnight + day - 1, midnight + day]) person.hear('Product Added', at)
    person.pass(midnight + 3 * day)
    expect(person.profile.entries.j).toMatchObject({ count: 2, lastAt: midnight + day - 1 })
  })

  it('let one person in so many times in a time', () => {
    const often = journey({
      perPerson: { times: 2, within: '1 day' },
      entry: { on: { event: 'Product Added' }, reentry: always },
      steps: { e: { kind: 'exit' } },
    })
    const person = meet(publish([often]))
    for (const at of [0, hour, 2 * hour, day - 1, day, day + minute]) person.hear('Product Added', noon + at)
    expect(person.profile.entries.j).toMatchObject({ count: 3, lastAt: noon + day })
  })
})

describe('a journey with a cap for the day', () => {
  const capped = journey({ perDay: 10, opens: '2026-05-01', closes: '2026-05-06', steps: { w: pause('1 hour') } })
  const seeking = (zone = 'UTC') => {
    const person = meet(publish([capped], { zone }))
    const asked = only(person.hear('Product Added', noon), 'entry-request')
    return { person, asked, run: asked[0]!.run }
  }

  it('asks once whether there is room, by the calendar of the shop, and lets in who is told so', () => {
    const { person, asked, run } = seeking('Pacific/Kiritimati')
    expect(asked).toMatchObject([{ journey: 'j', most: 10, day: Date.UTC(2026, 4, 5) / day }])
    expect(seeking().asked).toHaveLength(1)
    const other = seeking()
    expect(other.person.hear('Product Added', noon + 1)).toEqual([])
    expect(edges(other.person.take((profile, ctx) => answerEntry(profile, { run: other.run, hasRoom: true }, ctx), noon + 2))).toEqual([
      'entry',
    ])
    expect(other.person.take((profile, ctx) => answerEntry(profile, { run: other.run, hasRoom: true }, ctx), noon + 3)).toEqual([])
    // Closed meanwhile: 6 May begins there at 10:00 UTC of the 5th.
    expect(person.take((profile, ctx) => answerEntry(profile, { run, hasRoom: true }, ctx), noon + 23 * hour)).toEqual([])
    expect(person.profile.runs).toEqual([])
  })

  it('keeps out who finds no room, and counts them', () => {
    const { person, run } = seeking()
    expect(edges(person.take((profile, ctx) => answerEntry(profile, { run, hasRoom: false }, ctx), noon + 2))).toEqual(['full'])
    expect(person.profile.runs).toEqual([])
    expect(person.profile.entries).toEqual({})
  })
})

describe('a journey with a key', () => {
  const order = journey({
    key: 'order_id',
    entry: { on: { event: 'Order Placed' } },
    goals: [{ on: { event: 'Order Reviewed' }, key: 'order_id' }],
    exitOn: [{ event: 'Left Town' }],
    steps: {
      wait: { kind: 'wait-for', any: [{ on: { event: 'Order Shipped' }, key: 'order_id', next: 'say' }], upTo: '5 days' },
      say: note('w'),
      w: pause('1 day'),
    },
  })
  const of = (id: string | number | null) => ({ properties: { order_id: id } })

  it('is entered once per key, side by side, and not without one', () => {
    const person = meet(publish([inboxTemplate, order]))
    for (const [id, at] of [
      ['a', 0],
      ['b', 1],
      ['a', 2],
      [null, 3],
      [7, 4],
    ] as const)
      person.hear('Order Placed', noon + at * minute, of(id))
    expect(person.profile.runs.map(({ key }) => key)).toEqual(['a', 'b', '7'])
    person.hear('Order Shipped', noon + hour, of('b'))
    expect(person.profile.runs.map(({ key, step }) => [key, step]).sort()).toEqual([
      ['7', 'wait'],
      ['a', 'wait'],
      ['b', 'w'],
    ])
    expect(edges(person.hear('Order Reviewed', noon + 2 * hour, of('b')))).toEqual(['goal:0', 'left:goal'])
    expect(only(person.effects, 'unsend')).toMatchObject([{ run: expect.any(String) }])
    person.hear('Order Placed', noon + 3 * hour, of('b'))
    expect(person.profile.runs.map(({ key }) => key).sort()).toEqual(['7', 'a'])
    person.hear('Left Town', noon + 4 * hour)
    expect(person.profile.runs).toEqual([])
    expect(person.profile.entries.j?.count).toBe(3)
  })

  it('calls back what a run said that is over only by an event of its key', () => {
    const short = journey({
      key: 'order_id',
      entry: { on: { event: 'Order Placed' } },
      goals: [{ on: { event: 'Order Reviewed' }, key: 'order_id' }],
      steps: { say: note() },
    })
    const person = meet(publish([inboxTemplate, short]))
    person.hear('Order Placed', noon, of('a'))
    person.hear('Order Placed', noon + 1, of('b'))
    const runs = only(person.effects, 'message').map(({ run }) => run)
    expect(only(person.hear('Order Reviewed', noon + minute, of('b')), 'unsend')).toMatchObject([{ run: runs[1] }])
    expect(only(person.hear('Order Reviewed', noon + minute, of('c')), 'unsend')).toEqual([])
  })

  it('remembers the latest twenty keys, and those inside', () => {
    const person = meet(publish([journey({ key: 'order_id', entry: { on: { event: 'Order Placed' } }, steps: { w: pause('1 hour') } })]))
    for (let i = 0; i < 40; i++) person.hear('Order Placed', noon + i * hour * 2, of(`o${i}`))
    expect(Object.keys(person.profile.entries)).toHaveLength(21)
    person.hear('Order Placed', noon + 100 * hour, of('o39'))
    expect(person.profile.entries.j?.count).toBe(40)
  })

  it('keeps one run per key when two people prove to be one', () => {
    const definitions = publish([inboxTemplate, order])
    const [winner, loser] = [meet(definitions, 'winner'), meet(definitions, 'loser')]
    winner.hear('Order Placed', noon + minute, of('a'))
    loser.hear('Order Placed', noon, of('a'))
    loser.hear('Order Placed', noon, of('b'))
    winner.take((profile, ctx) => mergeProfiles(profile, loser.profile, ctx), noon + hour)
    expect(winner.profile.runs.map(({ key, enteredAt }) => [key, enteredAt - noon])).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    expect(facts(winner.effects).filter((fact) => fact.startsWith('Journey Left'))).toHaveLength(1)
  })
})

describe('an entry by a date', () => {
  const dated = (entry: object, more: object = {}) =>
    journey({
      entry: undefined,
      entries: [{ kind: 'date', at: '09:00', ...entry }],
      reentry: always,
      steps: { w: pause('1 hour') },
      ...more,
    })
  const say = (traits: JsonObject, at: number) => ({ type: 'identify', properties: traits, receivedAt: at, timestamp: at }) as const
  const times = (person: ReturnType<typeof meet>) =>
    facts(person.effects).flatMap((fact) =>
      fact.startsWith('Journey Entered') ? [new Date(noon + Number(fact.slice(16)) * minute).toISOString()] : [],
    )

  it('comes every year at a time by the clocks of the person, to the minute and across the changing of clocks', () => {
    const person = meet(publish([dated({ trait: 'birthday', days: -3 })]))
    person.hear('Identified', noon, say({ birthday: '1990-11-01', timezone: 'Europe/Berlin' }, noon))
    expect(person.due).toBe(Date.UTC(2026, 9, 29, 8))
    person.pass(Date.UTC(2028, 10, 1))
    expect(times(person)).toEqual(['2026-10-29T08:00:00.000Z', '2027-10-29T07:00:00.000Z', '2028-10-29T08:00:00.000Z'])
    expect(person.due).toBe(Date.UTC(2029, 9, 29, 8))
  })

  it('comes once, anew when the date changes, and not when it is over', () => {
    const person = meet(publish([dated({ trait: 'renewal', every: 'once', zone: 'shop' })]))
    person.hear('Identified', noon, say({ renewal: '2026-05-04' }, noon))
    expect(person.due).toBeNull()
    person.hear('Identified', noon + 1, say({ renewal: '2026-05-06' }, noon + 1))
    person.hear('Identified', noon + 2, say({ renewal: '2026-05-10' }, noon + 2))
    person.pass(noon + 30 * day)
    expect(times(person)).toEqual(['2026-05-10T09:00:00.000Z'])
  })

  it('comes on 28 February for who was born on the 29th, and no second time where clocks are set back', () => {
    const person = meet(publish([dated({ trait: 'birthday' })]))
    person.hear('Identified', noon, say({ birthday: '2000-02-29', timezone: 'Asia/Tokyo' }, noon))
    const first = Date.UTC(2027, 1, 28, 0)
    person.pass(first + hour)
    person.hear('Identified', first + 2 * hour, say({ timezone: 'America/Los_Angeles' }, first + 2 * hour))
    person.pass(Date.UTC(2028, 2, 2))
    expect(times(person)).toEqual(['2027-02-28T00:00:00.000Z', '2028-02-29T17:00:00.000Z'])
  })

  it('is found for those who were there before the journey', () => {
    const person = meet(publish([]))
    person.hear('Identified', noon, say({ birthday: '1990-05-10' }, noon))
    person.definitions = publish([dated({ trait: 'birthday' })])
    person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + 1)
    expect(person.due).toBe(Date.UTC(2026, 4, 10, 9))
  })
})

it('remembers of each date of a journey by itself that it has come', () => {
  const dates = [
    { kind: 'date', trait: 'birthday', at: '09:00' },
    { kind: 'date', trait: 'renewal', days: -1, at: '09:00' },
  ]
  const definitions = publish([journey({ entry: undefined, entries: dates, reentry: always, steps: { end: { kind: 'exit' } } })])
  const person = meet(definitions)
  person.hear('Identified', noon, { type: 'identify', properties: { birthday: '1990-05-20', renewal: '2026-05-16' } })
  person.pass(Date.UTC(2026, 4, 25))
  expect(person.profile.entries.j?.count).toBe(2)
  // A renewal that is moved to a day before the birthday that has been is still a day to come to by itself.
  const moved = meet(definitions)
  moved.hear('Identified', noon, { type: 'identify', properties: { birthday: '1990-05-05', timezone: 'Asia/Tokyo' } })
  moved.pass(Date.UTC(2026, 4, 5, 1))
  expect(moved.profile.entries.j?.count).toBe(1)
  moved.hear('Identified', Date.UTC(2026, 4, 5, 2), { type: 'identify', properties: { renewal: '2026-05-06', timezone: 'UTC' } })
  moved.pass(Date.UTC(2026, 4, 5, 23))
  // Its day is that of the birthday; the clocks that were set back bring the birthday no second time.
  expect(moved.profile.entries.j?.count).toBe(2)
})

describe('an audience', () => {
  const daily = { kind: 'audience', segment: 'gold', when: { kind: 'daily', at: '09:00' } } as const
  const come =
    (slot: number, zone: 'person' | 'shop' = 'person') =>
    (profile: ProfileState, ctx: Parameters<typeof adoptLeaves>[2]) =>
      enterAudience(profile, { journey: 'j', version: 1, key: audienceKey({ ...daily, zone }), slot }, ctx)
  const gold = segment('gold', { kind: 'trait', trait: 'plan', compare: { op: 'is', value: 'gold' } })
  const mailing = (zone: string) =>
    journey({
      entry: undefined,
      entries: [{ kind: 'audience', segment: 'gold', when: { kind: 'daily', at: '09:00' }, zone }],
      reentry: always,
      steps: { w: pause('1 hour') },
    })
  const member = (zone: string, plan = 'gold') => {
    const person = meet(publish([gold, mailing(zone)]))
    person.hear('Identified', noon, { type: 'identify', properties: { plan, timezone: 'Europe/Berlin' } })
    return person
  }

  it('is those who are in the segment, and nobody twice at a time', () => {
    const [inside, outside] = [member('shop'), member('shop', 'iron')]
    for (const person of [inside, outside]) person.take(come(noon + hour, 'shop'), noon + hour)
    inside.take(come(noon + hour, 'shop'), noon + hour)
    expect([inside, outside].map(({ profile }) => profile.entries.j?.count)).toEqual([1, undefined])
  })

  it('comes in when the clocks of each person show the time, if they are still in the segment then', () => {
    const slot = Date.UTC(2026, 4, 5, 9)
    const [stays, leaves] = [member('person'), member('person')]
    for (const person of [stays, leaves]) person.take(come(slot), noon + hour)
    expect(stays.due).toBe(Date.UTC(2026, 4, 5, 7))
    expect(edges(stays.effects)).toEqual([])
    leaves.hear('Identified', noon + 2 * hour, { type: 'identify', properties: { plan: 'iron' } })
    for (const person of [stays, leaves]) person.pass(noon + day)
    expect(stays.profile.entries.j).toMatchObject({ count: 1, lastAt: Date.UTC(2026, 4, 5, 7) })
    expect(leaves.profile.entries.j).toBeUndefined()
    expect(leaves.profile.runs).toEqual([])
    // Whose clocks have shown it more than an hour ago stays out.
    const [soon, late] = [member('person'), member('person')]
    soon.take(come(slot), Date.UTC(2026, 4, 5, 8))
    late.take(come(slot), Date.UTC(2026, 4, 5, 8) + 1)
    expect([soon, late].map(({ profile }) => profile.entries.j?.count)).toEqual([1, undefined])
  })

  it('stays out when the journey drains or closes before their clocks show the time, and takes no place meanwhile', () => {
    const slot = Date.UTC(2026, 4, 5, 9)
    const [drained, waits, free] = [member('person'), member('person'), member('person')]
    for (const person of [drained, waits, free]) person.take(come(slot), noon + hour)
    drained.definitions = publish([gold, mailing('person')], {}, { j: { epoch: 3, state: 'draining', since: noon + 2 * hour } })
    drained.pass(noon + day)
    expect([drained.profile.entries.j, drained.profile.runs]).toEqual([undefined, []])
    // Paused beyond the time, it is another time of day when it goes on.
    const at = (state: 'paused' | 'live', since: number) => publish([gold, mailing('person')], {}, { j: { epoch: 3, state, since } })
    waits.definitions = at('paused', noon + 2 * hour)
    waits.pass(noon + 2 * day)
    waits.definitions = at('live', noon + 2 * day)
    waits.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + 2 * day)
    waits.pass(noon + 2 * day + hour)
    expect([waits.profile.entries.j, waits.profile.runs]).toEqual([undefined, []])
    // Who waits for the morning may come in by something else before.
    free.definitions = publish([
      gold,
      journey({
        entry: undefined,
        entries: [
          { kind: 'audience', segment: 'gold', when: { kind: 'daily', at: '09:00' }, zone: 'person' },
          { kind: 'event', on: { event: 'Product Added' } },
        ],
        steps: { w: pause('1 hour') },
      }),
    ])
    free.hear('Product Added', noon + 2 * hour)
    free.pass(noon + 2 * day)
    expect(free.profile.entries.j).toMatchObject({ count: 1, lastAt: noon + 2 * hour })
  })

  it('is the same wherever it stands in a later version, and finished by the version that called it where the later one has it no more', () => {
    const [before, again, after] = [member('shop'), member('shop'), member('shop')]
    const others = [
      { kind: 'event', on: { event: 'Product Added' } },
      { ...daily, when: { kind: 'daily', at: '18:00' }, zone: 'shop' },
    ]
    const next = (entries: readonly object[]) =>
      publish([gold, mailing('shop'), journey({ entry: undefined, entries, reentry: always, steps: { w: pause('2 hours') } })])
    before.take(come(noon + hour, 'shop'), noon + hour)
    again.definitions = next([...others, { ...daily, zone: 'shop' }])
    again.take(come(noon + hour, 'shop'), noon + hour)
    after.definitions = next(others)
    after.take(come(noon + hour, 'shop'), noon + hour)
    expect([before, again, after].map(({ profile }) => profile.runs.map(({ version, entry = 0 }) => [version, entry]))).toEqual([
      [[1, 0]],
      [[2, 2]],
      [[1, 0]],
    ])
    // The same person of the same audience is the same run.
    expect(again.profile.runs[0]?.id).toBe(before.profile.runs[0]?.id)
  })

  it('has its times by the calendar of a zone', () => {
    const latest = (when: Parameters<typeof latestOccasion>[0], upTo: string, zone = 'Europe/Berlin') => {
      const at = latestOccasion(when, zone, Date.parse(upTo))
      return at === null ? null : new Date(at).toISOString()
    }
    expect(latest({ kind: 'daily', at: '09:00' }, '2026-05-05T06:59:59Z')).toBe('2026-05-04T07:00:00.000Z')
    expect(latest({ kind: 'weekly', on: ['monday', 'friday'], at: '23:30' }, '2026-05-06T00:00:00Z')).toBe('2026-05-04T21:30:00.000Z')
    expect(latest({ kind: 'monthly', day: 31, at: '08:00' }, '2026-03-01T00:00:00Z')).toBe('2026-02-28T07:00:00.000Z')
    expect(latest({ kind: 'once', at: '2026-05-05 09:00' }, '2026-05-05T07:00:00Z')).toBe('2026-05-05T07:00:00.000Z')
    expect(latest({ kind: 'once', at: '2026-05-05 09:00' }, '2026-05-05T06:59:59Z')).toBeNull()
    expect(latest({ kind: 'once' }, '2026-05-05T06:59:59Z')).toBeNull()
  })
})
