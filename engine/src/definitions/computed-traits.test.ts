import { definitionSchema, type Definition } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { computedTraits, describeTrait, validateDefinitions } from '../index.ts'
import { inboxTemplate, journey, note } from '../test/definitions.ts'
import { facts, meet, minute, noon, only, publish } from '../test/person.ts'

const spent = {
  kind: 'trait',
  id: 'lifetime-value',
  name: 'Lifetime value',
  value: { of: 'sum', event: 'Order Completed', property: 'total' },
} as const
const big = {
  kind: 'segment',
  id: 'big',
  name: 'Big spenders',
  where: { kind: 'computed', trait: 'lifetime-value', compare: { op: 'at-least', value: 100 } },
} as const
const parse = (...definitions: readonly object[]): Definition[] => definitions.map((one) => definitionSchema.parse(one))

describe('a computed trait', () => {
  it('is kept without any segment that asks for it, and has no value while its history is read', () => {
    const person = meet(publish(parse(spent)))
    person.hear('Order Completed', noon + minute, { properties: { total: 49.9 } })
    person.hear('Order Completed', noon + 2 * minute, { properties: { total: 0.1 } })
    const ctx = { definitions: person.definitions, now: person.now, pending: person.pending }
    expect(computedTraits(person.profile, ctx)).toEqual([{ id: 'lifetime-value', name: 'Lifetime value', value: 50, pending: false }])
    const all = new Set(person.definitions.leaves.keys())
    expect(computedTraits(person.profile, { ...ctx, pending: all })).toEqual([
      { id: 'lifetime-value', name: 'Lifetime value', value: undefined, pending: true },
    ])
  })

  it('moves people into segments that ask for it by its name', () => {
    const person = meet(publish(parse(spent, big)))
    expect(facts(person.hear('Order Completed', noon + minute, { properties: { total: 60 } }))).toEqual([])
    expect(facts(person.hear('Order Completed', noon + 2 * minute, { properties: { total: 40 } }))).toEqual(['Segment Entered +2'])
  })

  it('is at hand in the templates of messages', () => {
    const person = meet(
      publish([...parse(spent), inboxTemplate, journey({ entry: { on: { event: 'Order Completed' } }, steps: { say: note() } })]),
    )
    const effects = person.hear('Order Completed', noon + minute, { properties: { total: 60 } })
    expect(only(effects, 'message')[0]?.variables.computed).toEqual({ 'lifetime-value': 60 })
  })

  it('has to exist where a condition asks for it', () => {
    const [asking] = parse(big)
    expect(validateDefinitions([asking!], []).map(({ field, message }) => [field, message])).toEqual([
      ['where.trait', 'segment "big" asks about the trait "lifetime-value", which does not exist'],
    ])
    expect(validateDefinitions(parse(spent, big), [])).toEqual([])
  })

  it('says in words what it is and what is kept', () => {
    const [definition] = parse(spent)
    expect(definition?.kind === 'trait' && describeTrait(definition)).toEqual({
      sentence: 'Sum of total of Order Completed',
      exactness: 'Keeps the total; exact. Numbers count to four decimals. All of history counts.',
    })
  })
})
