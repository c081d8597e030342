import { journeySchema, type Definition } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emailTemplate, did, inboxTemplate, journey, note, pause, segment } from '../test/definitions.ts'
import { day, edges, hour, meet, minute, noon, only, publish, type Person } from '../test/person.ts'

const always = { kind: 'always' } as const
const on = (event: string) => ({ on: { event }, reentry: always })
const cap = { frequencyCaps: [{ channel: null, times: 1, within: '1 day' }] }
const messages = (person: Person) =>
  only(person.effects, 'message').map(({ journey: id, decision, at }) => `${id} ${decision.kind} +${(at - noon) / hour}`)
const held = (person: Person) =>
  only(person.effects, 'message').flatMap(({ journey: id, decision, reason }) => (decision.kind === 'hold' ? [`${id}: ${reason}`] : []))
const factsOf = (person: Person, name: string) => only(person.effects, 'fact').filter((fact) => fact.name === name)

describe('journeys of different priority', () => {
  it('go in its order at one instant, however they are started, so that the last place under a cap is the more important one’s', () => {
    const wants = (id: string, priority: number, entry: object) =>
      journey({ id, priority, entry: undefined, entries: [entry], reentry: always, steps: { say: note() } })
    const low = wants('a-low', 10, { kind: 'event', on: { event: 'Order Completed' } })
    for (const entry of [
      { kind: 'event', on: { event: 'Order Completed' } },
      { kind: 'segment', segment: 'buyers' },
      { kind: 'trait', trait: 'plan' },
    ]) {
      const setsPlan = journey({
        id: 'b-plan',
        priority: 20,
        entry: on('Order Completed'),
        steps: { set: { kind: 'update-profile', set: { plan: 'pro' } } },
      })
      const high = wants('z-high', 90, entry)
      for (const definitions of [
        [low, setsPlan, high],
        [high, setsPlan, low],
      ]) {
        const person = meet(publish([inboxTemplate, segment('buyers', did('Order Completed')), ...definitions], cap))
        person.hear('Order Completed', noon + hour)
        expect(messages(person)).toEqual(['z-high send +1', 'a-low hold +1'])
      }
    }
  })

  it('and equal ones by their ids', () => {
    const ids = ['b', 'a', 'c']
    const person = meet(publish([inboxTemplate, ...ids.map((id) => journey({ id, entry: on('Visit'), steps: { say: note() } }))], cap))
    person.hear('Visit', noon)
    expect(messages(person)).toEqual(['a send +0', 'b hold +0', 'c hold +0'])
  })

  it('end waits that are over at one instant in its order, before what time starts in less important ones', () => {
    const waits = (id: string, priority: number) => journey({ id, priority, steps: { w: pause('1 hour', 'say'), say: note() } })
    const dated = journey({
      id: 'a-dated',
      priority: 1,
      entry: undefined,
      entries: [{ kind: 'date', trait: 'renewal', at: '14:00', zone: 'shop', days: 0, every: 'once' }],
      steps: { say: note() },
    })
    const person = meet(publish([inboxTemplate, dated, waits('b', 50), waits('c', 70)], cap))
    person.hear('Identified', noon, { type: 'identify', properties: { renewal: '2026-05-04' } })
    person.hear('Product Added', noon + hour)
    person.pass(noon + 3 * hour)
    expect(messages(person)).toEqual(['c send +2', 'b hold +2', 'a-dated hold +2'])
  })
})

const complaint = (alone: object, parts: object = {}) =>
  journey({
    id: 'complaint',
    name: 'Open complaint',
    priority: 90,
    alone,
    entry: on('Complaint Opened'),
    steps: { w: pause('3 days') },
    ...parts,
  })
const news = (id: string, parts: object = {}) => journey({ id, entry: on('Visit'), steps: { say: note() }, ...parts })

describe('a journey that others stay out of', () => {
  const stayOut = { others: 'stay-out' }

  it('has less important ones take nobody in meanwhile, with the reason, once for each, and counted', () => {
    const person = meet(publish([inboxTemplate, complaint(stayOut), news('news'), news('vip', { priority: 95 })]))
    person.hear('Complaint Opened', noon)
    expect(edges(person.hear('Visit', noon + hour)).filter((edge) => edge === 'kept-out')).toHaveLength(1)
    person.hear('Visit', noon + 2 * hour)
    expect(messages(person)).toEqual(['vip send +1', 'vip send +2'])
    expect(factsOf(person, 'Journey Refused').map(({ properties }) => properties)).toEqual([
      {
        journey: 'news',
        version: 1,
        because: 'complaint',
        reason: 'Not let in: is in Open complaint, which is more important and keeps others out',
      },
    ])
    person.hear('Visit', noon + 4 * day)
    expect(messages(person)).toEqual(['vip send +1', 'vip send +2', 'vip send +96', 'news send +96'])
  })

  it('lets those go on who were in others before, and service messages go out, but not the marketing beside them', () => {
    const steps = { w: pause('2 hours', 'say'), say: note() }
    const receipt = { w: pause('2 hours', 'receipt'), receipt: { ...note('offer'), purpose: 'transactional' }, offer: note() }
    const person = meet(
      publish([
        inboxTemplate,
        complaint(stayOut),
        news('before', { steps }),
        news('order', { entry: on('Order Completed'), steps: receipt }),
      ]),
    )
    person.hear('Visit', noon)
    person.hear('Complaint Opened', noon + hour)
    person.hear('Order Completed', noon + 2 * hour)
    person.pass(noon + day)
    expect(messages(person)).toEqual(['before send +2', 'order send +4', 'order hold +4'])
    expect(held(person)).toEqual(['order: Held back: is in Open complaint, which is more important and keeps others out'])
  })

  it('keeps nobody out while it is paused', () => {
    const definitions = [inboxTemplate, complaint(stayOut), news('news')]
    const person = meet(publish(definitions))
    person.hear('Complaint Opened', noon)
    person.definitions = publish(definitions, {}, { complaint: { epoch: 9, state: 'paused', since: noon + minute } })
    person.hear('Visit', noon + hour)
    expect(messages(person)).toEqual(['news send +1'])
  })
})

describe('a journey that others wait for', () => {
  const wait = { others: 'wait', atMost: '5 days' }

  it('holds their marketing back until it is over, when all is asked again', () => {
    const again = { steps: { say: { ...note('more'), purpose: 'transactional' }, more: note('last'), last: note() } }
    const person = meet(
      publish([
        inboxTemplate,
        complaint(wait, { exitOn: [{ event: 'Complaint Solved' }] }),
        news('news', again),
        news('gone', { goal: { on: { event: 'Order Completed' } } }),
      ]),
    )
    person.hear('Complaint Opened', noon)
    person.hear('Visit', noon + hour)
    expect(messages(person)).toEqual(['news send +1'])
    expect(factsOf(person, 'Message Delayed').map(({ properties: { journey: id, rule, reason } }) => [id, rule, reason])).toEqual([
      ['gone', 'alone', 'Held while they are in Open complaint, which is more important'],
      ['news', 'alone', 'Held while they are in Open complaint, which is more important'],
    ])
    person.hear('Order Completed', noon + 2 * hour)
    person.hear('Complaint Solved', noon + 30 * hour)
    person.pass(noon + 31 * hour)
    expect(messages(person)).toEqual(['news send +1', 'news send +30', 'news send +30'])
  })

  it('no longer than it says, and by the best of several channels as well', () => {
    const best = {
      kind: 'best-message',
      channels: [
        { channel: 'email', template: 'mail' },
        { channel: 'inbox', template: 'note' },
      ],
    }
    const person = meet(
      publish([
        inboxTemplate,
        emailTemplate,
        complaint(wait, { steps: { w: pause('20 days') } }),
        news('news'),
        news('best', { steps: { best } }),
      ]),
    )
    person.hear('Complaint Opened', noon)
    person.hear('Visit', noon + hour)
    person.pass(noon + 10 * day)
    expect(messages(person)).toEqual(['best hold +121', 'news hold +121'])
    expect(held(person)[1]).toBe('news: Held back: waited 5 days for Open complaint to be over, which is more important')
  })
})

const names = ['A', 'B', 'C'] as const
const groups = ['fans', 'any', 'both']
const priorities = fc.constantFrom(undefined, 10, 50, 90)
const drawn = fc.array(
  fc.record({
    priority: priorities,
    alone: fc.constantFrom(undefined, undefined, { others: 'stay-out' }, { others: 'wait', atMost: '6 hours' }),
    entry: fc.constantFrom(...names, ...groups, 'plan'),
    waits: fc.constantFrom(undefined, 'A', 'B'),
    sets: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6 },
)
const history = fc.array(fc.record({ name: fc.constantFrom(...names), after: fc.constantFrom(0, hour, 3 * hour) }), { maxLength: 8 })

it('gives a person the same, in whatever order their journeys and segments were published', { timeout: 180_000 }, () => {
  const segments = [
    segment('fans', did('B', '3 hours')),
    segment('any', did('A')),
    segment('both', { kind: 'all', of: [did('A'), did('B')] }),
  ]
  fc.assert(
    fc.property(drawn, history, fc.infiniteStream(fc.nat()), (parts, events, order) => {
      const journeys = parts.map(({ priority, alone, entry, waits, sets }, n): Definition => {
        const say = { ...note('pause'), purpose: n === 3 ? 'transactional' : 'marketing' }
        const entries = groups.includes(entry)
          ? [{ kind: 'segment', segment: entry }]
          : entry === 'plan'
            ? [{ kind: 'trait', trait: 'plan' }]
            : [{ kind: 'event', on: { event: entry } }]
        return journeySchema.parse({
          kind: 'journey',
          id: `j${n}`,
          name: `j${n}`,
          priority,
          alone: priority === undefined ? undefined : alone,
          entries,
          reentry: always,
          start: waits === undefined ? 'say' : 'wait',
          steps: {
            ...(waits !== undefined && {
              wait: { kind: 'wait-for', any: [{ on: { event: waits }, next: 'say' }], upTo: '2 hours', otherwise: 'say' },
            }),
            say,
            pause: pause('1 hour', sets ? 'set' : undefined),
            ...(sets && { set: { kind: 'update-profile', set: { plan: `p${n}` } } }),
          },
        })
      })
      const all = [inboxTemplate, ...segments, ...journeys]
      const [one, other] = [all, shuffle(all, order)].map((definitions) => {
        const person = meet(publish(definitions, { frequencyCaps: [{ channel: null, times: 2, within: '6 hours' }] }))
        let at = noon
        for (const { name, after } of events) person.hear(name, (at += after))
        person.pass(at + 6 * hour)
        return person
      })
      expect(other!.effects).toEqual(one!.effects)
      expect(other!.profile.runs).toEqual(one!.profile.runs)
    }),
    { numRuns: 40 },
  )
})

function shuffle<T>(items: readonly T[], order: Iterable<number>): readonly T[] {
  const left = [...items]
  const shuffled: T[] = []
  for (const n of order) {
    if (left.length === 0) break
    shuffled.push(...left.splice(n % left.length, 1))
  }
  return shuffled
}
