import type { Logger } from '../platform/log/index.ts'
import { processName, type Pool } from '../platform/postgres/index.ts'

/** Where a loop sleeps until something is to be done. */
export interface Waker {
  /** Something came. Heard even when nobody sleeps. */
  wake(): void
  /** Sleeps until woken, at most `ms`. */
  sleep(ms: number): Promise<void>
}

export function makeWaker(): Waker {
  let woken = false
  let wakeUp: (() => void) | undefined
  return {
    wake() {
      woken = true
      wakeUp?.()
    },
    async sleep(ms) {
      if (!woken && ms > 0) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          wakeUp = resolve
          timer = setTimeout(resolve, Math.min(ms, 2_147_483_647))
        })
        clearTimeout(timer)
        wakeUp = undefined
      }
      woken = false
    },
  }
}

const RETRY_MS = 1_000

/**
 * Listens for a notification of PostgreSQL for as long as it runs, on a connection of its own that is opened again when it is
 * lost. This process's own notices are passed over: it is woken directly. What was notified meanwhile is not made up for: the listener polls besides.
 */
export function listen(pool: Pool, channel: 'throughline_inbox', onNotice: () => void, log: Logger): { stop(): Promise<void> } {
  let stopped = false
  let end: (() => void) | undefined
  const running = (async () => {
    while (!stopped) {
      try {
        const client = await pool.connect()
        let broken: Error | undefined
        try {
          const over = new Promise<void>((resolve) => {
            end = resolve
            client.on('error', (error) => {
              broken = error
              resolve()
            })
            client.on('end', () => {
              broken ??= new Error('Connection terminated')
              resolve()
            })
          })
          client.on('notification', ({ payload }) => {
            if (payload !== processName) onNotice()
          })
          await client.query(`listen ${channel}`)
          if (!stopped) await over
          if (!broken) await client.query(`unlisten ${channel}`)
        } finally {
          client.removeAllListeners('notification')
          // A connection that has been listened on is not lent to others.
          client.release(broken ?? true)
        }
      } catch (error) {
        log.debug({ err: error }, 'cannot listen for new entries; polling meanwhile')
      }
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
    }
  })()
  return {
    async stop() {
      stopped = true
      end?.()
      await running
    },
  }
}
