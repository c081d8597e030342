import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClickHouse } from '../../src/platform/clickhouse/index.ts'
import { makePlace, type Place } from './start-app.ts'

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(() => place?.remove())

test('a ClickHouse that lacks the database of its address gets it, and the start page does not wait for it', async () => {
  const database = `${place.clickhouse.database}_new`
  const url = new URL(place.clickhouse.url)
  url.pathname = `/${database}`
  const app = await place.start({ environment: { CLICKHOUSE_URL: url.href } })
  const client = makeClickHouse(url.href, 'interactive')
  try {
    expect(await app.call('overview', {})).toMatchObject({ people: expect.anything() })
    await app.send('track', { userId: 'ada', event: 'Order Completed' })
    const names = async (): Promise<unknown> =>
      (await client.query({ query: 'select name from events', format: 'JSONEachRow' })).json().catch(() => [])
    await expect.poll(() => names().catch(() => []), { timeout: 60_000 }).toEqual([{ name: 'Order Completed' }])
  } finally {
    await client.close()
    await app.stop()
    await place.clickhouse.client.command({ query: `drop database ${database}` })
  }
})

test('a database that cannot be used is named by its variable, without the password', async () => {
  const start = (url: string): Promise<unknown> => place.start({ environment: { DATABASE_URL: url } })
  const refused = 'postgresql://ada:hunter2@127.0.0.1:1/shop'
  await expect(start(refused)).rejects.toThrow(
    'DATABASE_URL is "postgresql://***@127.0.0.1:1/shop", which cannot be used (connect ECONNREFUSED 127.0.0.1:1)',
  )
  const wrong = new URL(place.database.url)
  wrong.password = 'hunter2'
  await expect(start(wrong.href)).rejects.toThrow(
    /DATABASE_URL is .*password authentication failed.*allowed: the address of a PostgreSQL 15/,
  )
  const none = new URL(place.database.url)
  none.pathname = '/no_such_database'
  await expect(start(none.href)).rejects.toThrow(/DATABASE_URL is .*"no_such_database" does not exist/)
})

test('a data folder that cannot be made is named by its variable', async () => {
  const start = place.start({ environment: { THROUGHLINE_DATA_DIR: '/proc/nowhere/data' } })
  await expect(start).rejects.toThrow('THROUGHLINE_DATA_DIR is "/proc/nowhere/data", which cannot be made or used')
})
