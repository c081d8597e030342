import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let worker: TestApp
let taken: Server
let takenPort: string
beforeAll(async () => {
  place = await makePlace()
  worker = await place.start({ roles: { serve: false, work: true } })
  taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  takenPort = String((taken.address() as AddressInfo).port)
})
afterAll(async () => {
  await place?.remove()
  await new Promise((resolve) => taken.close(resolve))
})

test('a worker of its own says how it is and what it does, and answers nothing else', async () => {
  const ask = async (path: string): Promise<[number, string]> => {
    const response = await fetch(worker.address + path)
    return [response.status, await response.text()]
  }
  expect(worker.printed).toContain(`${worker.address}/readyz`)
  expect(await ask('/healthz')).toEqual([200, '{"status":"ok"}'])
  expect(await ask('/readyz')).toEqual([200, '{"status":"ready","checks":{"postgres":"ok","clickhouse":"ok"}}'])
  const [status, metrics] = await ask('/metrics')
  expect(status).toBe(200)
  expect(metrics).toContain('throughline_pipeline_')
  const [refused, body] = await ask('/api/people')
  expect([refused, JSON.parse(body)]).toMatchObject([404, { code: 'route_unknown', value: '/api/people' }])
})

test('a worker whose port is taken names the setting that chooses it, and leaves nothing running', async () => {
  const start = place.start({ roles: { serve: false, work: true }, environment: { THROUGHLINE_HEALTH_PORT: takenPort } })
  await expect(start).rejects.toThrow(
    `Port ${takenPort} on 127.0.0.1 is taken by another program. Stop it, or choose another port with --health-port (THROUGHLINE_HEALTH_PORT)`,
  )
})

test('a server whose port is taken says so before it looks for its stores', async () => {
  const start = place.start({
    roles: { serve: true, work: false },
    environment: { THROUGHLINE_PORT: takenPort, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
  })
  await expect(start).rejects.toThrow(`Port ${takenPort} on 127.0.0.1 is taken by another program.`)
})
