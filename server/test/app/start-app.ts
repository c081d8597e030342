import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  routes,
  type FileImport,
  type ImportKind,
  type Route,
  type RouteInput,
  type RouteName,
  type RouteResponse,
} from '@throughline/contracts'
import { readConfig } from '../../src/app/config.ts'
import { startThroughline, type Roles, type Running } from '../../src/app/start.ts'
import { makeLog } from '../../src/platform/log/index.ts'
import { makeTestClickHouse, type TestClickHouse } from '../clickhouse.ts'
import { makeTestDatabase, type TestDatabase } from '../postgres.ts'

export const keys = {
  writeKey: 'wk_test_write_key',
  apiKey: 'tl_test_api_key_of_the_environment',
  email: 'ada@shop.example',
  password: 'correct horse battery',
} as const

type Given<N extends RouteName> = { [K in keyof RouteInput<N> as RouteInput<N>[K] extends undefined ? never : K]: RouteInput<N>[K] }
/** What a call needs; a query may be left out, since none has a part that is required. */
type Input<N extends RouteName> = Omit<Given<N>, 'query'> & ('query' extends keyof Given<N> ? { query?: Given<N>['query'] } : unknown)

export interface TestApp {
  readonly address: string
  readonly running: Running
  /** What was printed at the start. */
  readonly printed: string
  /** Calls a route with the API key; throws what it refuses, as `code: message`. */
  call<N extends RouteName>(name: N, input: Input<N>): Promise<RouteResponse<N>>
  /** Sends one call or a batch as the first source and expects a 200. */
  send(kind: 'track' | 'identify' | 'page' | 'alias' | 'batch', body: object): Promise<void>
  /** Uploads a file to be imported. */
  upload(kind: ImportKind, name: string, body: string | Buffer): Promise<FileImport>
  stop(): Promise<void>
}

export interface Place {
  readonly database: TestDatabase
  readonly clickhouse: TestClickHouse
  readonly dataDir: string
  /** Starts a process of these roles on the same stores; several may run at once. */
  start(options?: { roles?: Roles; environment?: Record<string, string> }): Promise<TestApp>
  /** Stops what still runs and removes the stores. */
  remove(): Promise<void>
}

/** Stores of their own, on which the program is started for real, in this process. */
export async function makePlace(): Promise<Place> {
  const [database, clickhouse] = await Promise.all([makeTestDatabase(), makeTestClickHouse()])
  const dataDir = mkdtempSync(join(tmpdir(), 'throughline app '))
  const started = new Set<TestApp>()
  return {
    database,
    clickhouse,
    dataDir,
    async start({ roles = { serve: true, work: true }, environment = {} } = {}) {
      const { config } = readConfig({
        environment: {
          DATABASE_URL: database.url,
          CLICKHOUSE_URL: clickhouse.url,
          THROUGHLINE_DATA_DIR: dataDir,
          THROUGHLINE_PORT: '0',
          THROUGHLINE_DATABASE_CONNECTIONS: '12',
          THROUGHLINE_ADMIN_EMAIL: keys.email,
          THROUGHLINE_ADMIN_PASSWORD: keys.password,
          THROUGHLINE_WRITE_KEY: keys.writeKey,
          THROUGHLINE_API_KEY: keys.apiKey,
          THROUGHLINE_LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'error',
          ...environment,
        },
      })
      let printed = ''
      const running = await startThroughline(config, roles, {
        print: (text) => (printed += text),
        log: makeLog({ level: config.logLevel, format: 'text' }),
      })
      const app: TestApp = {
        address: running.address,
        running,
        printed,
        call: (name, input) => call(running.address, name, input),
        send: (kind, body) => send(running.address, kind, body),
        upload: (kind, name, body) => upload(running.address, kind, name, body),
        async stop() {
          if (started.delete(app)) await running.stop()
        },
      }
      started.add(app)
      // On a slow machine the worker takes seconds for the tables that tests ask right away.
      if (roles.work && new URL(environment['CLICKHOUSE_URL'] ?? clickhouse.url).pathname === new URL(clickhouse.url).pathname)
        await untilHistoryStands(clickhouse)
      return app
    },
    async remove() {
      for (const app of started) await app.stop()
      await clickhouse.drop()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function untilHistoryStands({ client, database }: TestClickHouse): Promise<void> {
  const query = `select name from system.tables where database = {database:String} and name = 'events_by_name_feed'`
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
    const result = await client.query({ query, query_params: { database }, format: 'JSONEachRow' })
    if ((await result.json()).length > 0) return
  }
}

async function call<N extends RouteName>(address: string, name: N, input: Input<N>): Promise<RouteResponse<N>> {
  const route: Route = routes[name]
  const { params = {}, query = {}, body } = input as { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key]!))
  const response = await fetch(`${address}${path}?${new URLSearchParams(query).toString()}`, {
    method: route.method,
    headers: { authorization: `Bearer ${keys.apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const answer = (await response.json()) as { code: string; message: string; problems?: { message: string }[] }
  if (!response.ok) throw new Error(`${answer.code}: ${answer.message} ${(answer.problems ?? []).map(({ message }) => message).join(' ')}`)
  return answer as RouteResponse<N>
}

async function send(address: string, kind: string, body: object): Promise<void> {
  const response = await fetch(`${address}/v1/${kind}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${keys.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}

async function upload(address: string, kind: ImportKind, name: string, body: string | Buffer): Promise<FileImport> {
  const response = await fetch(`${address}/api/imports?${new URLSearchParams({ kind, name }).toString()}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.apiKey}`, 'content-type': 'application/octet-stream' },
    body,
  })
  const answer = (await response.json()) as FileImport & { code?: string; message?: string }
  if (!response.ok) throw new Error(`${answer.code}: ${answer.message}`)
  return answer
}
