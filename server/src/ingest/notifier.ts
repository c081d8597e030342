import { setTimeout as sleep } from 'node:timers/promises'
import { processName, type Pool } from '../platform/postgres/index.ts'

/** The channel on which workers of other processes hear that an inbox has something new. */
export const INBOX_CHANNEL = 'throughline_inbox'

const GAP_MS = 5

/**
 * Wakes workers in other processes. Outside of the accepting transaction, since commits that notify wait for each other;
 * and at most every 5 ms, since one call tells as much as ten. A lost call costs nothing but time: workers look by themselves too.
 * Workers of this process are woken directly.
 */
export function makeNotifier(pool: Pool): { notify(): void; close(): Promise<void> } {
  let wanted = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (wanted) {
      wanted = false
      await pool.query(`notify ${INBOX_CHANNEL}, '${processName}'`).catch(() => undefined)
      await sleep(GAP_MS)
    }
  }
  return {
    notify() {
      wanted = true
      running ??= run().finally(() => (running = null))
    },
    async close() {
      while (running) await running
    },
  }
}
