import { setMaxListeners } from 'node:events'
import { DeliveryError } from '../port.ts'

/** Attempts that begin within so many milliseconds share a signal and a timer: the last of them has that much less time than the first. */
const SLICE_MS = 500
/** How long a provider may still say what it knows of an attempt that was broken off. */
const LAST_WORD_MS = 100
const STOPPED = 'Throughline was stopped while handing the message over'

/** Gives one attempt its time. @param work hands over; gives up when the signal aborts */
export type Attempt = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>

interface Slice {
  readonly controller: AbortController
  readonly timer: NodeJS.Timeout
  readonly until: number
  /** What breaks off the attempts that go on. */
  readonly open: Set<(reason: string) => void>
}

/**
 * Gives attempts their time and no more, also when the provider does not listen to the signal. A signal, a timer and their
 * listeners for each would cost a fifth of what handing an e-mail over costs.
 * @param ms what an attempt gets, or at most SLICE_MS less; then it rejects with a {@link DeliveryError}, `away`
 * @param stopping ends all of them at once
 */
export function makeAttempts(ms: number, stopping: AbortSignal): Attempt {
  let current: Slice | null = null
  const slices = new Set<Slice>()

  function end(slice: Slice, reason: string): void {
    clearTimeout(slice.timer)
    slices.delete(slice)
    if (current === slice) current = null
    slice.controller.abort()
    // The provider's own answer to the abort knows more (whether the message was on its way); it is given a moment.
    setTimeout(() => {
      for (const breakOff of slice.open) breakOff(reason)
    }, LAST_WORD_MS).unref()
  }

  function sliceNow(): Slice {
    const now = performance.now()
    if (current !== null && now < current.until) return current
    const width = Math.min(SLICE_MS, ms / 4)
    const controller = new AbortController()
    // Zero would say the same, but Node 20 then cannot read it back (`getMaxListeners`), and `fetch` fails.
    setMaxListeners(Infinity, controller.signal)
    const slice: Slice = {
      controller,
      until: now + width,
      open: new Set(),
      timer: setTimeout(() => end(slice, `the provider did not answer within ${Math.round(ms / 1_000)} seconds`), ms),
    }
    slice.timer.unref()
    slices.add(slice)
    current = slice
    if (stopping.aborted) end(slice, STOPPED)
    return slice
  }

  stopping.addEventListener(
    'abort',
    () => {
      for (const slice of slices) end(slice, STOPPED)
    },
    { once: true },
  )

  return <T>(work: (signal: AbortSignal) => Promise<T>) => {
    const slice = sliceNow()
    return new Promise<T>((resolve, reject) => {
      const breakOff = (reason: string): void => reject(new DeliveryError('away', reason, { interrupted: true }))
      slice.open.add(breakOff)
      work(slice.controller.signal).then(
        (value) => {
          slice.open.delete(breakOff)
          resolve(value)
        },
        (error: unknown) => {
          slice.open.delete(breakOff)
          reject(error as Error)
        },
      )
    })
  }
}
