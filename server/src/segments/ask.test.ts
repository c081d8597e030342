import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { isHistoryMissing } from '../platform/clickhouse/index.ts'
import { makeAsker } from './ask.ts'
import { createHistory } from './test/agreement.ts'

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
})
afterAll(() => store.drop())

it('says that there is no history yet where the tables are only being made, and answers once they are there', async () => {
  const ask = makeAsker(store.client)
  const later = { code: 'history_unavailable', message: expect.stringContaining('has yet to make the tables') as string }
  await expect(ask.hasMerges()).rejects.toMatchObject(later)
  await expect(ask.rows({ sql: 'select count() as n from events', params: {} })).rejects.toMatchObject(later)
  // Also for who works in the background: it is no error, and is tried again.
  expect(isHistoryMissing(await ask.hasMerges().catch((error: unknown) => error))).toBe(true)
  await createHistory(store)
  expect(await ask.hasMerges()).toBe(false)
  // A question that is wrong is no matter of waiting.
  await expect(ask.rows({ sql: 'select nothing from events', params: {} })).rejects.toMatchObject({ code: '47' })
})
