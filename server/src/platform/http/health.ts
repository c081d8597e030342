import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** One thing that the server stands on. */
export interface HealthCheck {
  /** Without a required thing the server is not ready; without another it works on, degraded. */
  readonly required: boolean
  /** Resolves when it is there; rejects with the reason. */
  check(): Promise<void>
}

export type HealthChecks = Readonly<Record<string, HealthCheck>>

const CHECK_MS = 3_000

/** Registers /healthz (the process answers), /readyz (it can do its work) and /metrics. */
export function registerHealth(app: FastifyInstance, checks: HealthChecks, metrics: Registry): void {
  app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }))

  app.get('/readyz', async (_request, reply) => {
    const entries = await Promise.all(
      Object.entries(checks).map(async ([name, one]) => {
        const problem = await withTimeout(one.check()).then(
          () => undefined,
          (error: unknown) => error,
        )
        // The reason is for the log: it may name hosts and users.
        if (problem !== undefined) app.log.warn({ err: problem, check: name }, 'not ready')
        return { name, ok: problem === undefined, required: one.required }
      }),
    )
    const status = entries.every((entry) => entry.ok)
      ? 'ready'
      : entries.some((entry) => entry.required && !entry.ok)
        ? 'not-ready'
        : 'degraded'
    return reply
      .code(status === 'not-ready' ? 503 : 200)
      .header('cache-control', 'no-store')
      .send({ status, checks: Object.fromEntries(entries.map((entry) => [entry.name, entry.ok ? 'ok' : 'away'])) })
  })

  app.get('/metrics', async (_request, reply) =>
    reply
      .header('content-type', metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.metrics()),
  )
}

function withTimeout(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
