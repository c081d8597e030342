import { expect, it } from 'vitest'
import { movesOf, proposedLines, sumOf } from './moves.ts'

const wait = (next?: string) => ({ kind: 'wait', for: '1 day', ...(next !== undefined && { next }) }) as const

it('proposes where people go line by line, asks where it is not clear and somebody is concerned, and sends what was chosen', () => {
  const old = { steps: { a: wait('b'), b: wait('c'), c: wait(), d: wait() } }
  const standing = [
    {
      version: 2,
      definition: old,
      steps: [
        { step: 'b', people: 7 },
        { step: 'c', people: 3 },
      ],
    },
    { version: 1, definition: { steps: { a: wait() } }, steps: [{ step: 'a', people: 2 }] },
  ]
  const lines = proposedLines(standing, { steps: { a: wait('x'), x: wait() } })
  expect(lines.map(({ version, step, people, fate, why }) => [version, step, people, why, fate.kind])).toEqual([
    [2, 'a', 0, 'same', 'step'],
    [2, 'b', 7, 'ask', 'open'],
    [2, 'c', 3, 'ask', 'open'],
    [2, 'd', 0, 'ask', 'stay'],
    [1, 'a', 2, 'same', 'step'],
  ])
  const chosen = lines.map((line) => (line.step === 'b' ? { ...line, fate: { kind: 'leave' } as const } : line))
  expect(movesOf(chosen)).toEqual([
    { version: 2, steps: { a: 'a', b: null } },
    { version: 1, steps: { a: 'a' } },
  ])
  expect(sumOf(chosen)).toEqual({ moved: 2, left: 7, stay: 0 })
})
