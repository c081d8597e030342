import { describe, expect, it } from 'vitest'
import { did, inboxTemplate, journey, note, pause, segment } from '../test/definitions.ts'
import { day, edges, facts, hour, meet, minute, noon, only, publish } from '../test/person.ts'

const goal = { on: { event: 'Order Completed' } }

describe('goals', () => {
  it('are several, each counted once a run; who may stay goes on', () => {
    const person = meet(
      publish([
        journey({ goals: [{ name: 'looked', on: { event: 'Product Viewed' }, afterwards: 'stay' }, goal], steps: { w: pause('5 days') } }),
      ]),
    )
    person.hear('Product Added', noon)
    expect(edges(person.hear('Product Viewed', noon + minute))).toEqual(['goal:0'])
    expect(edges(person.hear('Product Viewed', noon + 2 * minute))).toEqual([])
    const bought = person.hear('Order Completed', noon + 3 * minute)
    expect(edges(bought)).toEqual(['goal:1', 'left:goal'])
    expect(only(person.effects, 'fact').flatMap(({ name, properties }) => (name === 'Goal Reached' ? [properties.goal] : []))).toEqual([
      'looked',
      'Order Completed',
    ])
  })

  it('with a condition count when it is so, the event itself included: a second order, not a first', () => {
    const again = { ...did('Order Completed'), times: { op: 'at-least', n: 2 } }
    const person = meet(publish([journey({ goals: [{ name: 'again', ...goal, if: again }], steps: { w: pause('5 days') } })]))
    person.hear('Product Added', noon)
    expect(edges(person.hear('Order Completed', noon + minute))).toEqual([])
    expect(edges(person.hear('Order Completed', noon + 2 * minute))).toEqual(['goal:0', 'left:goal'])
  })

  it('count for a time after entry, also when the run is over, once', () => {
    const bought = (at: number, later: number) => {
      const person = meet(publish([journey({ goals: [{ ...goal, within: '3 days' }], steps: { w: pause('1 day') } })]))
      person.hear('Product Added', noon)
      person.hear('Order Completed', noon + at)
      person.hear('Order Completed', noon + later)
      return edges(person.effects).filter((edge) => edge !== 'entry' && edge !== 'w:next')
    }
    expect(bought(hour, 2 * hour)).toEqual(['goal:0', 'left:goal'])
    expect(bought(3 * day, 3 * day)).toEqual(['left:end', 'goal:0'])
    expect(bought(3 * day + 1, 4 * day)).toEqual(['left:end'])
  })

  it('count for a time after the latest message, and not before there was one', () => {
    const person = meet(
      publish([
        inboxTemplate,
        journey({
          goals: [{ ...goal, within: '1 day', since: 'message', afterwards: 'stay' }],
          steps: { w: pause('1 day', 'say'), say: note('x'), x: pause('1 hour') },
        }),
      ]),
    )
    person.hear('Product Added', noon)
    expect(edges(person.hear('Order Completed', noon + hour))).toEqual([])
    person.pass(noon + 2 * day - 1)
    expect(person.profile.runs).toEqual([])
    expect(edges(person.hear('Order Completed', noon + 2 * day))).toEqual(['goal:0'])
  })
})

describe('what ends a run', () => {
  it('is a condition that becomes true by what the person does, before that leads anywhere', () => {
    const person = meet(
      publish([
        inboxTemplate,
        journey({
          exits: [{ kind: 'condition', if: { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 2 } } }],
          steps: {
            wait: { kind: 'wait-for', any: [{ on: { event: 'Product Viewed' }, next: 'w' }], upTo: '1 day' },
            w: { kind: 'wait-for', any: [{ on: { event: 'Product Viewed' }, next: 'say' }], upTo: '1 day' },
            say: note(),
          },
        }),
      ]),
    )
    person.hear('Product Added', noon)
    person.hear('Product Viewed', noon + minute)
    expect(person.profile.runs).toMatchObject([{ step: 'w' }])
    const left = person.hear('Product Viewed', noon + 2 * minute)
    expect(only(left, 'message')).toEqual([])
    expect(only(left, 'run-over')).toMatchObject([{ reason: 'Did Product Viewed at least 2 times' }])
  })

  it('is a condition that becomes true by time, at its instant, in the middle of a wait', () => {
    const person = meet(
      publish([
        journey({ exits: [{ kind: 'condition', if: { kind: 'not', of: did('Visit', '2 days') } }], steps: { w: pause('9 days') } }),
      ]),
    )
    person.hear('Visit', noon)
    person.hear('Product Added', noon + hour)
    expect(person.due).toBe(noon + 2 * day)
    expect(facts(person.pass(noon + 5 * day))).toEqual([`Journey Left +${(2 * day) / minute}`])
  })

  it('keeps out those for whom it is true already', () => {
    const person = meet(
      publish([inboxTemplate, journey({ exits: [{ kind: 'condition', if: did('Order Completed') }], steps: { say: note() } })]),
    )
    person.hear('Order Completed', noon)
    expect(person.hear('Product Added', noon + 1)).toEqual([])
  })

  it('is leaving a segment, and withdrawing consent to a channel, with what was about to be said called back', () => {
    const definitions = publish([
      segment('vip', { kind: 'trait', trait: 'plan', compare: { op: 'is', value: 'vip' } }),
      journey({
        exits: [
          { kind: 'segment-left', segment: 'vip' },
          { kind: 'consent-withdrawn', channel: 'email' },
        ],
        steps: { w: pause('9 days') },
      }),
    ])
    const person = meet(definitions)
    const say = (plan: string, at: number) => person.hear('Identified', at, { type: 'identify', properties: { plan } })
    say('vip', noon)
    person.hear('Product Added', noon + 1)
    const left = say('basic', noon + 2)
    expect(only(left, 'run-over')).toMatchObject([{ reason: 'left the segment vip' }])
    expect(only(left, 'unsend')).toMatchObject([{ reason: 'Not sent: Recover carts was ended by left the segment vip before it went out' }])
    const other = meet(definitions)
    other.hear('Product Added', noon)
    other.hear('Consent Changed', noon + 1, { properties: { channel: 'inbox', state: 'withdrawn' } })
    expect(other.profile.runs).toHaveLength(1)
    const withdrew = other.hear('Consent Changed', noon + 2, { properties: { channel: 'email', state: 'withdrawn' } })
    expect(only(withdrew, 'run-over')).toMatchObject([{ reason: 'withdrew consent to email' }])
  })
})

it('judges a goal that comes after the run by the version that the run was on', () => {
  const goal = (name: string, event: string) => ({ name, on: { event }, within: '3 days' })
  const version = (...goals: readonly object[]) => journey({ goals, steps: { end: { kind: 'exit' } } })
  const first = version(goal('looked', 'Product Viewed'), goal('ordered', 'Order Completed'))
  const reached = (...changed: readonly object[]): readonly unknown[] => {
    const person = meet(publish([first]))
    person.hear('Product Added', noon)
    person.hear('Product Viewed', noon + hour)
    person.definitions = publish([first, version(...changed)])
    person.hear('Order Completed', noon + 2 * hour)
    person.hear('Product Viewed', noon + 3 * hour)
    return only(person.effects, 'fact').flatMap(({ name, properties }) =>
      name === 'Goal Reached' ? [[properties.goal, properties.version]] : [],
    )
  }
  const both = [
    ['looked', 1],
    ['ordered', 1],
  ]
  // In another order, with one of them gone, and with others in their place.
  expect(reached(goal('ordered', 'Order Completed'), goal('looked', 'Product Viewed'))).toEqual(both)
  expect(reached(goal('looked', 'Product Viewed'))).toEqual(both)
  expect(reached(goal('called', 'Call Made'))).toEqual(both)
})
