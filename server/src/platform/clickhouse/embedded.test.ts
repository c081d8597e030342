import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { isAlive } from '../embedded/index.ts'
import { makeSilentLog } from '../log/index.ts'
import { createTables, makeClickHouse, startEmbeddedClickHouse, isClickHouseAway } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline ch '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the embedded ClickHouse comes back after kill -9 with what was inserted, under the same address', async () => {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../../../scripts/build-child.mjs', import.meta.url))])
  const store = await startEmbeddedClickHouse({ folder, log: makeSilentLog() })
  const client = makeClickHouse(store.url, 'interactive')
  const count = async () => (await client.query({ query: 'select count() as n from kept', format: 'JSONEachRow' })).json()
  await createTables(client, 'throughline', [{ name: 'kept', columns: 'n UInt32', engine: 'MergeTree', orderBy: 'n', shardingKey: 'n' }])
  await client.insert({ table: 'kept', values: [{ n: 1 }, { n: 2 }], format: 'JSONEachRow' })
  const first = store.pid() ?? 0
  const running = client
    .query({ query: 'select sleepEachRow(1) from numbers(20) settings max_block_size = 1', format: 'JSONEachRow' })
    .catch((error: unknown) => error)
  process.kill(first, 'SIGKILL')
  expect(isClickHouseAway(await running)).toBe(true)
  await expect.poll(() => store.restarts()).toBeGreaterThan(0)
  await expect.poll(() => count().catch(() => []), { timeout: 60_000 }).toEqual([{ n: 2 }])
  const second = store.pid() ?? 0
  await client.close()
  await store.stop()
  expect([isAlive(first), isAlive(second)]).toEqual([false, false])
}, 180_000)
