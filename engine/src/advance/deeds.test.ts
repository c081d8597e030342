import { journeySchema, type JourneyDefinition } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { describeJourney } from '../index.ts'
import { did, journey, pause, segment } from '../test/definitions.ts'
import { hour, meet, noon, only, publish, segmentsOf } from '../test/person.ts'

const on = (event: string) => ({ on: { event }, reentry: { kind: 'always' } })
const tell = (event: string, next?: string, properties: object = {}) => ({ kind: 'send-event', event, properties, ...(next && { next }) })

describe('a step that sends an event', () => {
  const definitions = [
    segment('earners', did('Offer Earned')),
    journey({
      steps: {
        w: pause('1 hour', 'tell'),
        tell: tell('Offer Earned', 'rest', {
          offer: 'spring',
          limit: 3,
          plan: { trait: 'plan' },
          order_id: { event: 'cart.id' },
          gone: { trait: 'gone' },
        }),
        rest: pause('1 day'),
      },
    }),
    journey({ id: 'thanks', entry: on('Offer Earned'), steps: { w: pause('1 day') } }),
  ]

  it('says it at the instant of passing, with what stands there and what is taken, to segments and other journeys', () => {
    const person = meet(publish(definitions))
    person.hear('Identified', noon, { type: 'identify', properties: { plan: 'pro' } })
    person.hear('Product Added', noon, { properties: { cart: { id: 'c1' } } })
    const effects = person.pass(noon + hour)
    const properties = { offer: 'spring', limit: 3, plan: 'pro', order_id: 'c1', journey: 'j', step: 'tell' }
    expect(only(effects, 'fact').filter(({ name }) => name === 'Offer Earned')).toMatchObject([{ at: noon + hour, properties }])
    expect(segmentsOf(person)).toEqual({ earners: noon + hour })
    expect(person.profile.runs.find((run) => run.journey === 'thanks')?.trigger).toMatchObject({ name: 'Offer Earned', properties })
  })

  it('says it with the same id when the same is done again', () => {
    const [once, again] = [0, 1].map(() => {
      const person = meet(publish(definitions))
      person.hear('Product Added', noon)
      return only(person.pass(noon + hour), 'fact').map(({ id }) => id)
    })
    expect(again).toEqual(once)
    expect(new Set(once).size).toBe(once!.length)
  })

  it('ends a circle of journeys that start each other', () => {
    const person = meet(
      publish([
        journey({ id: 'ping', entry: on('Ping'), steps: { a: tell('Pong') } }),
        journey({ id: 'pong', entry: on('Pong'), steps: { a: tell('Ping') } }),
        journey({ id: 'self', entry: on('Self'), steps: { a: tell('Self') } }),
      ]),
    )
    for (const name of ['Ping', 'Self']) {
      const entered = only(person.hear(name, noon), 'fact').filter((fact) => fact.name === 'Journey Entered')
      expect(entered.length).toBeGreaterThan(5)
      expect(entered.length).toBeLessThan(15)
    }
  })

  it('has a name that only Throughline or the shop says refused, and the properties that it says anyway', () => {
    const parse = (step: object) => journeySchema.safeParse({ ...journey({ steps: { a: tell('Fine') } }), steps: { a: step } })
    for (const name of ['Consent Changed', 'List Joined', 'Message Opened', 'Order Completed', ''])
      expect(parse(tell(name)).error?.issues).toMatchObject([{ path: ['steps', 'a', 'event'] }])
    expect(parse(tell('Fine', undefined, { journey: 'x' })).success).toBe(false)
    expect(parse(tell('Fine', undefined, { x: { kind: 'nothing' } })).success).toBe(false)
  })

  it('reads as a sentence', () => {
    expect(describeJourney(definitions[1] as JourneyDefinition)).toContain(
      'tell: send the event Offer Earned with offer "spring", limit 3, plan from the trait plan, order_id from cart.id of what started it, gone from the trait gone; then go on to rest.',
    )
  })
})
