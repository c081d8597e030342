import { describe, expect, it } from 'vitest'
import { adoptLeaves, type JourneyStanding } from '../index.ts'
import { inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, edges, hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const cart = journey({
  goal: { on: { event: 'Order Completed' } },
  entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
  steps: { w: pause('1 hour', 'say'), say: note('x'), x: pause('1 hour') },
})
const definitions = [inboxTemplate, cart]

/** Makes the journey stand so, and looks at the person again, as after every publication. */
function stand(person: Person, state: JourneyStanding['state'], at: number) {
  person.definitions = publish(definitions, {}, { j: { epoch: 3, state, since: at } })
  return person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), at)
}

describe('a journey that is', () => {
  it('paused lets nobody in, moves nobody, and lets people go who reach its goal', () => {
    const [person, buyer, late] = [meet(publish(definitions)), meet(publish(definitions)), meet(publish(definitions))]
    person.hear('Product Added', noon)
    buyer.hear('Product Added', noon)
    for (const one of [person, buyer, late]) stand(one, 'paused', noon + 1)
    expect(person.due).toBeNull()
    expect(late.hear('Product Added', noon + 2)).toEqual([])
    expect(edges(buyer.hear('Order Completed', noon + 2))).toEqual(['goal:0', 'left:goal'])
    expect(person.pass(noon + 5 * day)).toEqual([])
    expect(edges(stand(person, 'live', noon + 5 * day))).toEqual([])
    expect(only(person.pass(noon + 5 * day), 'message')).toMatchObject([{ at: noon + 5 * day }])
    expect(person.profile.runs).toMatchObject([{ step: 'x', wakesAt: noon + 5 * day + hour }])
  })

  it('draining lets nobody in, and those inside finish', () => {
    const person = meet(publish(definitions))
    person.hear('Product Added', noon)
    stand(person, 'draining', noon + 1)
    expect(edges(person.pass(noon + day))).toEqual(['w:next', 'say:next', 'x:next', 'left:end'])
    expect(person.hear('Product Added', noon + 2 * day)).toEqual([])
  })

  it('stopped or archived is left by everybody with a reason, and what they were about to be told is called back', () => {
    for (const state of ['stopped', 'archived'] as const) {
      const person = meet(publish(definitions))
      person.hear('Product Added', noon)
      const left = stand(person, state, noon + 1)
      expect(only(left, 'run-over')).toMatchObject([{ reason: 'the journey was stopped' }])
      expect(only(left, 'unsend')).toMatchObject([{ reason: 'Not sent: Recover carts was stopped before it went out' }])
      expect(person.profile.runs).toEqual([])
      expect(person.hear('Product Added', noon + 2)).toEqual([])
      stand(person, 'live', noon + 3)
      expect(edges(person.hear('Product Added', noon + 4))).toEqual(['entry'])
    }
  })
})
