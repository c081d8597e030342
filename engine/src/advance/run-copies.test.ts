import { expect, it } from 'vitest'
import type { Run } from '../profile.ts'
import { endStay, leaveStep } from './run-copies.ts'

// A new field of runs has to be named here before this compiles, and then copied, or left out on purpose.
const run: Required<Run> = {
  id: 'r1',
  journey: 'carts',
  version: 3,
  step: 'mail',
  enteredAt: 1,
  since: 2,
  wakesAt: 3,
  trigger: { id: 'e1', name: 'Product Added', timestamp: 1, properties: {} },
  key: 'cart-1',
  send: 'spring#1',
  entry: 1,
  asked: true,
  reached: [0],
  passed: { 3: [1, 2] },
  messagedAt: 4,
  said: { mail: { id: 'm1' } },
  took: { split: 'next' },
  exposed: ['colours'],
  best: 1,
  tried: [0],
  held: true,
  refused: ['letters'],
  asking: 'a1',
  answered: { ok: true },
  answers: { stock: { left: 2 } },
  hops: 5,
}

it('takes along from a step all but what belongs to the stay there', () => {
  const { wakesAt: _, best: __, tried: ___, asking: ____, answered: _____, held: ______, ...lasting } = run
  expect(leaveStep(run)).toStrictEqual(lasting)
})

it('keeps all of a run that stays at its step but the end of its wait', () => {
  const { wakesAt: _, held: __, ...standing } = run
  expect(endStay(run)).toStrictEqual(standing)
})

it('adds no fields to a run that has few', () => {
  const { id, journey, version, step, enteredAt, since, trigger, hops } = run
  const bare: Run = { id, journey, version, step, enteredAt, since, trigger, hops }
  expect(leaveStep(bare)).toStrictEqual(bare)
  expect(endStay(bare)).toStrictEqual(bare)
  expect(endStay(bare)).not.toBe(bare)
})
