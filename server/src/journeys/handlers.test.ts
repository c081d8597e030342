import { expect, test } from 'vitest'
import { refuse } from './handlers.ts'

test('a refused publication says its first problem as a sentence, and how many others there are', () => {
  const problem = (message: string) => ({ field: 'where.segment', value: 'b', allowed: 'another segment', message })
  const say = (...messages: string[]) => {
    try {
      refuse(messages.map(problem))
    } catch (error) {
      return (error as Error).message
    }
    return null
  }
  expect(say()).toBeNull()
  expect(say('segment "a" comes back to itself: a → b → a')).toBe('Nothing was published. segment "a" comes back to itself: a → b → a.')
  expect(say('It comes back to itself.', 'x')).toBe('Nothing was published. It comes back to itself. There is 1 more problem.')
  expect(say('It comes back to itself', 'x', 'y')).toBe('Nothing was published. It comes back to itself. There are 2 more problems.')
})
