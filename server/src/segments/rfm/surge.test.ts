import { expect, test } from 'vitest'
import { lookAtSurge, noSurge, type Surge } from './surge.ts'

/** Looks every ten seconds at an import of so many orders, so many a second, which pauses; buyers come as in a file in the order of time. */
function watch(all: number, perSecond: number, pause: { readonly from: number; readonly seconds: number } | null = null) {
  const computed: { readonly orders: number; readonly compute: string }[] = []
  let surge: Surge = noSurge
  let [orders, people] = [0, 0]
  for (let second = 10; second < 4_000; second += 10) {
    const isPaused = pause !== null && second >= pause.from && second < pause.from + pause.seconds
    if (!isPaused) orders = Math.min(all, orders + 10 * perSecond)
    const buyers = Math.round(4_338 * (orders / all) ** 0.5)
    const next = lookAtSurge(surge, { at: second * 1_000, buyers, orders, people })
    surge = JSON.parse(JSON.stringify(next.surge)) as Surge
    if (next.compute === false) continue
    people = buyers
    computed.push({ orders, compute: next.compute })
  }
  return computed
}

test('scores wait for the end of an import whose buyers are nearly all known long before its orders are', () => {
  expect(watch(18_532, 100)).toEqual([{ orders: 18_532, compute: 'doubled' }])
  expect(watch(200_000, 1_000)).toEqual([{ orders: 200_000, compute: 'doubled' }])
})

test('an import that pauses, or takes longer than is waited for, is followed to its end', () => {
  expect(watch(18_532, 100, { from: 120, seconds: 30 })).toEqual([
    { orders: 11_000, compute: 'doubled' },
    { orders: 18_532, compute: 'anew' },
  ])
  expect(watch(100_000, 100).at(-1)).toEqual({ orders: 100_000, compute: 'anew' })
})

test('a shop that is open has its first scores soon, and no others for the orders of an hour', () => {
  let surge: Surge = noSurge
  const computed: number[] = []
  let people = 0
  for (let second = 10; second <= 3_600; second += 10) {
    const [orders, buyers] = [1_000 + Math.floor(second / 60), 500 + Math.floor(second / 120)]
    const next = lookAtSurge(surge, { at: second * 1_000, buyers, orders, people })
    surge = next.surge
    if (next.compute === false) continue
    computed.push(second)
    people = buyers
  }
  expect(computed).toEqual([20])
})
