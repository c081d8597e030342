import { expect, it } from 'vitest'
import { conditionSchema } from '@throughline/contracts'
import { describeCondition } from '@throughline/engine'
import { fromCondition, toCondition } from '../builder/tree.ts'
import { templates } from './templates.ts'

it.each(templates)('“$name” is a condition that the contract takes, reads as a sentence, and survives the builder', ({ where }) => {
  expect(conditionSchema.parse(where)).toEqual(where)
  expect(describeCondition(where)).not.toContain('undefined')
  expect(toCondition(fromCondition(where)).condition).toEqual(where)
})

it('no two have the same id', () => {
  expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length)
})
