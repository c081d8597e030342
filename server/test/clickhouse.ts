import { randomBytes } from 'node:crypto'
import { makeClickHouse, type ClickHouse } from '../src/platform/clickhouse/index.ts'
import { askForStore } from './postgres.ts'

export interface TestClickHouse {
  /** For `makeClickHouse`, with the database of its own in it. */
  readonly url: string
  readonly database: string
  /** A client of the interactive lane. */
  readonly client: ClickHouse
  /** Closes the client and removes the database. Call it in `afterAll`. */
  drop(): Promise<void>
}

/** A database of its own on the ClickHouse of this run. */
export async function makeTestClickHouse(): Promise<TestClickHouse> {
  const serverUrl = await askForStore('clickhouse')
  const database = `test_${randomBytes(8).toString('hex')}`
  const admin = makeClickHouse(serverUrl, 'interactive')
  await admin.command({ query: `create database ${database}` })
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  const client = makeClickHouse(url.href, 'interactive')
  return {
    url: url.href,
    database,
    client,
    async drop() {
      await client.close()
      await admin.command({ query: `drop database ${database}` })
      await admin.close()
    },
  }
}
