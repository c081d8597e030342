import { conditionSchema, type SequenceCondition } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { addStep, removeStep, setSame, setStep, withKind } from './sequence-steps.ts'

const left: SequenceCondition = {
  kind: 'sequence',
  steps: [{ event: 'Product Added' }, { event: 'Order Completed', not: true, within: '2 hours' }],
}
const isAsked = (condition: SequenceCondition): boolean => conditionSchema.safeParse(condition).success

it('what must not come between loses its own time when a step comes behind it, so that it can still be asked', () => {
  const more = addStep(left, {})
  const filled = setStep(more, 2, { ...more.steps[2]!, event: 'Page Left' })
  expect(filled.steps[1]).toEqual({ event: 'Order Completed', not: true })
  expect(isAsked(filled)).toBe(true)
  expect(isAsked(removeStep(filled, 2))).toBe(true)
})

it('a step of another sort asks for its name again, and places of the same property go with it', () => {
  expect(withKind({ event: 'Product Added', where: [], within: '1 day' }, 'page')).toEqual({ page: '', within: '1 day' })
  const same = setStep(setSame(left, 'sku'), 1, { ...left.steps[1]!, same: 'products[].sku' })
  expect(isAsked(same)).toBe(true)
  expect(setSame(same, undefined)).toEqual(left)
})
