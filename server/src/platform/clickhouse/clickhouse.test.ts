import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../../test/clickhouse.ts'
import { createTables, isClickHouseAway, isHistoryMissing, makeClickHouse, type ClickHouse, type ClickHouseTable } from './index.ts'
import { tableStatements } from './tables.ts'

let store: TestClickHouse
let bulk: ClickHouse
const table: ClickHouseTable = {
  name: 'things',
  columns: 'id UInt64, word String',
  engine: 'ReplacingMergeTree',
  orderBy: 'id',
  shardingKey: 'id',
}

beforeAll(async () => {
  store = await makeTestClickHouse()
  bulk = makeClickHouse(store.url, 'bulk')
  await createTables(store.client, store.database, [table])
})
afterAll(async () => {
  await bulk.close()
  await store.drop()
})

const read = async (client: ClickHouse, query: string, query_params?: Record<string, unknown>): Promise<unknown[]> =>
  (await client.query({ query, format: 'JSONEachRow', ...(query_params ? { query_params } : {}) })).json()

describe('the embedded ClickHouse', () => {
  it('hands parameters over unharmed, of whatever characters they are', async () => {
    const given = { word: `it's \\ a\ttab, \n a line, "quotes" and ü`, list: [`a'b`, 'c\\d', ''], none: null, n: 5, at: new Date(0) }
    const sql =
      'select {word:String} as word, {list:Array(String)} as list, {none:Nullable(String)} as none, {n:UInt32} as n, {at:DateTime64(3)} as at'
    const expected = [{ word: given.word, list: given.list, none: null, n: 5, at: '1970-01-01 00:00:00.000' }]
    expect(await read(store.client, sql, given)).toEqual(expected)
    expect(await read(bulk, sql, given)).toEqual(expected)
  })

  it('takes a list of parameters too long for an address', async () => {
    const ids = Array.from({ length: 50_000 }, (_, index) => `person-${index}`)
    expect(await read(store.client, 'select length({ids:Array(String)}) as n', { ids })).toEqual([{ n: 50_000 }])
  })

  it('refuses a parameter that is not given, also when an earlier query gave it', async () => {
    await read(store.client, 'select {x:String} as x', { x: 'a' })
    await expect(read(store.client, 'select {x:String} as x')).rejects.toMatchObject({ code: '456' })
  })

  it('keeps what one query sets from the next', async () => {
    const setting = `select getSetting('max_block_size') as n`
    const given = await store.client.query({ query: setting, format: 'JSONEachRow', clickhouse_settings: { max_block_size: '77' } })
    expect(await given.json()).toEqual([{ n: 77 }])
    for (let i = 0; i < 8; i++) expect(await read(store.client, setting)).not.toEqual([{ n: 77 }])
  })

  it('answers the number and the name of an error', async () => {
    await expect(read(store.client, 'select * from nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' })
    await expect(read(store.client, 'selct 1')).rejects.toMatchObject({ code: '62' })
    await expect(read(bulk, 'select nothing')).rejects.toMatchObject({ code: '47' })
    expect(await read(store.client, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('tells of an error in the middle of a streamed result', async () => {
    const result = await bulk.query({ query: 'select throwIf(number = 900000) as x from numbers(1000000)', format: 'JSONEachRow' })
    await expect(result.json()).rejects.toMatchObject({ code: '395' })
  })

  it('streams a result of many parts whole', async () => {
    const result = await bulk.query({ query: 'select number from numbers(300000)', format: 'JSONEachRow' })
    let sum = 0
    for await (const rows of result.stream<{ number: string }>()) for (const row of rows) sum += Number(row.json().number)
    expect(sum).toBe((299_999 * 300_000) / 2)
  })

  it('stores the rows of a repeated insert once when they carry the same token', async () => {
    for (const token of ['a', 'a', 'b']) {
      await store.client.insert({
        table: 'things',
        values: [
          { id: '18446744073709551615', word: token },
          { id: 2, word: 'ü' },
        ],
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplication_token: token },
      })
    }
    expect(await read(store.client, `select word, count()::UInt32 as n from things group by word order by word`)).toEqual([
      { word: 'a', n: 1 },
      { word: 'b', n: 1 },
      { word: 'ü', n: 2 },
    ])
  })

  it('stores nothing of an insert with a bad row', async () => {
    const insert = store.client.insert({
      table: 'things',
      values: [
        { id: 5, word: 'ok' },
        { id: 'six', word: 'bad' },
      ],
      format: 'JSONEachRow',
    })
    await expect(insert).rejects.toMatchObject({ code: expect.stringMatching(/^\d+$/) })
    expect(await read(store.client, 'select count()::UInt32 as n from things where id = 5')).toEqual([{ n: 0 }])
  })

  it('answers a look-up while every session of the bulk lane is busy', async () => {
    const long = `select count() from (select sipHash64(number) as h from numbers(40000000000)) where h % 7 = 0`
    const stop = new AbortController()
    const busy = [1, 2, 3].map(() =>
      bulk.query({ query: long, format: 'JSONEachRow', abort_signal: stop.signal }).catch((error: Error) => error.message),
    )
    expect(await read(store.client, 'select 1 as one')).toEqual([{ one: 1 }])
    stop.abort()
    await Promise.all(busy)
    await expect
      .poll(
        () => read(store.client, `select count()::UInt32 as n from system.processes where position(query, concat('4000000', '0000')) > 0`),
        { timeout: 60_000 },
      )
      .toEqual([{ n: 0 }])
  })

  it('ends a query at its time limit', async () => {
    const query = 'select count() from (select sipHash64(number) as h from numbers(40000000000)) where h % 7 = 0'
    await expect(
      store.client.query({ query, format: 'JSONEachRow', clickhouse_settings: { max_execution_time: 1 } }),
    ).rejects.toMatchObject({ code: '159' })
  })

  it('speaks gzip in both directions', async () => {
    const client = createClient({ url: store.url, compression: { request: true, response: true } })
    await client.insert({ table: 'things', values: [{ id: 99, word: 'zipped' }], format: 'JSONEachRow' })
    expect(await (await client.query({ query: 'select word from things where id = 99', format: 'JSON' })).json()).toMatchObject({
      data: [{ word: 'zipped' }],
    })
    await client.close()
  })

  it('refuses a wrong password', async () => {
    const url = new URL(store.url)
    url.password = 'guess'
    const stranger = makeClickHouse(url.href, 'interactive')
    await expect(read(stranger, 'select 1')).rejects.toMatchObject({ code: '516' })
    await stranger.close()
  })
})

describe('errors of the store being away', () => {
  it('are told from errors of the query', async () => {
    const nobody = makeClickHouse('http://127.0.0.1:1/x', 'interactive')
    expect(isClickHouseAway(await nobody.query({ query: 'select 1' }).catch((error: unknown) => error))).toBe(true)
    expect(isClickHouseAway(await read(store.client, 'select nothing').catch((error: unknown) => error))).toBe(false)
    await nobody.close()
  })

  it('do not hide that a table or a database is missing', async () => {
    const missing = await read(store.client, 'select 1 from no_such_table').catch((error: unknown) => error)
    expect([isClickHouseAway(missing), isHistoryMissing(missing)]).toEqual([false, true])
    const nowhere = await read(store.client, 'select 1 from no_such_database.events').catch((error: unknown) => error)
    expect([isClickHouseAway(nowhere), isHistoryMissing(nowhere)]).toEqual([false, true])
  })
})

describe('tables', () => {
  it('are distributed over replicated ones on a cluster', () => {
    expect(tableStatements('shop', { ...table, engineArguments: 'id', partitionBy: 'id % 10' }, 'main')).toEqual([
      "create table if not exists `shop`.`things_local` on cluster 'main' (id UInt64, word String)\nengine = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/shop/things_local', '{replica}', id)\npartition by id % 10\norder by id\nsettings index_granularity = 8192",
      "create table if not exists `shop`.`things` on cluster 'main' as `shop`.`things_local`\nengine = Distributed('main', 'shop', 'things_local', id)",
    ])
  })
})
