import { journeySchema, type Definition, type JourneyDefinition } from '@throughline/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { adoptLeaves, compileDefinitions, mergeProfiles, proposeMapping } from '../index.ts'
import { inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, edges, hour, meet, minute, noon, only, publish, type Person } from '../test/person.ts'

type Steps = { readonly [step: string]: string | null }
const settings = { zone: 'UTC', consentDefaults: { inbox: 'granted' } } as const
const entry = { on: { event: 'Started' } }
const always = { kind: 'always' } as const

/** Versions of the journey `j` in order, each with where people of the ones before go. */
function versions(...given: readonly { readonly of: Definition; readonly from?: { readonly [version: number]: Steps } }[]) {
  return compileDefinitions(
    [
      { definition: inboxTemplate, version: 1, epoch: 1 },
      ...given.map(({ of, from = {} }, i) => ({
        definition: of,
        version: i + 1,
        epoch: i + 2,
        moves: { by: 'Ada', from: Object.entries(from).map(([version, steps]) => ({ version: Number(version), steps })) },
      })),
    ],
    settings,
  )
}
const look = (person: Person, at: number) => person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), at)

const v1 = journey({ entry, steps: { hold: pause('3 days', 'say'), say: note('rest'), rest: pause('5 days') } })
const v2 = journey({
  entry,
  steps: {
    hold: pause('1 day', 'rest'),
    rest: { kind: 'wait-for', any: [{ on: { event: 'Paid' }, next: 'say' }], upTo: '9 days' },
    say: note(),
  },
})

it('lets those who wait go on waiting until the same instant, then what waits is over and anything else is done', () => {
  const [same, other, said] = [meet(versions({ of: v1 }), 'a'), meet(versions({ of: v1 }), 'b'), meet(versions({ of: v1 }), 'c')]
  for (const person of [same, other, said]) person.hear('Started', noon)
  same.definitions = versions({ of: v1 }, { of: v2, from: { 1: { hold: 'hold' } } })
  other.definitions = versions({ of: v1 }, { of: v2, from: { 1: { hold: 'rest' } } })
  said.definitions = versions({ of: v1 }, { of: v2, from: { 1: { hold: 'say' } } })
  for (const person of [same, other, said]) {
    expect(edges(look(person, noon + hour))).toEqual(['moved:out', 'moved:in'])
    expect(person.profile.runs).toMatchObject([{ version: 2, since: noon, enteredAt: noon, wakesAt: noon + 3 * day }])
    expect(person.due).toBe(noon + 3 * day)
  }
  // What the new step listens to it hears at once.
  expect(edges(other.hear('Paid', noon + 2 * hour))).toEqual(['rest:0', 'say:next', 'left:end'])
  expect(edges(same.pass(noon + 3 * day))).toEqual(['hold:next'])
  expect(same.profile.runs).toMatchObject([{ step: 'rest', wakesAt: noon + 12 * day }])
  expect(edges(said.pass(noon + 3 * day))).toEqual(['say:next', 'left:end'])
  expect(only(said.effects, 'message')).toMatchObject([{ version: 2, at: noon + 3 * day }])
})

it('moves people before they hear anything else, keeps who has no word, and lets those out who have no step', () => {
  const [gone, stays] = [meet(versions({ of: v1 }), 'a'), meet(versions({ of: v1 }), 'b')]
  for (const person of [gone, stays]) person.hear('Started', noon)
  gone.definitions = versions({ of: v1 }, { of: v2, from: { 1: { hold: null } } })
  stays.definitions = versions({ of: v1 }, { of: v2, from: { 1: { rest: 'rest' } } })
  for (const person of [gone, stays]) person.hear('Anything', noon + minute)
  expect(only(gone.effects, 'run-over')).toMatchObject([{ version: 1, reason: 'their step is gone in version 2' }])
  expect(only(gone.effects, 'unsend')).toHaveLength(1)
  expect(stays.profile.runs).toMatchObject([{ version: 1, step: 'hold' }])
  // Whoever comes to a step that is named goes from there.
  stays.pass(noon + 3 * day)
  expect(stays.profile.runs).toMatchObject([{ version: 2, step: 'rest' }])
})

it('moves on through several versions, also whom a merge brings, and leads nobody back', () => {
  const [person, winner] = [meet(versions({ of: v1 }), 'loser'), meet(versions({ of: v1 }), 'winner')]
  person.hear('Started', noon)
  winner.definitions = versions(
    { of: v1 },
    { of: v2, from: { 1: { hold: 'hold' }, 3: { hold: 'hold' } } },
    { of: v1, from: { 2: { hold: 'rest' }, 3: { rest: 'hold' } } },
  )
  winner.take((profile, ctx) => mergeProfiles(profile, person.profile, ctx), noon + hour)
  expect(winner.profile.runs).toMatchObject([{ version: 3, step: 'rest', wakesAt: noon + 3 * day }])
})

it('proposes the step of the same id, else the next that is left, else asks', () => {
  const old = journeySchema.parse(
    journey({
      steps: {
        a: { kind: 'branch', paths: [{ if: { kind: 'trait', trait: 'x', compare: { op: 'exists' } }, next: 'b' }], otherwise: 'c' },
        b: pause('1 hour', 'd'),
        c: pause('1 hour', 'b'),
        d: note('e'),
        e: pause('1 hour', 'a'),
        f: note(),
        g: { kind: 'exit' },
      },
    }),
  )
  const next = (...left: string[]) => ({ steps: Object.fromEntries(left.map((id) => [id, old.steps[id]!])) })
  expect(proposeMapping(old, next('a', 'd')).map(({ step, to, why }) => `${step} ${why} ${to}`)).toEqual([
    'a same a',
    'b next d',
    'c next d',
    'd same d',
    'e next a',
    'f ask null',
    'g ask null',
  ])
  expect(proposeMapping(old, next('b', 'c'))[0]).toEqual({ step: 'a', to: 'b', why: 'ask' })
})

const ids = ['a', 'b', 'c', 'd'] as const
const step = fc.record({
  kind: fc.constantFrom('wait', 'wait-for', 'message'),
  hours: fc.integer({ min: 1, max: 30 }),
  next: fc.option(fc.constantFrom(...ids)),
})
const graph = fc.record({ a: step, b: fc.option(step), c: fc.option(step), d: fc.option(step) }).map((steps): JourneyDefinition => {
  const there = ids.filter((id) => steps[id] !== null)
  const toward = (next: string | null) => (there.includes(next as 'a') ? { next } : {})
  const made = there.map((id) => {
    const { kind, hours, next } = steps[id]!
    const after = toward(next)
    if (kind === 'message') return [id, { ...note(), ...after }]
    if (kind === 'wait') return [id, { ...pause(`${hours} hours`), ...after }]
    return [id, { kind, any: [{ on: { event: 'B' }, ...after }], upTo: `${hours} hours` }]
  })
  return journeySchema.parse(
    journey({
      entry: undefined,
      entries: [{ kind: 'event', on: { event: 'A' } }],
      reentry: always,
      goals: [{ on: { event: 'Pay' } }],
      steps: Object.fromEntries(made),
    }),
  )
})
const life = fc.array(fc.record({ name: fc.constantFrom('A', 'B', 'Pay'), after: fc.integer({ min: 0, max: 20 * hour }) }), {
  maxLength: 12,
})
const choice = fc.constantFrom('stay', 'leave', 'go')

it('has everybody in exactly one place, or out with a reason, whatever the versions and wherever people were', () => {
  fc.assert(
    fc.property(graph, graph, life, life, fc.array(choice, { minLength: 4, maxLength: 4 }), (old, next, before, after, choices) => {
      const steps: { [step: string]: string | null } = {}
      proposeMapping(old, next).forEach(({ step: id, to, why }, i) => {
        const chosen = why === 'ask' ? choices[i] : 'go'
        if (chosen === 'leave' || (chosen === 'go' && to === null)) steps[id] = null
        else if (chosen === 'go') steps[id] = to
      })
      const person = meet(publish([inboxTemplate, old]))
      let at = noon
      const live = (events: typeof before) => {
        for (const { name, after: pause } of events) person.hear(name, (at += pause))
      }
      live(before)
      person.definitions = versions({ of: old }, { of: next, from: { 1: steps } })
      at = Math.max(at, person.now)
      look(person, at)
      // Nobody is left where people were to be moved from, and nobody waits for an instant other than theirs.
      for (const run of person.profile.runs) expect(run.version === 2 || !(run.step in steps)).toBe(true)
      live(after)
      const over = only(person.effects, 'run-over')
      const entered = only(person.effects, 'fact').flatMap(({ name, properties }) =>
        name === 'Journey Entered' ? [properties.run as string] : [],
      )
      expect([...person.profile.runs.map(({ id }) => id), ...over.map(({ run }) => run)].sort()).toEqual([...entered].sort())
      expect(over.every(({ reason }) => reason !== '')).toBe(true)
      // Each version adds up by itself.
      for (const version of [1, 2]) {
        const count = (wanted: (edge: string) => boolean) =>
          only(person.effects, 'edge').filter((one) => one.version === version && wanted(one.edge)).length
        const inside = person.profile.runs.filter((run) => run.version === version)
        expect(count((edge) => edge === 'entry' || edge === 'moved:in')).toBe(
          inside.length + count((edge) => edge.startsWith('left:') || edge === 'moved:out'),
        )
        for (const run of inside) expect(Object.keys((version === 1 ? old : next).steps)).toContain(run.step)
      }
    }),
    { numRuns: 50 },
  )
})
