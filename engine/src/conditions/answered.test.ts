import type { Event, Json } from '@throughline/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAnswered } from './answered.ts'
import { nobody, toOccurrence, type Leaf, type Occurrence, type View } from './behaviour.ts'
import { makeCompiler } from './compile.ts'
import { bareContext } from './context.ts'

const hour = 3_600_000
const day = 24 * hour
const noon = Date.UTC(2026, 4, 4, 12)

const leaves = new Map<string, Leaf>()
const answered = compileAnswered(makeCompiler(leaves, bareContext))
const [leaf] = [...leaves.values()]
const { memory } = leaf!

let number = 0
function outcome(name: string, message: string, at: number, more: object = {}): Occurrence {
  const event: Event = {
    id: `throughline:${++number}`,
    type: 'outcome',
    name,
    timestamp: at,
    receivedAt: at,
    properties: { message_id: message, channel: 'email', ...more },
    context: {},
    source: 'throughline',
    lane: 0,
    triggers: true,
  }
  return toOccurrence(event)
}
const fold = (occurrences: readonly Occurrence[]): Json | undefined =>
  occurrences.reduce<Json | undefined>((state, one) => memory.add(state, one), undefined)
const seen = (state: Json | undefined): View =>
  state === undefined ? nobody : { ...nobody, memories: { keys: [memory.key], values: [state] } }
const counted = (occurrences: readonly Occurrence[], now: number, channel = 'email') => answered(seen(fold(occurrences)), channel, now)

const told = fc
  .record({
    name: fc.constantFrom('Message Sent', 'Message Opened', 'Message Clicked', 'Message Received'),
    message: fc.integer({ min: 0, max: 40 }),
    at: fc.integer({ min: 0, max: 60 }),
    channel: fc.constantFrom('email', 'sms', 'web-push'),
  })
  .map(({ name, message, at, channel }) => outcome(name, `${channel} ${message}`, noon + at * hour, { channel }))
const history = fc.array(told, { maxLength: 120 })
const plain = (state: Json | undefined): unknown => (state === undefined ? undefined : JSON.parse(JSON.stringify(state)))

describe('what somebody answered by each channel', () => {
  it('is remembered the same in whatever order and however often it is told, and by two people as by one', () => {
    fc.assert(
      fc.property(history, history, history, fc.integer(), (a, b, c, seed) => {
        const [one, two, three] = [fold(a), fold(b), fold(c)]
        const join = (x: Json | undefined, y: Json | undefined): Json | undefined =>
          x === undefined ? y : y === undefined ? x : memory.merge(x, y)
        const all = [...a, ...b, ...c]
        const shuffled = [...all, ...b].map((each, i) => ({ each, by: Math.sin(seed + i) })).sort((x, y) => x.by - y.by)
        const whole = plain(fold(all))
        expect(plain(fold(shuffled.map(({ each }) => each)))).toEqual(whole)
        expect(plain(join(join(one, two), three))).toEqual(whole)
        expect(plain(join(three, join(two, one)))).toEqual(whole)
        expect(plain(join(fold(all), two))).toEqual(whole)
      }),
    )
  })

  it('changes nothing when it is told again, and stays small whatever they got', () => {
    const many = Array.from({ length: 500 }, (_, i) => [
      outcome('Message Sent', `m${i}`, noon + i * hour),
      outcome('Message Opened', `m${i}`, noon + i * hour + 1),
    ]).flat()
    const state = fold(many)!
    expect(memory.add(state, many[999]!)).toBe(state)
    expect(memory.merge(state, state)).toBe(state)
    expect(JSON.stringify(state).length).toBeLessThan(900)
    expect(counted(many, noon + 600 * hour)).toMatchObject({ sent: 16, answered: 16 })
  })

  it('counts a message once however it was answered, and by people alone', () => {
    const got = ['a', 'b', 'c', 'd', 'e'].map((id, i) => outcome('Message Sent', id, noon + i * hour))
    const acts = [
      outcome('Message Opened', 'a', noon + day),
      outcome('Message Clicked', 'a', noon + day, { url: 'https://shop.test' }),
      outcome('Message Received', 'b', noon + day),
      outcome('Message Opened', 'c', noon + day, { machine: true }),
      outcome('Message Opened', 'somebody else’s', noon + day),
      outcome('Message Sent', 'tried out', noon, { test: true }),
      outcome('Message Sent', 'made up', noon, { rehearsed: true }),
      outcome('Message Sent', 'text', noon, { channel: 'sms' }),
    ]
    expect(counted([...got, ...acts], noon + 3 * day)).toMatchObject({ sent: 5, answered: 2 })
    expect(counted([...got, ...acts], noon + 3 * day, 'sms')).toMatchObject({ sent: 1, answered: 0 })
    expect(counted([...got, ...acts], noon + 3 * day, 'web-push')).toMatchObject({ sent: 0, answered: 0 })
  })

  it('counts silence from a day after the message on, an answer at once', () => {
    const sent = outcome('Message Sent', 'a', noon)
    expect(counted([sent], noon + day - 1_000)).toMatchObject({ sent: 0 })
    expect(counted([sent], noon + day)).toMatchObject({ sent: 1, answered: 0 })
    expect(counted([sent, outcome('Message Opened', 'a', noon + hour)], noon + 2 * hour)).toMatchObject({ sent: 1, answered: 1 })
  })

  it('lets a message count half after 90 days', () => {
    const state = [outcome('Message Sent', 'a', noon), outcome('Message Opened', 'a', noon + hour)]
    expect(counted(state, noon + 90 * day)).toEqual({ sent: 1, answered: 1, weightSent: 0.5, weightAnswered: 0.5 })
  })

  it('is not known while history is being read', () => {
    expect(answered({ ...nobody, shardPending: new Set([leaf!.key]) }, 'email', noon)).toBeNull()
  })
})
