import { expect, it } from 'vitest'
import { adoptLeaves, moveRun, type MoveOrder } from '../index.ts'
import { inboxTemplate, journey, note, pause } from '../test/definitions.ts'
import { day, edges, facts, hour, meet, noon, only, publish } from '../test/person.ts'

const entry = { on: { event: 'Started' } }
const goal = { on: { event: 'Paid' }, afterwards: 'stay' } as const
const first = journey({ entry, goals: [goal], steps: { hold: pause('3 days', 'say'), say: note('rest'), rest: pause('1 day') } })
const second = journey({
  entry,
  goals: [{ on: { event: 'Seen' } }, goal],
  steps: { hold: pause('3 days', 'say'), say: note('rest'), rest: pause('1 day', 'more'), more: pause('2 days') },
})
const definitions = publish([inboxTemplate, first, second])

function waiting() {
  const person = meet(publish([inboxTemplate, first]))
  person.hear('Started', noon)
  person.definitions = definitions
  const run = person.profile.runs[0]!.id
  const order = (to: MoveOrder['to'], from = { version: 1, step: 'hold' }) => {
    const before = person.effects.length
    person.take(
      (profile, ctx) => moveRun(profile, { id: 'm', run, from, to, by: 'Ada' }, ctx) ?? { profile, effects: [], nextTimerAt: person.due },
      noon + hour,
    )
    return person.effects.slice(before)
  }
  return { person, order }
}

it('arrives anew at the step to which somebody is moved, and does what follows at once', () => {
  const { person, order } = waiting()
  const effects = order({ version: 1, step: 'say' })
  expect(facts(effects)).toEqual(['Journey Moved +60', 'Message Planned +60'])
  expect(person.profile.runs).toMatchObject([{ step: 'rest', version: 1, wakesAt: noon + hour + day }])
  expect(edges(effects)).toEqual(['say:next'])
})

it('counts who goes to another version out of the one and into the other, with the goals that they have reached', () => {
  const { person, order } = waiting()
  person.hear('Paid', noon + 1)
  const effects = order({ version: 2, step: 'more' })
  expect(edges(effects)).toEqual(['moved:out', 'moved:in'])
  expect(person.profile.runs).toMatchObject([{ step: 'more', version: 2, wakesAt: noon + hour + 2 * day, reached: [1] }])
  expect(person.hear('Paid', noon + 2 * hour)).toEqual([])
  person.pass(noon + 10 * day)
  expect(only(person.effects, 'run-over')).toMatchObject([{ version: 2, reason: 'end' }])
})

it('takes somebody out with a reason that names who did it, and calls back what they were about to be told', () => {
  const { person, order } = waiting()
  const effects = order(null)
  expect(only(effects, 'run-over')).toMatchObject([{ reason: 'removed by Ada' }])
  expect(only(effects, 'unsend')).toMatchObject([
    { since: noon, reason: 'Not sent: Ada took them out of Recover carts before it went out' },
  ])
  expect(person.profile.runs).toEqual([])
  expect(person.due).toBeNull()
})

it('does nothing with somebody who has gone on, nor towards a step that is not there', () => {
  const { person, order } = waiting()
  expect(order(null, { version: 1, step: 'rest' })).toEqual([])
  expect(order(null, { version: 2, step: 'hold' })).toEqual([])
  expect(order({ version: 1, step: 'more' })).toEqual([])
  expect(order({ version: 3, step: 'hold' })).toEqual([])
  expect(person.profile.runs).toMatchObject([{ step: 'hold', wakesAt: noon + 3 * day }])
})

it('stands still where a journey is paused, and arrives when it goes on', () => {
  const { person, order } = waiting()
  person.definitions = publish([inboxTemplate, first], {}, { j: { epoch: 3, state: 'paused', since: noon } })
  expect(facts(order({ version: 1, step: 'say' }))).toEqual(['Journey Moved +60'])
  expect(person.profile.runs).toMatchObject([{ step: 'say' }])
  person.definitions = publish([inboxTemplate, first], {}, { j: { epoch: 4, state: 'live', since: noon + day } })
  expect(facts(person.take((profile, ctx) => adoptLeaves(profile, {}, ctx), noon + day))).toEqual(['Message Planned +1440'])
})
