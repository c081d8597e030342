import { expect, it } from 'vitest'
import { about } from './about.ts'

it('writes an estimate in as many digits as it is good for, and never says that it is better than it is', () => {
  expect(about(38_113, 412)).toEqual({ value: 38_100, margin: 500 })
  expect(about(38_100, 400)).toEqual({ value: 38_100, margin: 400 })
  expect(about(1_204, 13)).toEqual({ value: 1_200, margin: 20 })
  expect(about(17, 4)).toEqual({ value: 17, margin: 4 })
  expect(about(38_113, 0)).toEqual({ value: 38_113, margin: 0 })
  expect(about(34, 125)).toEqual({ value: 30, margin: 130 })
  expect(about(0, 125)).toEqual({ value: 0, margin: 125 })
})
