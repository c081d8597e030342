import { expect, it } from 'vitest'
import { conditionSchema } from '@throughline/contracts'
import { ownProblems } from '../builder/problems.ts'
import { makeGroup, makeLeaf, toCondition } from '../builder/tree.ts'
import { sentenceOf } from '../builder/words.ts'
import { choices, editorOf } from './registry.ts'

it.each(choices)('“$title” begins as a condition of which only fields are open, that can be said, and whose editor offers it', (choice) => {
  const condition = choice.make()
  const written = toCondition(makeGroup('all', [makeLeaf(condition)]))
  expect(ownProblems(written).filter(({ words }) => words !== 'Fill this in.')).toEqual([])
  expect(sentenceOf(condition)).not.toMatch(/NaN|undefined|^…$/)
  expect(editorOf(condition).choices).toContain(choice)
})

it('no two choices are called the same', () => {
  expect(new Set(choices.map(({ title }) => title)).size).toBe(choices.length)
})

it('what is filled in is what the contract takes', () => {
  const figure = choices.find(({ title }) => title.startsWith('Buys mostly'))!.make()
  expect(conditionSchema.safeParse(figure).success).toBe(true)
})
