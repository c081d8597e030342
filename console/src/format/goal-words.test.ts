import { expect, it } from 'vitest'
import { goalsWords, mainGoal, otherGoalsWords } from './goal-words.ts'

const format = { number: (value: number) => String(value) }
const looked = { name: 'Looked', reached: 150, leaves: false }
const bought = { name: 'Bought', reached: 80, leaves: true }

it('takes the goal by which people leave as the one that a journey is for, and the first where none does', () => {
  expect(mainGoal([looked, bought])).toBe(bought)
  expect(mainGoal([looked, { ...bought, leaves: false }])).toBe(looked)
  expect(mainGoal([])).toBeUndefined()
})

it('gives each goal its own share, since one person may reach several', () => {
  expect(goalsWords([looked, bought], 200, format)).toBe('Looked: 150 of 200 · 75 % ± 6; Bought: 80 of 200 · 40 % ± 7')
  expect(otherGoalsWords([looked, bought], format)).toBe('Looked: 150')
  expect(otherGoalsWords([bought], format)).toBe('')
})
