import { journeySchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { goalsReached } from './goals.ts'

const version = (goals: readonly object[]) =>
  journeySchema.parse({
    kind: 'journey',
    id: 'j',
    name: 'J',
    entry: { on: { event: 'Started' } },
    ...(goals.length > 0 && { goals }),
    start: 'pause',
    steps: { pause: { kind: 'wait', for: '1 hour' } },
  })
const looked = { name: 'Looked', on: { event: 'Product Viewed' }, afterwards: 'stay' }
const bought = { name: 'Bought', on: { event: 'Order Completed' } }

it('counts each goal for itself, over all versions that have it, whatever its number there', () => {
  const [first, second] = [version([bought, { name: 'Called', on: { event: 'Called' } }]), version([looked, bought])]
  const counted = new Map([
    [
      1,
      new Map([
        [0, 5],
        [1, 7],
      ]),
    ],
    [
      2,
      new Map([
        [0, 60],
        [1, 40],
      ]),
    ],
  ])
  const versions = new Map([
    [1, first],
    [2, second],
  ])
  expect(goalsReached(second, versions, counted)).toEqual([
    { name: 'Looked', reached: 60, leaves: false },
    { name: 'Bought', reached: 45, leaves: true },
  ])
})

it('has none where none is set', () => {
  expect(goalsReached(version([]), new Map(), new Map())).toEqual([])
})
