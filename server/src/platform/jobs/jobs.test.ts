import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { makeSilentLog } from '../log/index.ts'
import { startLoop } from './index.ts'

const log = makeSilentLog()

it('a loop never runs two turns at the same time and stops after the one that is running', async () => {
  let running = 0
  let most = 0
  let turns = 0
  const loop = startLoop({
    name: 'x',
    everyMs: 1,
    log,
    async run() {
      most = Math.max(most, ++running)
      await sleep(5)
      running--
      turns++
    },
  })
  await expect.poll(() => turns).toBeGreaterThan(3)
  await loop.stop()
  expect([running, most]).toEqual([0, 1])
  const ended = turns
  await sleep(30)
  expect(turns).toBe(ended)
})

it('a loop goes on after a failing turn', async () => {
  let turns = 0
  const loop = startLoop({
    name: 'x',
    everyMs: 1,
    maxBackoffMs: 5,
    log,
    async run() {
      if (++turns < 3) throw new Error('not yet')
    },
  })
  await expect.poll(() => turns).toBeGreaterThan(4)
  await loop.stop()
})

it('a loop that is woken does not wait for its time', async () => {
  let turns = 0
  const loop = startLoop({
    name: 'x',
    everyMs: 1e8,
    log,
    async run() {
      turns++
    },
  })
  await expect.poll(() => turns).toBe(1)
  loop.wake()
  await expect.poll(() => turns).toBe(2)
  await loop.stop()
})

it('a turn learns that the loop is to stop', async () => {
  const loop = startLoop({ name: 'x', everyMs: 1, log, run: (signal) => sleep(1e8, undefined, { signal }) })
  await loop.stop()
})
