import { openPipelinedClient, type PipelinedClient, type Pool } from '../platform/postgres/index.ts'

/** Two groups are under way at once: one commits while the next looks up its ids and people. */
export const CONNECTIONS = 2
const IDLE_MS = 60_000

/** The connections on which groups are committed: opened when first needed, opened anew when lost, closed after a minute without work. */
export interface Connections {
  /** A connection that nobody uses, to be given back. Answers `undefined` while all are in use. */
  take(): Promise<PipelinedClient> | undefined
  giveBack(client: PipelinedClient | undefined): void
  close(): Promise<void>
}

export function makeConnections(pool: Pool): Connections {
  let free: PipelinedClient[] = []
  let used = 0
  let idle: NodeJS.Timeout | undefined

  async function closeFree(): Promise<void> {
    const closing = free
    free = []
    await Promise.all(closing.map((client) => client.close()))
  }

  return {
    take() {
      if (used === CONNECTIONS) return undefined
      used++
      clearTimeout(idle)
      const known = free.pop()
      return known && known.lost() === undefined ? Promise.resolve(known) : openPipelinedClient(pool, { name: 'throughline accept' })
    },
    giveBack(client) {
      used--
      if (client && client.lost() === undefined) free.push(client)
      if (used > 0) return
      clearTimeout(idle)
      idle = setTimeout(() => void closeFree(), IDLE_MS)
      idle.unref()
    },
    async close() {
      clearTimeout(idle)
      await closeFree()
    },
  }
}
