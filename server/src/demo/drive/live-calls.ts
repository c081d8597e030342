import { randomUUID } from 'node:crypto'
import type { ShopCall } from '../shop/calls.ts'
import { messageOf, type ShopHttp } from './http.ts'

/** Calls on their way to the server, in order. */
export interface LiveCalls {
  add(call: ShopCall, at: number): void
  /** How many are not confirmed yet. */
  pending(): number
  readonly counts: { sent: number; refused: number }
  /** Resolves when everything added so far is confirmed. */
  settled(): Promise<void>
}

const BATCH = 100

/** Sends calls one batch after the other, so that what one person does arrives in the order in which they did it. */
export function makeLiveCalls(http: ShopHttp, onRefused: (reason: string) => void): LiveCalls {
  const queue: object[] = []
  const counts = { sent: 0, refused: 0 }
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH)
      const answer = await http.batch(batch)
      queue.splice(0, batch.length)
      if (answer.status < 300) counts.sent += batch.length
      else {
        counts.refused += batch.length
        onRefused(messageOf(answer))
      }
    }
  }

  const start = () => {
    running ??= run().finally(() => {
      running = null
    })
    return running
  }
  return {
    counts,
    add(call, at) {
      queue.push({ ...call, messageId: randomUUID(), timestamp: new Date(at).toISOString() })
      // Whoever waits for `settled` sees the failure; here it only ends the run.
      start().catch(() => undefined)
    },
    pending: () => queue.length,
    settled: async () => {
      while (queue.length > 0) await start()
    },
  }
}
