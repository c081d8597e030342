import { answerFailure, closeServer, HttpFailure, listen, makeHttpServer, type HealthChecks } from '../platform/http/index.ts'
import type { Ground } from './start.ts'

/** What /readyz asks in every process: without PostgreSQL nothing can be done, without ClickHouse the history waits. */
export function makeChecks({ pool, clickhouse }: Pick<Ground, 'pool' | 'clickhouse'>): HealthChecks {
  return {
    postgres: { required: true, check: async () => void (await pool.query('select 1')) },
    clickhouse: { required: false, check: async () => void (await (await clickhouse.query({ query: 'select 1' })).text()) },
  }
}

/**
 * Answers /healthz, /readyz and /metrics for a process that serves nothing else.
 * @returns the address, and what ends it
 * @throws ListenError when the port is taken or not allowed
 */
export async function startHealth(ground: Ground): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const { config, log, metrics } = ground
  const app = makeHttpServer({ log, metrics, checks: makeChecks(ground) })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? request.url
    const message = `There is no ${path}. This is a worker; it answers /healthz, /readyz and /metrics only.`
    return answerFailure(new HttpFailure('not-found', 'route_unknown', message, { field: 'path', value: path }), request, reply)
  })
  const address = await listen(app, { host: config.host, port: config.healthPort }, '--health-port (THROUGHLINE_HEALTH_PORT)')
  return { address, stop: () => closeServer(app) }
}
