import { journeySchema, type Definition } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { compileDefinitions, mergeProfiles, sameGoals, sameWays, type Effect } from '../index.ts'
import { did, inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, hour, meet, minute, noon, only, publish, type Person } from '../test/person.ts'

const goal = { on: { event: 'Order Completed' } }
const counted = (effects: readonly Effect[]) => only(effects, 'count').map(({ version, what }) => `v${version} ${what}`)
const split = {
  split: { kind: 'branch', paths: [{ if: did('Looked'), next: 'say' }], otherwise: 'rest' },
  say: note('rest'),
  rest: pause('1 day'),
}
const flow = (parts: object = {}) =>
  journey({ goals: [{ ...goal, within: '3 days' }], steps: { first: pause('1 hour', 'split'), ...split }, ...parts })
const journeyOf = (definition: Definition) => journeySchema.parse(definition)

function enter(definition: Definition, id = 'p1'): Person {
  const person = meet(publish([inboxTemplate, definition]), id)
  person.hear('Product Added', noon)
  return person
}

it('counts a goal for every way and every step of several ways that the run came through before it, and for no other', () => {
  const person = enter(flow())
  person.hear('Looked', noon + minute)
  person.pass(noon + hour)
  expect(counted(person.effects)).toEqual([])
  person.hear('Order Completed', noon + 2 * hour)
  expect(counted(person.effects)).toEqual(['entry', 'first:next', 'split:0', 'split', 'say:next'].map((place) => `v1 reached/0/${place}`))
})

it('counts it after the run as well, in its time, and by entries where there are several', () => {
  const entries = [
    { kind: 'event', on: { event: 'Signed Up' } },
    { kind: 'event', on: { event: 'Product Added' } },
  ]
  const person = enter(flow({ entry: undefined, entries, steps: { only: pause('1 day') } }))
  person.hear('Order Completed', noon + 2 * day)
  expect(counted(person.effects)).toEqual(['v1 reached/0/entry:1', 'v1 reached/0/entry', 'v1 reached/0/only:next'])
  expect(counted(person.hear('Order Completed', noon + 2 * day + hour))).toEqual([])
})

it('counts a run once for a way that it takes again and again, and a run that had reached the goal before as late', () => {
  const steps = {
    w: { kind: 'wait-for', any: [{ on: { event: 'Looked' }, next: 'w' }], upTo: '1 day', otherwise: 'x' },
    x: pause('1 hour'),
  }
  const person = enter(flow({ goals: [{ ...goal, afterwards: 'stay' }], steps }))
  person.hear('Looked', noon + minute)
  expect(counted(person.hear('Looked', noon + 2 * minute))).toEqual(['v1 again/w:0', 'v1 again/w'])
  expect(counted(person.hear('Order Completed', noon + 3 * minute))).toEqual(['v1 reached/0/entry', 'v1 reached/0/w:0', 'v1 reached/0/w'])
  person.pass(noon + 3 * day)
  expect(counted(person.effects).slice(5)).toEqual(['v1 late/0/w:otherwise', 'v1 again/w', 'v1 late/0/x:next'])
})

it('counts a goal for what was passed in an earlier version there', () => {
  const [v1, v2] = [flow(), flow({ steps: { split: pause('2 hours', 'later'), later: pause('1 day') } })]
  const person = enter(v1)
  person.definitions = compileDefinitions(
    [
      { definition: inboxTemplate, version: 1, epoch: 1 },
      { definition: v1, version: 1, epoch: 2 },
      { definition: v2, version: 2, epoch: 3, moves: { by: 'Ada', from: [{ version: 1, steps: { rest: 'split' } }] } },
    ],
    { zone: 'UTC', consentDefaults: { inbox: 'granted' } },
  )
  person.pass(noon + 2 * day)
  person.hear('Order Completed', noon + 2 * day)
  expect(counted(person.effects).sort()).toEqual([
    'v1 reached/0/entry',
    'v1 reached/0/first:next',
    'v1 reached/0/split',
    'v1 reached/0/split:otherwise',
    'v2 reached/0/split:next',
  ])
})

it('takes two runs that prove to be one person for one', () => {
  const [winner, loser] = [enter(flow(), 'a'), enter(flow(), 'b')]
  loser.hear('Looked', noon + minute)
  winner.pass(noon + hour)
  loser.pass(noon + hour)
  const merged = winner.take((profile, ctx) => mergeProfiles(profile, loser.profile, ctx), noon + 2 * hour)
  expect(counted(merged)).toEqual(['v1 again/entry', 'v1 again/first:next', 'v1 again/split'])
  const bought = counted(winner.hear('Order Completed', noon + 3 * hour))
  expect(bought.sort()).toEqual(
    ['entry', 'first:next', 'say:next', 'split', 'split:0', 'split:otherwise'].map((place) => `v1 reached/0/${place}`),
  )
})

it('remembers nothing where there is no goal', () => {
  const person = enter(flow({ goals: undefined }))
  person.pass(noon + hour)
  expect(person.profile.runs[0]).not.toHaveProperty('passed')
})

it('knows a way of an earlier version by what it says, and a goal by its name', () => {
  const paths = (...names: string[]) => names.map((name) => ({ name, if: did(name), next: 'x' }))
  const of = (...names: string[]) =>
    journeyOf(
      journey({
        goals: names.map((name) => ({ name, on: { event: 'Bought' } })),
        steps: { split: { kind: 'branch', paths: paths(...names) }, x: pause('1 day') },
      }),
    )
  const [earlier, shown] = [of('one', 'two', 'three'), of('three', 'one')]
  expect([...sameWays(earlier, shown)]).toEqual([
    ['split:0', 'split:1'],
    ['split:2', 'split:0'],
    ['split:otherwise', 'split:otherwise'],
    ['x:next', 'x:next'],
  ])
  expect([...sameGoals(earlier, shown)]).toEqual([
    [0, 1],
    [2, 0],
  ])
})
