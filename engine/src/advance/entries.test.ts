import { describe, expect, it } from 'vitest'
import { adoptLeaves, mergeProfiles } from '../index.ts'
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
