import { describe, expect, it } from 'vitest'
import { did, emailTemplate, inboxTemplate, journey, mail, note, pause } from '../test/definitions.ts'
import { day, edges, hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const ways = [
  { on: 'clicked', link: '/sale', next: 'sale' },
  { on: 'clicked', next: 'warm' },
  { on: 'opened', next: 'seen' },
  { on: 'not-sent', next: 'sms' },
]
const ends = Object.fromEntries(['sale', 'warm', 'seen', 'sms', 'cold', 'gone'].map((id) => [id, { kind: 'exit', reason: id }]))
const asking = (parts: object, before: object = { say: note('react') }) =>
  publish([
    inboxTemplate,
    emailTemplate,
    journey({
      start: 'say',
      steps: { ...before, react: { kind: 'reaction', of: 'say', ways, upTo: '1 day', otherwise: 'cold', ...parts }, ...ends },
      entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
    }),
  ])

/** What comes back of the message that was said last, unless another is named. */
function answer(person: Person, name: string, at: number, properties: object = {}, id = only(person.effects, 'message').at(-1)!.id) {
  return person.hear(name, at, { type: 'outcome', source: 'throughline', properties: { message_id: id, channel: 'inbox', ...properties } })
}
const left = (person: Person) => only(person.effects, 'run-over').map(({ reason }) => reason)

describe('a reaction', () => {
  it('takes the way of what becomes of the message first, and the link that was clicked', () => {
    for (const [name, properties, way] of [
      ['Message Opened', {}, 'seen'],
      ['Message Clicked', { url: 'https://shop.example/new' }, 'warm'],
      ['Message Clicked', { url: 'https://shop.example/sale?utm_source=x' }, 'sale'],
      ['Message Failed', {}, 'sms'],
      ['Message Bounced', {}, 'cold'],
    ] as const) {
      const person = meet(asking({}))
      person.hear('Product Added', noon)
      answer(person, 'Message Delivered', noon + 1)
      expect(left(person)).toEqual([])
      answer(person, name, noon + hour, properties)
      expect(left(person)).toEqual([way])
      expect(person.due).toBeNull()
    }
  })

  it('hears a reply to its own message, and only what Throughline itself tells of one', () => {
    const replied = asking({ ways: [{ on: 'replied', next: 'warm' }] })
    const person = meet(replied)
    person.hear('Product Added', noon)
    answer(person, 'Message Received', noon + 1, { text: 'Yes' }, 'another message')
    person.hear('Message Received', noon + 2, { properties: { message_id: only(person.effects, 'message').at(-1)!.id } })
    expect(left(person)).toEqual([])
    answer(person, 'Message Received', noon + hour, { text: 'Yes' })
    expect(left(person)).toEqual(['warm'])
  })

  it('takes the other way at the millisecond at which the time is up, and what comes later counts for nothing', () => {
    const person = meet(asking({}))
    person.hear('Product Added', noon)
    answer(person, 'Message Opened', noon + hour, { machine: true })
    answer(person, 'Message Opened', noon + hour, {}, 'another message')
    person.pass(noon + day - 1)
    expect(left(person)).toEqual([])
    person.pass(noon + day)
    expect(left(person)).toEqual(['cold'])

    const late = meet(asking({}))
    late.hear('Product Added', noon)
    answer(late, 'Message Opened', noon + day)
    expect(left(late)).toEqual(['seen'])
    const later = meet(asking({}))
    later.hear('Product Added', noon)
    // The worker is late: the timer of noon the next day has not fired when the open is heard.
    const [said] = only(later.effects, 'message')
    later.hear('Message Opened', noon + day + 1, {
      early: true,
      type: 'outcome',
      source: 'throughline',
      properties: { message_id: said!.id },
    })
    expect(left(later)).toEqual([])
    later.fireLate(noon + 2 * day)
    expect(left(later)).toEqual(['cold'])
  })

  it('passes at once for what has happened already, the way that stands first going before', () => {
    const person = meet(asking({}, { say: note('later'), later: pause('2 days', 'react') }))
    person.hear('Product Added', noon)
    answer(person, 'Message Opened', noon + hour)
    answer(person, 'Message Clicked', noon + 2 * hour, { url: 'https://shop.example/' })
    person.pass(noon + 2 * day)
    expect(left(person)).toEqual(['warm'])
  })

  it('takes the way of what was not sent at once, by policy or since the run was never there', () => {
    const held = meet(asking({}, { say: mail('react') }))
    held.hear('Product Added', noon)
    expect(left(held)).toEqual(['sms'])
    const none = meet(asking({ ways: [ways[1]] }, { say: mail('react') }))
    none.hear('Product Added', noon)
    expect(left(none)).toEqual(['cold'])
    const past = { say: { kind: 'branch', paths: [{ if: did('Never'), next: 'said' }], otherwise: 'react' }, said: note('react') }
    const never = meet(asking({ of: 'said' }, past))
    never.hear('Product Added', noon)
    expect(left(never)).toEqual(['sms'])
  })

  it('hears only of the message of its own run, and of the latest where the step was passed twice', () => {
    const person = meet(asking({ upTo: '1 hour', otherwise: 'again' }, { say: note('react'), again: pause('1 hour', 'say') }))
    person.hear('Product Added', noon)
    const [first] = only(person.effects, 'message')
    person.pass(noon + 2 * hour)
    expect(only(person.effects, 'message')).toHaveLength(2)
    answer(person, 'Message Clicked', noon + 2 * hour + 1, {}, first!.id)
    expect(left(person)).toEqual([])
    answer(person, 'Message Clicked', noon + 2 * hour + 2)
    expect(left(person)).toEqual(['warm'])
  })

  it('ranked waits for the best, and takes the best of what has come when the time is up', () => {
    const definitions = asking({ ranked: true })
    const patient = meet(definitions)
    patient.hear('Product Added', noon)
    answer(patient, 'Message Opened', noon + hour)
    answer(patient, 'Message Clicked', noon + 2 * hour, { url: 'https://shop.example/' })
    expect(left(patient)).toEqual([])
    patient.pass(noon + day)
    expect(left(patient)).toEqual(['warm'])
    const best = meet(definitions)
    best.hear('Product Added', noon)
    answer(best, 'Message Opened', noon + hour)
    answer(best, 'Message Clicked', noon + 2 * hour, { url: 'https://shop.example/sale' })
    expect(left(best)).toEqual(['sale'])
    const over = meet(definitions)
    over.hear('Product Added', noon)
    answer(over, 'Message Held Back', noon + hour)
    expect(left(over)).toEqual(['sms'])
  })

  it('counts what was told while the journey stood still', () => {
    const standing = (state: 'live' | 'paused', since: number) => ({ epoch: 1, state, since })
    const person = meet(asking({}))
    person.hear('Product Added', noon)
    const live = person.definitions
    person.definitions = { ...live, standings: new Map([['j', standing('paused', noon + 1)]]) }
    answer(person, 'Message Clicked', noon + hour)
    expect(left(person)).toEqual([])
    person.definitions = { ...live, standings: new Map([['j', standing('live', noon + 3 * day)]]) }
    person.fireLate(noon + 3 * day)
    expect(left(person)).toEqual(['warm'])
  })
})

it('waits ranked for events: the best ends it, another waits for the time to be up', () => {
  const any = ['Order Completed', 'Cart Viewed', 'Page Viewed'].map((event, n) => ({ on: { event }, next: ['sale', 'warm', 'seen'][n] }))
  const waiting = { kind: 'wait-for', any, upTo: '1 day', ranked: true, otherwise: 'cold' }
  const definitions = publish([journey({ start: 'wait', steps: { wait: waiting, ...ends } })])
  const live = (...events: readonly string[]): readonly string[] => {
    const person = meet(definitions)
    person.hear('Product Added', noon)
    for (const [n, event] of events.entries()) person.hear(event, noon + (n + 1) * hour)
    const early = left(person).length === 1
    person.pass(noon + day)
    return [...left(person), early ? 'early' : 'at the limit']
  }
  expect(live('Page Viewed', 'Order Completed')).toEqual(['sale', 'early'])
  expect(live('Cart Viewed', 'Page Viewed')).toEqual(['warm', 'at the limit'])
  expect(live('Page Viewed')).toEqual(['seen', 'at the limit'])
  expect(live()).toEqual(['cold', 'at the limit'])
})

it('branches on what came of an earlier step: sent, held by a rule, which way, or never there', () => {
  const look = (is: object, of = 'say') => ({ kind: 'step-result', of, paths: [{ is, next: 'warm' }], otherwise: 'cold' })
  const run = (step: object, say: object = note('react'), heard?: string): string => {
    const steps = {
      fork: { kind: 'branch', paths: [{ if: did('Page Viewed'), next: 'say' }], otherwise: 'pause' },
      say,
      pause: pause('1 hour', 'react'),
    }
    const person = meet(publish([inboxTemplate, emailTemplate, journey({ start: 'fork', steps: { ...steps, react: step, ...ends } })]))
    if (heard === 'before') person.hear('Page Viewed', noon - 1)
    person.hear('Product Added', noon)
    person.pass(noon + day)
    return left(person)[0]!
  }
  expect(run(look({ kind: 'sent' }), note('react'), 'before')).toBe('warm')
  expect(run(look({ kind: 'sent' }), mail('react'), 'before')).toBe('cold')
  expect(run(look({ kind: 'sent' }))).toBe('cold')
  expect(run(look({ kind: 'held' }), mail('react'), 'before')).toBe('warm')
  expect(run(look({ kind: 'held', rule: 'consent' }), mail('react'), 'before')).toBe('warm')
  expect(run(look({ kind: 'held', rule: 'reachability' }), mail('react'), 'before')).toBe('cold')
  expect(run(look({ kind: 'way', way: 0 }, 'fork'), note('react'), 'before')).toBe('warm')
  expect(run(look({ kind: 'way', way: 0 }, 'fork'))).toBe('cold')
  expect(run(look({ kind: 'way', way: 'otherwise' }, 'fork'))).toBe('warm')
  expect(run(look({ kind: 'not-taken' }))).toBe('warm')
  expect(run(look({ kind: 'not-taken' }), note('react'), 'before')).toBe('cold')
})

it('keeps nothing of messages and ways that no step asks about', () => {
  const person = meet(publish([inboxTemplate, journey({ steps: { say: note('w'), w: pause('1 hour') } })]))
  person.hear('Product Added', noon)
  expect(Object.keys(person.profile.runs[0]!)).not.toContain('said')
  expect(Object.keys(person.profile.runs[0]!)).not.toContain('took')
  expect(edges(person.effects)).toContain('say:next')
})
