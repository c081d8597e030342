import { describe, expect, it } from 'vitest'
import { conditionSchema, type Condition, type Event } from '@throughline/contracts'
import { adoptLeaves, foldLeaves, leavesOf, scopeOfFill } from '../index.ts'
import { did, inboxTemplate, journey, note, segment } from '../test/definitions.ts'
import { facts, hour, meet, minute, noon, only, publish, segmentsOf } from '../test/person.ts'

const viewed = conditionSchema.parse(did('Product Viewed', '1 day'))
const never: Condition = { kind: 'event', event: 'Order Completed', times: { op: 'exactly', n: 0 } }
const british: Condition = { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'GB' } }
const spent: Condition = {
  kind: 'measure',
  measure: { of: 'sum', event: 'Order Completed', property: 'total' },
  compare: { op: 'at-least', value: 30 },
}
const keysOf = (...conditions: Condition[]): ReadonlySet<string> =>
  new Set(conditions.flatMap((condition) => leavesOf(condition).map(({ key }) => key)))

const viewedAt = (at: number): Event => ({
  id: `web:${at}`,
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

describe('what a fill is about', () => {
  it('is everybody only where somebody who did nothing of it may be in one of the segments', () => {
    const concernsEveryone = (where: Condition, ...leaves: Condition[]): boolean =>
      scopeOfFill(keysOf(...leaves), publish([segment('asked', where)]), noon).concernsEveryone
    expect(concernsEveryone(viewed, viewed)).toBe(false)
    expect(concernsEveryone({ kind: 'all', of: [british, viewed] }, viewed)).toBe(false)
    expect(concernsEveryone({ kind: 'not', of: { kind: 'any', of: [british, never] } }, never)).toBe(false)
    expect(concernsEveryone(spent, spent)).toBe(false)
    expect(concernsEveryone(never, never)).toBe(true)
    expect(concernsEveryone({ kind: 'any', of: [british, viewed] }, viewed)).toBe(true)
    expect(concernsEveryone({ kind: 'any', of: [viewed, spent] }, viewed)).toBe(true)
    expect(concernsEveryone({ kind: 'all', of: [viewed, spent] }, viewed)).toBe(false)
  })

  it('is everybody where a journey hangs on it, since somebody may wait in one', () => {
    const waits = journey({ steps: { say: note() }, entry: { on: { event: 'Product Added' }, if: viewed } })
    expect(scopeOfFill(keysOf(viewed), publish([inboxTemplate, waits]), noon).concernsEveryone).toBe(true)
  })

  it('names the events that are read, and of them no more than is looked at', () => {
    const definitions = publish([segment('a', viewed), segment('b', spent)])
    expect(scopeOfFill(keysOf(viewed), definitions, noon)).toEqual({
      eventNames: ['Product Viewed'],
      readsProperties: false,
      readsContext: false,
      segments: ['a'],
      concernsEveryone: false,
    })
    expect(scopeOfFill(keysOf(viewed, spent), definitions, noon)).toMatchObject({ readsProperties: true, segments: ['a', 'b'] })
    expect(scopeOfFill(new Set(['gone']), definitions, noon)).toMatchObject({ eventNames: [], segments: [] })
  })
})

describe('somebody whom a fill has come to', () => {
  const filled = keysOf(viewed)
  const [key] = [...filled] as [string]
  const person = () => {
    const met = meet(publish([segment('viewed', viewed), segment('spent', spent)]))
    met.pending = keysOf(viewed, spent)
    return met
  }

  it('is decided by what history and the time since know together, as filled, though all others wait', () => {
    const one = person()
    one.hear('Product Viewed', noon)
    expect(segmentsOf(one)).toEqual({})
    const effects = one.take((profile, ctx) => adoptLeaves(profile, {}, ctx, filled), noon + hour)
    expect(segmentsOf(one)).toEqual({ viewed: noon + hour })
    expect(facts(effects)).toEqual([`Segment Entered +${hour / minute}`])
    expect(only(effects, 'fact')[0]!.properties).toEqual({ segment: 'viewed', filled: true })
    expect(one.due).toBe(noon + 24 * hour)
  })

  it('takes in no part of a history that is being folded as a whole', () => {
    const one = person()
    one.profile = { ...one.profile, pending: [key] }
    const states = foldLeaves([key], [viewedAt(noon - minute)], one.definitions)
    expect(Object.keys(states)).toEqual([key])
    one.take((profile, ctx) => adoptLeaves(profile, states, ctx, filled), noon)
    expect(one.profile.memories.keys).toEqual([])
    expect(segmentsOf(one)).toEqual({})
  })
})
