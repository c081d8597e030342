/**
 * Runs once per vitest run: offers the stores to the tests, each started by the first test that asks for it and shared
 * by all. Set TEST_DATABASE_URL or TEST_CLICKHOUSE_URL to run the tests against servers of your own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startTestClickHouse } from './start-clickhouse.ts'
import { startTestPostgres } from './start-postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the small server below; `GET /postgres` answers the URL of a running store. */
    testStores: string
  }
}

interface Store {
  readonly url: string
  stop(): Promise<void>
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-test-'))
  const makers: Record<string, () => Promise<Store>> = {
    '/postgres': () => startTestPostgres(join(folder, 'postgres')),
    '/clickhouse': () => startTestClickHouse(join(folder, 'clickhouse')),
  }
  const running = new Map<string, Promise<Store>>()
  const server = createServer((request, response) => {
    const make = makers[request.url ?? '']
    if (!make) return void response.writeHead(404).end()
    let store = running.get(request.url ?? '')
    if (!store) running.set(request.url ?? '', (store = make()))
    store.then(
      ({ url }) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('testStores', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.closeAllConnections()
    server.close()
    for (const store of running.values()) await store.then((found) => found.stop()).catch(() => undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}
