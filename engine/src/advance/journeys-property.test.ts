import type { Definition } from '@throughline/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { did, inboxTemplate, journey, note, pause, segment } from '../test/definitions.ts'
import { hour, meet, noon, only, publish, type Person } from '../test/person.ts'

const names = ['A', 'B', 'C', 'Pay'] as const
const always = { kind: 'always' } as const
const definitions: readonly Definition[] = [
  inboxTemplate,
  segment('fans', did('B', '3 hours')),
  journey({
    id: 'cart',
    entry: undefined,
    key: 'k',
    entries: [{ kind: 'event', on: { event: 'A' } }],
    reentry: { kind: 'after-leaving', time: '1 hour' },
    goals: [
      { on: { event: 'Pay' }, key: 'k', within: '5 hours' },
      { on: { event: 'C' }, afterwards: 'stay' },
    ],
    steps: {
      wait: { kind: 'wait-for', any: [{ on: { event: 'B' }, key: 'k', next: 'say' }], upTo: '2 hours', otherwise: 'go' },
      say: note('pause'),
      pause: pause('1 hour', 'wait'),
      go: { kind: 'start-journey', journey: 'next' },
    },
  }),
  journey({
    id: 'next',
    entry: undefined,
    entries: [{ kind: 'journey' }, { kind: 'segment', segment: 'fans' }],
    reentry: always,
    perPerson: { times: 3, within: '6 hours' },
    exits: [
      { kind: 'segment-left', segment: 'fans' },
      { kind: 'condition', if: did('C', '1 hour') },
    ],
    steps: {
      split: { kind: 'branch', paths: [{ if: did('Pay'), next: 'stop' }], otherwise: 'w' },
      w: pause('4 hours', 'say'),
      say: note(),
      stop: { kind: 'stop-journey', journey: 'cart', next: 'w' },
    },
  }),
]
const compiled = publish(definitions)

const events = fc.array(
  fc.record({ name: fc.constantFrom(...names), k: fc.constantFrom('x', 'y', 'z', null), after: fc.integer({ min: 0, max: 3 * hour }) }),
  { maxLength: 25 },
)

function live(history: readonly { name: string; k: string | null; after: number }[]): Person {
  const person = meet(compiled)
  let at = noon
  for (const { name, k, after } of history) person.hear(name, (at += after), { properties: { k } })
  return person
}

it('has every entrant in exactly one place, or out with one reason, and one run per key', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 0, max: 20 * hour }), (history, later) => {
      const person = live(history)
      person.pass(person.now + later)
      const entered = only(person.effects, 'fact').flatMap(({ name, properties }) =>
        name === 'Journey Entered' ? [properties.run as string] : [],
      )
      const over = only(person.effects, 'run-over')
      const inside = person.profile.runs.map(({ id }) => id)
      expect(new Set(entered).size).toBe(entered.length)
      expect([...inside, ...over.map(({ run }) => run)].sort()).toEqual([...entered].sort())
      expect(over.every(({ reason }) => reason !== '')).toBe(true)
      const slots = person.profile.runs.map(({ journey: id, key }) => `${id} ${key ?? ''}`)
      expect(new Set(slots).size).toBe(slots.length)
      // Passages add up: who came in is inside, or left by one of the three ways.
      const count = (wanted: (edge: string) => boolean) => only(person.effects, 'edge').filter(({ edge }) => wanted(edge)).length
      const counts = only(person.effects, 'count').map(({ journey: id, what }) => `${id} ${what}`)
      for (const way of ['cart say:next', 'cart wait:0', 'cart wait:otherwise', 'cart pause:next', 'cart go:next']) {
        const [id, edge] = way.split(' ') as [string, string]
        const passages = only(person.effects, 'edge').filter((one) => one.journey === id && one.edge === edge).length
        for (const goal of [0, 1]) {
          const [again, late, reached] = [`again/${edge}`, `late/${goal}/${edge}`, `reached/${goal}/${edge}`].map(
            (what) => counts.filter((one) => one === `${id} ${what}`).length,
          ) as [number, number, number]
          expect(reached).toBeLessThanOrEqual(passages - again - late)
        }
      }
      expect(count((edge) => edge === 'entry')).toBe(inside.length + count((edge) => edge.startsWith('left:')))
    }),
    { numRuns: 150 },
  )
})

it('gives the same runs, facts and messages when the same events are heard again', () => {
  fc.assert(
    fc.property(events, (history) => {
      const [once, again] = [live(history), live(history)]
      for (const person of [once, again]) person.pass(person.now + 10 * hour)
      expect(again.profile).toEqual(once.profile)
      expect(again.effects).toEqual(once.effects)
    }),
    { numRuns: 50 },
  )
})
