import { journeySchema, type JourneyDefinition } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { describeJourney, foldProfile, type Effect } from '../index.ts'
import { did, journey, pause, segment } from '../test/definitions.ts'
import { edges, hour, meet, minute, noon, only, publish, segmentsOf } from '../test/person.ts'

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

  it('is known to the next step of the journey', () => {
    const look = { kind: 'branch', paths: [{ if: did('Offer Earned'), next: 'w' }] }
    const person = meet(publish([journey({ steps: { tell: tell('Offer Earned', 'look'), look, w: pause('1 day') } })]))
    expect(edges(person.hear('Product Added', noon))).toEqual(['entry', 'tell:next', 'look:0'])
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

describe('a step that changes a list', () => {
  const change = (list: string, of: 'add' | 'remove', next?: string) => ({ kind: 'list', list, change: of, ...(next && { next }) })
  const said = (effects: readonly Effect[]) => only(effects, 'fact').filter(({ name }) => name.startsWith('List '))

  it('says so to conditions at once, and nothing to those who stand so already', () => {
    const inList = { kind: 'list', list: 'vip' } as const
    const person = meet(
      publish([
        segment('vips', inList),
        journey({
          reentry: undefined,
          entry: on('Product Added'),
          steps: {
            put: change('vip', 'add', 'look'),
            look: { kind: 'branch', paths: [{ if: inList, next: 'again' }] },
            again: change('vip', 'add', 'w'),
            w: pause('1 hour', 'out'),
            out: change('vip', 'remove'),
          },
        }),
      ]),
    )
    const effects = person.hear('Product Added', noon)
    const about = { list: 'vip', by: 'journey Recover carts', journey: 'j', step: 'put' }
    expect(said(effects)).toMatchObject([{ name: 'List Joined', at: noon, properties: about }])
    expect(only(effects, 'list')).toEqual([{ kind: 'list', list: 'vip', joined: true, at: noon }])
    expect(segmentsOf(person)).toEqual({ vips: noon })
    expect(only(person.pass(noon + hour), 'list')).toMatchObject([{ joined: false }])
    expect(segmentsOf(person)).toEqual({})
    // Put in by hand meanwhile: the step has nothing to do.
    person.hear('List Joined', noon + 2 * hour, { source: 'throughline', properties: { list: 'vip' } })
    expect(only(person.hear('Product Added', noon + 3 * hour), 'list')).toEqual([])
  })
})

describe('a step that notes a consent', () => {
  const note = (state: 'granted' | 'withdrawn', more: object = {}) => ({ kind: 'consent', channel: 'email', state, ...more })
  const both = publish([
    segment('agreed', { kind: 'consent', channel: 'email', is: 'granted' }),
    journey({ id: 'yes', entry: on('Yes'), steps: { a: note('granted') } }),
    journey({
      id: 'no',
      entry: on('No'),
      exits: [{ kind: 'consent-withdrawn', channel: 'email' }],
      steps: { a: note('withdrawn', { next: 'w' }), w: pause('1 day') },
    }),
    journey({ id: 'topic', entry: on('Topic'), steps: { a: note('granted', { topic: 'news' }) } }),
  ])

  it('fills in where nothing was said, and lifts no opt-out, not even one that is told later', () => {
    const person = meet(both)
    expect(only(person.hear('Yes', noon), 'consent')).toEqual([
      { kind: 'consent', channel: 'email', topic: '', state: 'granted', source: 'journey Recover carts', at: noon },
    ])
    expect(segmentsOf(person)).toEqual({ agreed: noon })
    expect(only(person.hear('Yes', noon + minute), 'consent')).toEqual([])
    const early = { timestamp: noon - hour, properties: { channel: 'email', state: 'withdrawn' } }
    person.hear('Consent Changed', noon + 2 * minute, early)
    expect(person.profile.consents.email?.state).toBe('withdrawn')
    expect(only(person.hear('Yes', noon + 3 * minute), 'consent')).toEqual([])
    expect(person.profile.consents.email?.state).toBe('withdrawn')
    person.hear('Topic', noon + 4 * minute)
    expect(person.profile.consents['email:news']?.state).toBe('granted')
  })

  it('withdraws at once, which ends what hangs on it, until the person agrees again', () => {
    const person = meet(both)
    const effects = person.hear('No', noon)
    expect(only(effects, 'consent')).toMatchObject([{ state: 'withdrawn' }])
    expect(edges(effects)).toEqual(['entry', 'a:next', 'left:exit'])
    person.hear('Consent Changed', noon + minute, { properties: { channel: 'email', state: 'granted' } })
    expect(person.profile.consents.email?.state).toBe('granted')
  })

  it('stands the same when the person is folded anew from history', () => {
    for (const said of ['Yes', 'No']) {
      const person = meet(both)
      const facts = only(person.hear(said, noon), 'fact').map(({ id, name, at, properties }) => ({
        id: `throughline:${id}`,
        type: 'fact' as const,
        name,
        timestamp: at,
        receivedAt: at,
        properties,
        context: {},
        source: 'throughline',
        lane: 2 as const,
        triggers: false,
      }))
      expect(foldProfile('p1', noon, facts, { definitions: both }).consents).toEqual(person.profile.consents)
    }
  })
})
