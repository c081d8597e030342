import { describe, expect, it } from 'vitest'
import { adoptLeaves, leavesOf, mergeProfiles } from '../index.ts'
import { did, inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, edges, facts, hour, meet, minute, noon, only, publish } from '../test/person.ts'

const cart = journey({
  goal: { on: { event: 'Order Completed' } },
  steps: { hour: pause('1 hour', 'remind'), remind: note('day'), day: pause('1 day', 'again'), again: note() },
})

describe('a run', () => {
  it('waits to the millisecond, says its message, and ends where nothing follows', () => {
    const person = meet(publish([inboxTemplate, cart]))
    expect(edges(person.hear('Product Added', noon, { properties: { sku: 'a' } }))).toEqual(['entry'])
    expect(person.due).toBe(noon + hour)
    expect(person.pass(noon + hour - 1)).toEqual([])
    const reminded = person.pass(noon + hour)
    expect(edges(reminded)).toEqual(['hour:next', 'remind:next'])
    expect(only(reminded, 'message')).toMatchObject([
      {
        template: 'note',
        templateVersion: 1,
        step: 'remind',
        address: 'p1',
        decision: { kind: 'send' },
        at: noon + hour,
        reason: 'Sent: entered Recover carts by Product Added 1 hour ago, and had not reached its goal (Order Completed)',
        variables: {
          event: { name: 'Product Added', timestamp: noon, properties: { sku: 'a' } },
          journey: { id: 'j', name: 'Recover carts' },
        },
      },
    ])
    expect(edges(person.pass(noon + 2 * day))).toEqual(['day:next', 'again:next', 'left:end'])
    expect(person.profile.runs).toEqual([])
    expect(only(person.effects, 'run-over')).toMatchObject([{ reason: 'end' }])
    expect(person.due).toBeNull()
  })

  it('ends at its goal in the middle of a wait', () => {
    const person = meet(publish([inboxTemplate, cart]))
    person.hear('Product Added', noon)
    const bought = person.hear('Order Completed', noon + 10 * minute)
    expect(facts(bought)).toEqual(['Goal Reached +10', 'Journey Left +10'])
    expect(edges(bought)).toEqual(['goal:0', 'left:goal'])
    expect(only(bought, 'run-over')).toMatchObject([{ reason: 'goal' }])
    expect(person.due).toBeNull()
  })

  it('sends no cart message to a buyer who paid while the worker was down', () => {
    const definitions = publish([inboxTemplate, cart])
    // In the shard's own order the payment comes before the end of the wait, however late both are worked off.
    const inOrder = meet(definitions)
    inOrder.hear('Product Added', noon)
    inOrder.hear('Order Completed', noon + 59 * minute)
    inOrder.pass(noon + 3 * hour)
    expect(only(inOrder.effects, 'message')).toEqual([])
    // And when the wait was over before they paid, but nobody was there to end it, the payment that is heard first still counts.
    const late = meet(definitions)
    late.hear('Product Added', noon)
    late.hear('Order Completed', noon + 2 * hour, { early: true })
    if (late.due !== null) late.fireLate(noon + 3 * hour)
    expect(only(late.effects, 'message')).toEqual([])
  })

  it('calls back what it said when its goal comes, also when its last step is behind it, once', () => {
    const said = journey({ goal: { on: { event: 'Order Completed' } }, steps: { hour: pause('1 hour', 'remind'), remind: note() } })
    const person = meet(publish([inboxTemplate, said]))
    person.hear('Product Added', noon)
    person.pass(noon + hour)
    expect(person.profile.runs).toEqual([])
    expect(only(person.hear('Order Completed', noon + 2 * hour), 'unsend')).toEqual([
      {
        kind: 'unsend',
        journey: 'j',
        since: noon,
        reason: 'Not sent: the goal of Recover carts was reached (Order Completed) before it went out',
      },
    ])
    expect(only(person.hear('Order Completed', noon + 3 * hour), 'unsend')).toEqual([])
  })

  it('calls back what was said in this run only, whether it is on its way or over', () => {
    const again = journey({
      entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
      exitOn: [{ event: 'Cart Emptied' }],
      steps: { remind: note('day'), day: pause('1 day') },
    })
    const person = meet(publish([inboxTemplate, again]))
    person.hear('Product Added', noon)
    person.hear('Product Added', noon + 2 * day)
    expect(only(person.hear('Cart Emptied', noon + 2 * day + hour), 'unsend')).toMatchObject([
      { since: noon + 2 * day, reason: 'Not sent: Recover carts was ended by Cart Emptied before it went out' },
    ])
    expect(only(person.hear('Cart Emptied', noon + 2 * day + 2 * hour), 'unsend')).toEqual([])
    person.hear('Product Added', noon + 3 * day)
    person.pass(noon + 5 * day)
    expect(only(person.hear('Cart Emptied', noon + 6 * day), 'unsend')).toMatchObject([{ since: noon + 3 * day }])
  })

  it('calls nothing back for people who were never in it, nor for events that trigger nothing', () => {
    const person = meet(publish([inboxTemplate, cart]))
    expect(person.hear('Order Completed', noon)).toEqual([])
    person.hear('Product Added', noon + minute)
    expect(only(person.hear('Order Completed', noon + hour, { triggers: false }), 'unsend')).toEqual([])
  })

  it('goes by the goal of the version that the run is on', () => {
    const goal = (event: string) => journey({ goal: { on: { event } }, steps: { remind: note('day'), day: pause('1 day') } })
    const person = meet(publish([inboxTemplate, goal('Order Completed')]))
    person.hear('Product Added', noon)
    person.definitions = publish([inboxTemplate, goal('Order Completed'), goal('Order Paid')])
    expect(only(person.hear('Order Paid', noon + minute), 'unsend')).toEqual([])
    expect(only(person.hear('Order Completed', noon + 2 * minute), 'unsend')).toHaveLength(1)
  })

  it('counts on from the exact instant when its timer fires late', () => {
    const person = meet(publish([inboxTemplate, cart]))
    person.hear('Product Added', noon)
    const effects = person.fireLate(noon + hour + 5 * minute)
    expect(only(effects, 'message')).toMatchObject([{ at: noon + hour }])
    expect(person.profile.runs).toMatchObject([{ step: 'day', since: noon + hour, wakesAt: noon + hour + day }])
  })

  it('works off several overdue waits in order of time', () => {
    const person = meet(publish([inboxTemplate, cart]))
    person.hear('Product Added', noon)
    expect(only(person.fireLate(noon + 9 * day), 'message').map(({ at }) => at - noon)).toEqual([hour, hour + day])
  })

  it('takes the way of the event that comes first, up to the instant at which time is up', () => {
    const waiting = journey({
      steps: {
        wait: {
          kind: 'wait-for',
          any: [{ on: { event: 'A', where: [{ property: 'x', compare: { op: 'is', value: 1 } }] }, next: 'a' }, { on: { event: 'B' } }],
          upTo: '1 hour',
          otherwise: 'late',
        },
        a: { kind: 'exit', reason: 'did A' },
        late: { kind: 'exit' },
      },
    })
    const run = (...events: readonly [name: string, at: number, x?: number][]) => {
      const person = meet(publish([waiting]))
      person.hear('Product Added', noon)
      for (const [name, at, x] of events) person.hear(name, at, { properties: { x: x ?? 0 } })
      person.pass(noon + day)
      return edges(person.effects)
    }
    expect(run(['A', noon + minute, 2], ['A', noon + 2 * minute, 1])).toEqual(['entry', 'wait:0', 'left:exit'])
    expect(run(['B', noon + hour])).toEqual(['entry', 'wait:1', 'left:end'])
    expect(run(['B', noon + hour + 1])).toEqual(['entry', 'wait:otherwise', 'left:exit'])
  })

  it('does not take an event for timely that came after time was up, when the timer is late', () => {
    const person = meet(publish([journey({ steps: { wait: { kind: 'wait-for', any: [{ on: { event: 'A' } }], upTo: '1 hour' } } })]))
    person.hear('Product Added', noon)
    expect(person.hear('A', noon + hour + 1, { early: true })).toEqual([])
    expect(edges(person.fireLate(noon + 2 * hour))).toEqual(['wait:otherwise', 'left:end'])
  })

  it('takes the first branch that holds', () => {
    const branching = journey({
      steps: {
        split: {
          kind: 'branch',
          paths: [
            { if: did('Order Completed', '1 day'), next: 'buyer' },
            { if: { kind: 'trait', trait: 'vip', compare: { op: 'is', value: true } } },
          ],
          otherwise: 'buyer',
        },
        buyer: { kind: 'exit', reason: 'buyer' },
      },
    })
    const run = (...names: readonly string[]) => {
      const person = meet(publish([branching]))
      for (const name of names) person.hear(name, noon, name === 'Identified' ? { type: 'identify', properties: { vip: true } } : {})
      return edges(person.hear('Product Added', noon + hour))
    }
    expect(run('Order Completed', 'Identified')).toEqual(['entry', 'split:0', 'left:exit'])
    expect(run('Identified')).toEqual(['entry', 'split:1', 'left:end'])
    expect(run()).toEqual(['entry', 'split:otherwise', 'left:exit'])
  })

  it('updates the profile, so that a later step sees it', () => {
    const person = meet(
      publish([
        journey({
          steps: {
            set: { kind: 'update-profile', set: { stage: 'warm', score: 5 }, next: 'split' },
            split: { kind: 'branch', paths: [{ if: { kind: 'trait', trait: 'stage', compare: { op: 'is', value: 'warm' } } }] },
          },
        }),
      ]),
    )
    const effects = person.hear('Product Added', noon)
    expect(edges(effects)).toEqual(['entry', 'set:next', 'split:0', 'left:end'])
    expect(person.profile.traits).toEqual({ stage: ['warm', noon], score: [5, noon] })
    expect(only(effects, 'fact').find(({ name }) => name === 'Profile Updated')?.properties).toMatchObject({
      traits: { stage: 'warm', score: 5 },
      step: 'set',
    })
  })

  it('leaves on an exit event and at an exit step, with the reason', () => {
    const person = meet(
      publish([
        journey({
          exitOn: [{ event: 'Complained' }],
          entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
          steps: { w: pause('1 day', 'out'), out: { kind: 'exit', reason: 'gave up' } },
        }),
      ]),
    )
    person.hear('Product Added', noon)
    expect(only(person.hear('Complained', noon + hour), 'run-over')).toMatchObject([{ reason: 'Complained' }])
    person.hear('Product Added', noon + 2 * hour)
    expect(only(person.pass(noon + 3 * day), 'run-over')).toMatchObject([{ reason: 'gave up' }])
  })

  it('is cut with a reason when its steps go round without a wait', () => {
    const person = meet(
      publish([
        journey({
          steps: { a: { kind: 'update-profile', set: { x: 1 }, next: 'b' }, b: { kind: 'update-profile', set: { x: 2 }, next: 'a' } },
        }),
      ]),
    )
    const effects = person.hear('Product Added', noon)
    expect(only(effects, 'run-over')).toMatchObject([{ reason: expect.stringMatching(/^stopped at [ab]: took 100 steps without a wait$/) }])
    expect(person.profile.runs).toEqual([])
  })

  it('gives a step visited twice two messages of different ids', () => {
    const person = meet(publish([inboxTemplate, journey({ steps: { say: note('w'), w: pause('1 hour', 'say') } })]))
    person.hear('Product Added', noon)
    person.pass(noon + 3 * hour)
    const ids = only(person.effects, 'message').map(({ id }) => id)
    expect(ids).toHaveLength(4)
    expect(new Set(ids).size).toBe(4)
  })
})

describe('an entry', () => {
  const entries = (reentry: object, ...at: readonly number[]) => {
    const person = meet(publish([journey({ entry: { on: { event: 'Product Added' }, reentry }, steps: { w: pause('1 hour') } })]))
    for (const instant of at) person.hear('Product Added', noon + instant)
    person.pass(noon + 30 * day)
    return person.profile.entries.j
  }

  it('happens once, always, or again after a time', () => {
    expect(entries({ kind: 'never' }, 0, 2 * hour, day)).toEqual({ count: 1, lastAt: noon, leftAt: noon + hour })
    expect(entries({ kind: 'always' }, 0, 2 * hour, day)).toEqual({ count: 3, lastAt: noon + day, leftAt: noon + day + hour })
    expect(entries({ kind: 'after', time: '1 day' }, 0, day - 1, day, day + 2 * hour)).toEqual({
      count: 2,
      lastAt: noon + day,
      leftAt: noon + day + hour,
    })
    expect(entries({ kind: 'after-leaving', time: '1 day' }, 0, day, day + hour, 2 * day + hour)?.count).toBe(2)
  })

  it('does not happen while the person is inside, whatever re-entry says', () => {
    expect(entries({ kind: 'always' }, 0, hour - 1)?.count).toBe(1)
    // The event that ends the wait's very millisecond finds the run still standing.
    expect(entries({ kind: 'always' }, 0, hour + 1)?.count).toBe(2)
  })

  it('asks its condition at that moment', () => {
    const person = meet(
      publish([
        journey({
          entry: {
            on: { event: 'Product Added', where: [{ property: 'price', compare: { op: 'at-least', value: 50 } }] },
            if: { kind: 'not', of: did('Order Completed', '1 day') },
          },
          steps: { w: pause('1 hour') },
        }),
      ]),
    )
    person.hear('Order Completed', noon)
    expect(person.hear('Product Added', noon + hour, { properties: { price: 60 } })).toEqual([])
    expect(person.hear('Product Added', noon + day, { properties: { price: 40 } })).toEqual([])
    expect(edges(person.hear('Product Added', noon + day, { properties: { price: 50 } }))).toEqual(['entry'])
  })

  it('takes the latest version; people inside finish on theirs', () => {
    const first = journey({ steps: { old: pause('1 hour', 'remind'), remind: note() } })
    const second = journey({ entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } }, steps: { new: pause('2 hours') } })
    const person = meet(publish([inboxTemplate, first]))
    person.hear('Product Added', noon)
    person.definitions = publish([inboxTemplate, first, second])
    person.pass(noon + hour)
    expect(only(person.effects, 'message')).toMatchObject([{ version: 1, step: 'remind' }])
    person.hear('Product Added', noon + 2 * hour)
    expect(person.profile.runs).toMatchObject([{ version: 2, step: 'new' }])
  })

  it('does not happen by an event that triggers nothing, nor does such an event move a run', () => {
    const person = meet(publish([inboxTemplate, cart]))
    expect(person.hear('Product Added', noon, { triggers: false })).toEqual([])
    person.hear('Product Added', noon + minute)
    expect(person.hear('Order Completed', noon + 2 * minute, { triggers: false })).toEqual([])
    expect(person.profile.runs).toHaveLength(1)
  })

  it('can be by what another journey concluded, and a circle of journeys comes to an end', () => {
    const a = journey({ id: 'a', entry: { on: { event: 'Journey Left' }, reentry: { kind: 'always' } }, steps: { out: { kind: 'exit' } } })
    const b = journey({ id: 'b', steps: { out: { kind: 'exit' } } })
    const person = meet(publish([a, b]))
    const entered = edges(person.hear('Product Added', noon)).filter((edge) => edge === 'entry')
    expect(entered.length).toBeGreaterThan(1)
    expect(entered.length).toBeLessThan(20)
  })
})

describe('a decision on history that is still being read', () => {
  const bought = did('Order Completed')
  const key = leavesOf(bought)[0]!.key

  it('waits at the branch until the leaf is adopted', () => {
    const person = meet(
      publish([
        journey({
          goal: { on: { event: 'Order Completed' } },
          steps: { split: { kind: 'branch', paths: [{ if: bought, next: 'buyer' }] }, buyer: pause('1 hour') },
        }),
      ]),
    )
    person.pending = new Set([key])
    expect(edges(person.hear('Product Added', noon))).toEqual(['entry'])
    expect(person.profile.runs).toMatchObject([{ step: 'split' }])
    expect(person.due).toBeNull()
    person.pending = new Set()
    const effects = person.take((profile, ctx) => adoptLeaves(profile, { [key]: [noon - day, 7] }, ctx), noon + hour)
    expect(edges(effects)).toEqual(['split:0'])
    expect(person.due).toBe(noon + 2 * hour)
  })

  it('starts another journey when the leaf is adopted, as it would have without waiting', () => {
    const person = meet(
      publish([
        journey({
          steps: {
            split: { kind: 'branch', paths: [{ if: bought, next: 'other' }] },
            other: { kind: 'start-journey', journey: 'second' },
          },
        }),
        journey({ id: 'second', entry: undefined, entries: [{ kind: 'journey' }], steps: { w: pause('1 hour') } }),
      ]),
    )
    person.pending = new Set([key])
    person.hear('Product Added', noon)
    person.pending = new Set()
    person.take((profile, ctx) => adoptLeaves(profile, { [key]: [noon - day, 7] }, ctx), noon + hour)
    expect(person.profile.runs.map((run) => run.journey)).toEqual(['second'])
  })

  it('goes on waiting at the entry when people are merged, still without a word, and behind a run that has begun', () => {
    const asking = (condition?: object) =>
      journey({
        entry: { on: { event: 'Product Added' }, ...(condition !== undefined && { if: condition }) },
        steps: { w: pause('1 day') },
      })
    const unsure = { kind: 'not', of: bought }
    const [winner, loser, inside] = [
      meet(publish([asking(unsure)])),
      meet(publish([asking(unsure)]), 'p2'),
      meet(publish([asking(), asking(unsure)]), 'p3'),
    ]
    loser.pending = new Set([key])
    loser.hear('Product Added', noon)
    const merged = winner.take((profile, ctx) => mergeProfiles(profile, { ...loser.profile, pending: [key] }, ctx), noon + minute)
    expect(merged.map(({ kind }) => kind)).toEqual(['fact'])
    expect(winner.profile.runs).toMatchObject([{ step: '@entry' }])
    inside.definitions = publish([asking()])
    inside.hear('Product Added', noon + minute)
    const behind = inside.take((profile, ctx) => mergeProfiles(profile, { ...loser.profile, pending: [key] }, ctx), noon + 2 * minute)
    expect(facts(behind)).toEqual(['Profiles Merged +2'])
    expect(inside.profile.runs).toMatchObject([{ step: 'w', enteredAt: noon + minute }])
  })

  it('waits at the entry, where nobody is told of it yet', () => {
    const definitions = publish([
      journey({ entry: { on: { event: 'Product Added' }, if: { kind: 'not', of: bought } }, steps: { w: pause('1 hour') } }),
    ])
    for (const [history, expected] of [
      [{ [key]: [noon - day, 7] }, []],
      [{}, ['entry']],
    ] as const) {
      const person = meet(definitions)
      person.pending = new Set([key])
      expect(person.hear('Product Added', noon)).toEqual([])
      person.pending = new Set()
      expect(edges(person.take((profile, ctx) => adoptLeaves(profile, history, ctx), noon + minute))).toEqual(expected)
      expect(person.profile.runs).toHaveLength(expected.length)
      expect(person.profile.entries.j?.count ?? 0).toBe(expected.length)
    }
  })
})
