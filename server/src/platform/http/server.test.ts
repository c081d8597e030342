import { afterEach, describe, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { makeSilentLog } from '../log/index.ts'
import { closeServer, Failure, listen, makeHttpServer, type HealthChecks } from './index.ts'

const servers: FastifyInstance[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await closeServer(server)
})

function start(checks: HealthChecks = {}): FastifyInstance {
  const server = makeHttpServer({ log: makeSilentLog(), metrics: new Registry(), checks })
  servers.push(server)
  return server
}

describe('the HTTP server', () => {
  it('answers a refusal as its code and message, and an accident as neither', async () => {
    const server = start()
    server.get('/refusal', async () => {
      throw new Failure('conflict', 'taken', 'That name is taken.', { field: 'name', value: 'x' })
    })
    server.get('/accident', async () => {
      throw new Error('password is hunter2')
    })
    const refusal = await server.inject('/refusal')
    expect([refusal.statusCode, refusal.json()]).toEqual([
      409,
      { code: 'taken', message: 'That name is taken.', field: 'name', value: 'x', requestId: expect.any(String) },
    ])
    const accident = await server.inject('/accident')
    expect(accident.statusCode).toBe(500)
    expect(accident.body).not.toContain('hunter2')
    expect(accident.json()).toMatchObject({ code: 'internal_error', requestId: accident.headers['x-request-id'] })
  })

  it('says that the database has no connection left, and when to try again', async () => {
    const server = start()
    server.get('/full', async () => {
      throw Object.assign(new Error('sorry, too many clients already'), { code: '53300' })
    })
    const answer = await server.inject('/full')
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([503, '5', 'database_exhausted'])
  })

  it('refuses text that the database cannot store as bad input', async () => {
    const server = start()
    server.get('/nul', async () => {
      throw Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), { code: '22021' })
    })
    const answer = await server.inject('/nul')
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'bad_input', allowed: expect.stringContaining('NUL') }])
  })

  it('sends its security headers with every answer, and lets a route have its own', async () => {
    const server = start()
    server.get('/own', async (_request, reply) => reply.header('content-security-policy', 'sandbox').send('x'))
    const answer = await server.inject('/healthz')
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("script-src 'self'"),
    })
    expect((await server.inject('/own')).headers['content-security-policy']).toBe('sandbox')
    expect((await server.inject('/nowhere')).headers['x-content-type-options']).toBe('nosniff')
  })

  it('is ready with all it needs, degraded without what it can do without, and not ready otherwise', async () => {
    let away = ''
    const check = (name: string, required: boolean) => ({
      required,
      check: async () => {
        if (away === name) throw new Error('connect to secret-host failed')
      },
    })
    const server = start({ postgres: check('postgres', true), clickhouse: check('clickhouse', false) })
    expect((await server.inject('/readyz')).json()).toEqual({ status: 'ready', checks: { postgres: 'ok', clickhouse: 'ok' } })
    away = 'clickhouse'
    const degraded = await server.inject('/readyz')
    expect([degraded.statusCode, degraded.json().status]).toEqual([200, 'degraded'])
    away = 'postgres'
    const broken = await server.inject('/readyz')
    expect([broken.statusCode, broken.json()]).toEqual([503, { status: 'not-ready', checks: { postgres: 'away', clickhouse: 'ok' } }])
    expect((await server.inject('/healthz')).statusCode).toBe(200)
  })

  it('counts requests by the pattern of their route', async () => {
    const server = start()
    server.get('/people/:id', async () => 'x')
    await server.inject('/people/secret-id')
    const { body } = await server.inject('/metrics')
    expect(body).toContain('throughline_http_request_seconds_count{method="GET",route="/people/:id",status="200"} 1')
    expect(body).not.toContain('secret-id')
  })

  it('says which setting to change when its port is taken', async () => {
    const address = await listen(start(), { host: '127.0.0.1', port: 0 })
    const port = Number(new URL(address).port)
    await expect(listen(start(), { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringMatching(new RegExp(`Port ${port} .*--port \\(THROUGHLINE_PORT\\)`)),
    })
  })

  it('finishes what is running before it stops, and cuts off what does not end', async () => {
    const server = start()
    let release!: () => void
    server.get('/slow', () => new Promise((resolve) => (release = () => resolve('done'))))
    let begun = false
    server.get('/never', () => {
      begun = true
      return new Promise(() => undefined)
    })
    const address = await listen(server, { host: '127.0.0.1', port: 0 })
    const slow = fetch(`${address}/slow`).then((response) => response.text())
    const never = fetch(`${address}/never`).then(
      () => 'answered',
      () => 'cut off',
    )
    await expect.poll(() => begun && typeof release === 'function').toBe(true)
    const closed = closeServer(server, 2_000)
    release()
    expect(await slow).toBe('done')
    expect(await never).toBe('cut off')
    await closed
  })
})
