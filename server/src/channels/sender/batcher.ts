import { setTimeout as sleep } from 'node:timers/promises'

export interface Batcher<T> {
  /** Resolves when the item's batch is done. Rejects only after `stop`. */
  add(item: T): Promise<void>
  /** Lets what is queued go through until the deadline, then rejects the rest. */
  stop(deadlineMs: number): Promise<void>
}

/**
 * Group commit: everything added while a batch runs goes into the next. A batch that fails is tried again, since what it
 * records has already happened; a batch of several is then split, so that one bad item holds up nobody.
 */
export function makeBatcher<T>(
  work: (items: readonly T[]) => Promise<void>,
  options: {
    readonly max: number
    readonly onFailure: (error: unknown, count: number) => void
    readonly pauseMs?: number
    /** How long a batch waits for company, ms: for what nobody waits for, since a batch costs the same for one as for ten. */
    readonly lingerMs?: number
  },
): Batcher<T> {
  interface Waiting {
    readonly item: T
    readonly resolve: () => void
    readonly reject: (error: unknown) => void
  }
  let queue: Waiting[] = []
  let running: Promise<void> | null = null
  let given = false
  let hurry = (): void => undefined
  let stopping = false

  async function linger(): Promise<void> {
    if (options.lingerMs === undefined || stopping || queue.length >= options.max) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.lingerMs)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function attempt(batch: Waiting[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await work(batch.map((waiting) => waiting.item))
        for (const waiting of batch) waiting.resolve()
        return
      } catch (error) {
        options.onFailure(error, batch.length)
        if (given) {
          for (const waiting of batch) waiting.reject(error)
          return
        }
        if (batch.length > 1 && tries >= 3) {
          const middle = batch.length >> 1
          await attempt(batch.slice(0, middle))
          await attempt(batch.slice(middle))
          return
        }
        await sleep((options.pauseMs ?? 200) * Math.min(tries, 10))
      }
    }
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      await linger()
      const batch = queue.slice(0, options.max)
      queue = queue.slice(batch.length)
      await attempt(batch)
    }
    running = null
  }

  return {
    add(item) {
      return new Promise<void>((resolve, reject) => {
        queue.push({ item, resolve, reject })
        running ??= Promise.resolve().then(run)
      })
    },
    async stop(deadlineMs) {
      stopping = true
      hurry()
      if (running === null) return
      const end = setTimeout(() => (given = true), deadlineMs)
      await running
      clearTimeout(end)
    },
  }
}
