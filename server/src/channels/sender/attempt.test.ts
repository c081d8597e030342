import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DeliveryError } from '../port.ts'
import { makeAttempts } from './attempt.ts'

const never = new AbortController().signal
const hanging = (): Promise<never> => new Promise(() => undefined)
/** Ends when its signal says so, and tells whether the message was on its way. */
const listening = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DeliveryError('away', 'hung up', { interrupted: false })))
  })

test('an attempt gets its time and no more, also when the provider does not listen', async () => {
  const attempt = makeAttempts(400, never)
  const begun = performance.now()
  await expect(attempt(hanging)).rejects.toMatchObject({
    trouble: 'away',
    interrupted: true,
    message: 'the provider did not answer within 0 seconds',
  })
  expect(performance.now() - begun).toBeGreaterThan(290)
  expect(performance.now() - begun).toBeLessThan(900)
})

test('what the provider says of an attempt that was broken off counts more', async () => {
  await expect(makeAttempts(40, never)(listening)).rejects.toMatchObject({ message: 'hung up', interrupted: false })
})

test('attempts that begin together share a signal, and one that begins later keeps its time', async () => {
  const attempt = makeAttempts(400, never)
  const signals: AbortSignal[] = []
  const note = (signal: AbortSignal): Promise<never> => (signals.push(signal), listening(signal))
  const first = attempt(note).catch(() => performance.now())
  const second = attempt(note).catch(() => performance.now())
  await sleep(200)
  const third = attempt(note).catch(() => performance.now())
  expect(signals[0]).toBe(signals[1])
  expect(signals[2]).not.toBe(signals[0])
  const [one, two, three] = await Promise.all([first, second, third])
  expect(Math.abs(one - two)).toBeLessThan(50)
  expect(three - one).toBeGreaterThan(100)
})

test('an attempt that is over answers as the provider did, and is not touched when the time of its neighbours is up', async () => {
  const attempt = makeAttempts(200, never)
  await expect(attempt(async () => 'taken')).resolves.toBe('taken')
  await expect(attempt(() => Promise.reject(new DeliveryError('bounced', 'nobody')))).rejects.toMatchObject({ trouble: 'bounced' })
  await expect(attempt(hanging)).rejects.toMatchObject({ interrupted: true })
})

test('a stop ends all attempts at once, also one that begins afterwards', async () => {
  const stopping = new AbortController()
  const attempt = makeAttempts(60_000, stopping.signal)
  const begun = performance.now()
  const all = [attempt(hanging), attempt(listening)].map((each) => each.catch((error: unknown) => error))
  stopping.abort()
  const late = attempt(hanging).catch((error: unknown) => error)
  expect(await all[0]).toMatchObject({ message: 'Throughline was stopped while handing the message over', interrupted: true })
  expect(await all[1]).toMatchObject({ message: 'hung up' })
  expect(await late).toMatchObject({ interrupted: true })
  expect(performance.now() - begun).toBeLessThan(5_000)
})

test('a thousand attempts leave one listener with the stop', async () => {
  const stopping = new AbortController()
  const attempt = makeAttempts(60_000, stopping.signal)
  await Promise.all(Array.from({ length: 1_000 }, () => attempt(async () => undefined)))
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1)
})
