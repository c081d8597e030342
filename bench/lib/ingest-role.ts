import { makeAccepter, registerIngest } from '../../server/src/ingest/index.ts'
import { closeServer, listen, makeHttpServer } from '../../server/src/platform/http/index.ts'
import { makeLog } from '../../server/src/platform/log/index.ts'
import { makeMetrics } from '../../server/src/platform/metrics/index.ts'
import { makePool } from '../../server/src/platform/postgres/index.ts'
import { playRole } from './roles.ts'

export const writeKey = 'bench-write-key'

/** The accepting server as it is in the program, without worker: asked `{ url }`, answers `{ url }` of its API; asked again, the CPU it used. */
export function playIngest(): void {
  let started = false
  playRole(async ({ url }: { url: string }) => {
    if (started) {
      const { user, system } = process.cpuUsage()
      return { cpuMs: (user + system) / 1_000 }
    }
    started = true
    const { log } = makeLog({ level: 'warn' })
    const metrics = makeMetrics()
    const pool = makePool(url, { max: 4, name: 'throughline' })
    const accepter = makeAccepter({ pool, log, metrics })
    const app = makeHttpServer({ log, metrics, checks: {} })
    await registerIngest(app, {
      accepter,
      sources: { sourceOfWriteKey: async (key) => (key === writeKey ? 'web' : null), noteEvent: () => undefined },
    })
    process.on('disconnect', () => {
      void closeServer(app, 1_000)
        .then(() => accepter.close())
        .then(() => pool.end())
        .then(() => process.exit(0))
    })
    return { url: await listen(app, { host: '127.0.0.1', port: 0 }) }
  })
}
