import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DeliveryError } from '../port.ts'
import { makeAttempts } from './attempt.ts'

const never = new AbortController().signal
const hanging = (): Promise<never> => new Promise(() => undefined)
/** Ends when its signal says so, and tells whether the message was on its way. */
const listening = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new DeliveryError('away', 'hung up', { interrupted: false })))
  })

/** When an attempt failed, by the clock that the tests put ahead. */
const failedAt = (attempt: Promise<unknown>): Promise<number> =>
  attempt.then(
    () => expect.unreachable(),
    () => performance.now(),
  )

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('an attempt gets its time and no more, also when the provider does not listen', async () => {
  const attempt = makeAttempts(4_000, never)
  const begun = performance.now()
  const failed = expect(attempt(hanging)).rejects.toMatchObject({
    trouble: 'away',
    interrupted: true,
    message: 'the provider did not answer within 4 seconds',
  })
  const at = failedAt(attempt(hanging))
  await vi.advanceTimersByTimeAsync(10_000)
  await failed
  // And the moment in which a provider that listens may say what it knows.
  expect((await at) - begun).toBe(4_100)
})

test('what the provider says of an attempt that was broken off counts more', async () => {
  const failed = expect(makeAttempts(40, never)(listening)).rejects.toMatchObject({ message: 'hung up', interrupted: false })
  await vi.advanceTimersByTimeAsync(1_000)
  await failed
})

test('attempts that begin together share a signal, and one that begins later keeps its time', async () => {
  const attempt = makeAttempts(400, never)
  const signals: AbortSignal[] = []
  const note = (signal: AbortSignal): Promise<never> => (signals.push(signal), listening(signal))
  const begun = performance.now()
  const first = failedAt(attempt(note))
  await vi.advanceTimersByTimeAsync(90)
  const second = failedAt(attempt(note))
  await vi.advanceTimersByTimeAsync(110)
  const third = failedAt(attempt(note))
  expect(signals[0]).toBe(signals[1])
  expect(signals[2]).not.toBe(signals[0])
  await vi.advanceTimersByTimeAsync(1_000)
  expect((await Promise.all([first, second, third])).map((at) => at - begun)).toEqual([400, 400, 600])
})

test('an attempt that is over answers as the provider did, and is not touched when the time of its neighbours is up', async () => {
  const attempt = makeAttempts(200, never)
  await expect(attempt(async () => 'taken')).resolves.toBe('taken')
  await expect(attempt(() => Promise.reject(new DeliveryError('bounced', 'nobody')))).rejects.toMatchObject({ trouble: 'bounced' })
  const failed = expect(attempt(hanging)).rejects.toMatchObject({ interrupted: true })
  await vi.advanceTimersByTimeAsync(1_000)
  await failed
})

test('a stop ends all attempts at once, also one that begins afterwards', async () => {
  const stopping = new AbortController()
  const attempt = makeAttempts(60_000, stopping.signal)
  const all = [attempt(hanging), attempt(listening)].map((each) => each.catch((error: unknown) => error))
  stopping.abort()
  const late = attempt(hanging).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(200)
  expect(await all[0]).toMatchObject({ message: 'Throughline was stopped while handing the message over', interrupted: true })
  expect(await all[1]).toMatchObject({ message: 'hung up' })
  expect(await late).toMatchObject({ interrupted: true })
})

test('a thousand attempts leave one listener with the stop', async () => {
  const stopping = new AbortController()
  const attempt = makeAttempts(60_000, stopping.signal)
  await Promise.all(Array.from({ length: 1_000 }, () => attempt(async () => undefined)))
  expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1)
})
