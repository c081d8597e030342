import type { Event } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import {
  adoptProfile,
  beginRefold,
  foldLeaves,
  foldProfile,
  leavesOf,
  lookUp,
  entriesOf,
  mergeProfiles,
  retireProfile,
  valueOf,
} from '../index.ts'
import { inboxTemplate, journey, note, pause, segment } from '../test/definitions.ts'
import { day, facts, hour, meet, segmentsOf, noon, only, publish, type Person } from '../test/person.ts'

const twice = { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: 2 } } as const
const definitions = publish([
  inboxTemplate,
  segment('twice', twice),
  segment('british', { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'GB' } }),
  journey({ id: 'a', entry: { on: { event: 'A' } }, steps: { w: pause('1 day', 'say'), say: note() } }),
  journey({ id: 'b', entry: { on: { event: 'B' } }, steps: { w: pause('1 day', 'say'), say: note() } }),
  journey({ id: 'seg', entry: { on: { event: 'Segment Entered' } }, steps: { say: note() } }),
])

function pair(): { winner: Person; loser: Person } {
  return { winner: meet(definitions, 'p1'), loser: meet(definitions, 'p2') }
}
const merge = ({ winner, loser }: { winner: Person; loser: Person }, now = noon + hour) =>
  winner.take((profile, ctx) => mergeProfiles(profile, loser.profile, ctx), now)
const identify = (person: Person, properties: Event['properties'], at: number) =>
  person.hear('Identified', at, { type: 'identify', properties })

describe('two profiles that prove to be one', () => {
  it('keep what the winner says, fill what it does not, and lose nothing', () => {
    const people = pair()
    identify(people.winner, { country: 'GB', city: '', plan: null }, noon)
    identify(people.loser, { country: 'FR', city: 'Lyon', plan: 'pro', age: 30 }, noon + 1)
    merge(people)
    expect(people.winner.profile.traits).toEqual({
      country: ['GB', noon],
      city: ['Lyon', noon + 1, true],
      plan: ['pro', noon + 1, true],
      age: [30, noon + 1, true],
    })
  })

  it('go by the later of two words about one that was merged, and by their own whenever these say something', () => {
    const people = pair()
    identify(people.winner, { emptied: null }, noon + 2)
    identify(people.loser, { emptied: 'x', age: 30, plan: 'pro', city: 'Lyon' }, noon + 1)
    merge(people)
    // What had been told of the loser before, and is only heard now; then what the person says, some of it late.
    const old = (traits: Event['properties'], at: number) =>
      people.winner.hear('Identified', noon + 2 * hour, { type: 'identify', properties: traits, timestamp: at, merged: true })
    old({ age: 29, plan: 'free', city: 'Metz', size: 'M' }, noon)
    old({ plan: 'gold' }, noon + 2)
    identify(people.winner, { city: null, size: 'L' }, noon + 3 * hour)
    people.winner.hear('Identified', noon + 4 * hour, { type: 'identify', properties: { age: 31 }, timestamp: noon - 1 })
    old({ size: 'S', age: 5 }, noon + 5 * hour)
    expect(people.winner.profile.traits).toEqual({
      emptied: [null, noon + 2],
      age: [31, noon - 1],
      plan: ['gold', noon + 2, true],
      city: [null, noon + 3 * hour],
      size: ['L', noon + 3 * hour],
    })
  })

  it('are opted out when the opt-out of the one that was merged is heard late', () => {
    const { winner } = pair()
    winner.hear('Consent Changed', noon + 2, { properties: { channel: 'email', state: 'granted' } })
    winner.hear('Consent Changed', noon + hour, { properties: { channel: 'email', state: 'withdrawn' }, timestamp: noon, merged: true })
    expect(winner.profile.consents).toMatchObject({ email: { state: 'withdrawn' } })
  })

  it('keep every opt-out and every suppressed address', () => {
    const people = pair()
    const say = (person: Person, channel: string, state: string, at: number) =>
      person.hear('Consent Changed', at, { properties: { channel, state } })
    say(people.loser, 'email', 'withdrawn', noon)
    say(people.winner, 'email', 'granted', noon + 1)
    say(people.winner, 'webhook', 'withdrawn', noon)
    say(people.loser, 'webhook', 'granted', noon + 1)
    const about = (address: string, reason?: string) => ({
      properties: { channel: 'email', address, ...(reason !== undefined && { reason }) },
    })
    people.loser.hear('Address Suppressed', noon, about('A@b.c', 'bounced'))
    people.loser.hear('Address Suppressed', noon, about('d@b.c', 'unsubscribed'))
    people.winner.hear('Address Released', noon + 1, about('d@b.c'))
    merge(people)
    expect(people.winner.profile.consents).toMatchObject({ email: { state: 'withdrawn' }, webhook: { state: 'withdrawn' } })
    expect(people.winner.profile.suppressed).toEqual({ 'email:a@b.c': ['bounced', noon], 'email:d@b.c': ['', noon + 1] })
  })

  it('add up what they did, as history that triggers nothing', () => {
    const people = pair()
    people.winner.hear('Product Viewed', noon)
    people.loser.hear('Product Viewed', noon + 1)
    const effects = merge(people)
    expect(facts(effects)).toEqual(['Profiles Merged +60', 'Segment Entered +60'])
    expect(only(effects, 'fact')[1]?.properties).toEqual({ segment: 'twice', filled: true })
    expect(people.winner.profile.runs).toEqual([])
  })

  it('keep one run of a journey, the earlier one, and take the others over under their ids', () => {
    const people = pair()
    people.winner.hear('A', noon + 1)
    people.loser.hear('A', noon)
    people.loser.hear('B', noon + 2)
    const [theirA, theirB] = people.loser.profile.runs
    const effects = merge(people)
    expect(people.winner.profile.runs).toEqual([theirA, theirB])
    expect(only(effects, 'run-over')).toMatchObject([{ journey: 'a', reason: 'merged with a run that began earlier' }])
    expect(only(effects, 'run-at').map(({ run }) => run.id)).toEqual([theirA?.id, theirB?.id])
    expect(people.winner.profile.entries).toEqual({ a: { count: 2, lastAt: noon + 1 }, b: { count: 1, lastAt: noon + 2 } })
    people.winner.pass(noon + 2 * day)
    expect(only(people.winner.effects, 'message')).toHaveLength(2)
  })

  it('wait for leaves that were pending on either side', () => {
    const people = pair()
    const key = leavesOf(twice)[0]!.key
    people.loser.profile = { ...people.loser.profile, pending: [key] }
    merge(people)
    expect(valueOf(twice, people.winner.profile, { now: noon + hour, pending: new Set() })).toBe('pending')
  })

  it('leave nobody behind under the name of the loser', () => {
    const { loser } = pair()
    loser.hear('Product Viewed', noon)
    loser.hear('Product Viewed', noon + 1)
    loser.hear('A', noon + 2)
    const effects = retireProfile(loser.profile)
    expect(only(effects, 'segment')).toEqual([{ kind: 'segment', segment: 'twice', change: -1 }])
    expect(only(effects, 'run-over').map(({ run }) => run)).toEqual(loser.profile.runs.map(({ id }) => id))
  })
})

describe('a profile folded from history', () => {
  const event = (name: string, at: number, extra: Partial<Event> = {}): Event => ({
    id: `web:${name}${at}`,
    type: 'track',
    name,
    timestamp: at,
    receivedAt: at,
    properties: {},
    context: {},
    source: 'web',
    lane: 0,
    triggers: true,
    ...extra,
  })
  const history = [
    event('Identified', noon, { type: 'identify', properties: { country: 'GB', email: 'a@b.c' } }),
    event('Product Viewed', noon + 1),
    event('Product Viewed', noon + 2),
    event('Consent Changed', noon + 3, { properties: { channel: 'email', state: 'withdrawn' } }),
    event('Address Suppressed', noon + 4, { properties: { channel: 'email', address: 'a@b.c', reason: 'bounced' } }),
    event('Journey Entered', noon + 5, { type: 'fact', properties: { journey: 'a' } }),
  ]

  it('knows what one knows who lived through it, in whatever order the events are read', () => {
    const lived = meet(definitions, 'p1')
    for (const { name, receivedAt, ...extra } of history) lived.hear(name, receivedAt, extra)
    for (const events of [history, history.toReversed()]) {
      const folded = foldProfile('p1', noon, events, { definitions })
      const { traits, consents, suppressed, memories } = lived.profile
      expect(new Map(entriesOf(folded.memories))).toEqual(new Map(entriesOf(memories)))
      expect(folded).toMatchObject({ traits, consents, suppressed, entries: { a: { count: 1, lastAt: noon + 5 } } })
    }
  })

  it('gives a leaf the state it would have live', () => {
    const lived = meet(definitions, 'p1')
    for (const { name, receivedAt, ...extra } of history) lived.hear(name, receivedAt, extra)
    const key = leavesOf(twice)[0]!.key
    expect(foldLeaves([key], history.toReversed(), definitions)[key]).toEqual(
      lookUp(lived.profile.memories, leavesOf(twice)[0]!.memory.key),
    )
    expect(foldLeaves([key, 'gone'], [], definitions)).toEqual({})
  })

  it('counts a fact once that was heard live and is read from history again', () => {
    const left = { kind: 'event', event: 'Journey Left', times: { op: 'at-least', n: 2 } } as const
    const withFacts = publish([inboxTemplate, segment('left', left), journey({ steps: { say: note() } })])
    const person = meet(withFacts, 'p1')
    const fact = only(person.hear('Product Added', noon), 'fact').find(({ name }) => name === 'Journey Left')!
    const stored = event(fact.name, fact.at, {
      id: `throughline:${fact.id}`,
      type: 'fact',
      properties: fact.properties,
      source: 'throughline',
      lane: 2,
    })
    const key = leavesOf(left)[0]!.key
    expect(foldLeaves([key], [stored], withFacts)[key]).toEqual(lookUp(person.profile.memories, leavesOf(left)[0]!.memory.key))
  })

  it('is adopted with what was learned since it began to be folded', () => {
    const person = meet(definitions, 'p1')
    identify(person, { country: 'GB', email: 'other@b.c' }, noon)
    person.hear('Product Viewed', noon)
    person.hear('Product Viewed', noon + 1)
    person.profile = beginRefold(person.profile, { definitions, now: noon, pending: new Set() })
    expect(person.profile.traits).toEqual({})
    identify(person, { plan: 'pro' }, noon + 10)
    person.hear('Product Viewed', noon + 11)
    expect(segmentsOf(person)).toEqual({ british: noon, twice: noon + 1 })
    // The history turns out to hold one of the two views, and no country.
    const folded = foldProfile('p1', noon, [event('Product Viewed', noon + 1)], { definitions })
    person.take((profile, ctx) => adoptProfile(profile, folded, ctx), noon + 20)
    expect(person.profile.traits).toEqual({ plan: ['pro', noon + 10] })
    expect(segmentsOf(person)).toEqual({ twice: noon + 1 })
    expect(person.profile.pending).toBeUndefined()
  })
})
