import { expect, it } from 'vitest'
import { makeFigure } from './index.ts'

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

it('tells of now what nobody has asked for in a long time, and what is dear at once as it was', async () => {
  let clock = 0
  let value = 1
  const figure = makeFigure(
    async () => {
      await after(150)
      return value
    },
    1_000,
    () => clock,
  )
  expect(await figure()).toBe(1)
  value = 2
  // Too old since a moment: who asks does not wait for the new one.
  clock = 1_001
  expect(await figure()).toBe(1)
  await after(200)
  value = 3
  // Nobody has asked for ten minutes: who asks now gets what is so now.
  clock = 600_000
  expect(await figure()).toBe(3)
})

it('tells the figure before where a new one takes long, or fails', async () => {
  let clock = 0
  let taken = 0
  const figure = makeFigure(
    async () => {
      taken++
      if (taken === 2) throw new Error('away')
      if (taken === 3) await new Promise(() => undefined)
      return taken
    },
    1_000,
    () => clock,
  )
  expect(await figure()).toBe(1)
  clock = 600_000
  expect(await figure()).toBe(1)
  // It does not wait for ever.
  expect(await figure()).toBe(1)
})
