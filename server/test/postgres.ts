import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { makePool, type Pool } from '../src/platform/postgres/index.ts'
import { TEMPLATE } from './start-postgres.ts'

export interface TestDatabase {
  readonly url: string
  readonly pool: Pool
  /** Closes the pool and removes the database. Call it in `afterAll`. */
  drop(): Promise<void>
}

/** A database of its own with all migrations done. Takes some 50 ms after the first call of a run. */
export async function makeTestDatabase(options: { max?: number; empty?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = await askForStore('postgres')
  const name = `test_${randomBytes(8).toString('hex')}`
  await runOnce(serverUrl, `create database ${name} template ${options.empty ? 'template0' : TEMPLATE} strategy file_copy`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const pool = makePool(url.href, { max: options.max ?? 10 })
  return {
    url: url.href,
    pool,
    async drop() {
      await pool.end()
      await runOnce(serverUrl, `drop database ${name} with (force)`)
    },
  }
}

/** The URL of a store of this run, started if this is the first to ask. */
export async function askForStore(name: 'postgres' | 'clickhouse'): Promise<string> {
  const response = await fetch(`${inject('testStores')}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`The ${name} of this test run did not start: ${text}`)
  return text
}

async function runOnce(url: string, sql: string): Promise<void> {
  const pool = makePool(url, { max: 1 })
  try {
    await pool.query(sql)
  } finally {
    await pool.end()
  }
}
