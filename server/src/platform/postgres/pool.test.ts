import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { binary, keepClient, openPipelinedClient, withTransaction } from './index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())

describe('values out of PostgreSQL', () => {
  const sql = `select 5::int8 as whole, '\\x0102'::bytea as bytes, timestamptz '2024-02-29 13:45:07.123+02' as moment,
    true as yes, 1.5::float8 as part, 'ä'::text as word, '{"a":1}'::jsonb as data, null::int8 as nothing`
  const expected = {
    whole: 5,
    bytes: Buffer.from([1, 2]),
    moment: Date.UTC(2024, 1, 29, 11, 45, 7, 123),
    yes: true,
    part: 1.5,
    word: 'ä',
    data: { a: 1 },
    nothing: null,
  }

  it('are the same in the text and in the binary format', async () => {
    expect((await database.pool.query(sql)).rows[0]).toEqual(expected)
    expect((await database.pool.query({ text: sql, binary: true } as { text: string })).rows[0]).toEqual(expected)
  })

  it('are refused, not rounded, beyond 2^53', async () => {
    await expect(database.pool.query('select 9007199254740993::int8')).rejects.toThrow('9007199254740993')
    expect((await database.pool.query('select 9007199254740991::int8 as n')).rows[0].n).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('binary arrays', () => {
  it('arrive as PostgreSQL would have parsed their text form', async () => {
    const { rows } = await database.pool.query(
      `select $1::text[] as t, $2::bytea[] as b, $3::int8[] as i8, $4::int4[] as i4, $5::int2[] as i2, $6::bool[] as yes,
        $7::float8[] as f, $8::timestamptz[] as at, $9::jsonb[] as j, $10::uuid[] as u, $11::text[] as none`,
      [
        binary.textArray(['ä"{,}', '', null]),
        binary.byteaArray([Buffer.from([0, 255]), null]),
        binary.int8Array([-1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null]),
        binary.int4Array([-2_147_483_648, 2_147_483_647]),
        binary.int2Array([-32_768, 32_767]),
        binary.boolArray([true, false, null]),
        binary.float8Array([0.1, -0]),
        binary.timestamptzArray([0, 1_704_067_200_123, -1]),
        binary.jsonbArray(['{"é":[1]}', null]),
        binary.uuidArray(['0190a0b0-0000-7000-8000-0000000000ff']),
        binary.textArray([]),
      ],
    )
    expect(rows[0]).toEqual({
      t: ['ä"{,}', '', null],
      b: [Buffer.from([0, 255]), null],
      i8: [-1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null],
      i4: [-2_147_483_648, 2_147_483_647],
      i2: [-32_768, 32_767],
      yes: [true, false, null],
      f: [0.1, -0],
      at: [0, 1_704_067_200_123, -1],
      j: [{ é: [1] }, null],
      u: ['0190a0b0-0000-7000-8000-0000000000ff'],
      none: [],
    })
  })

  it('hold texts of every length and script, and more of them than one writing has room for', async () => {
    const texts = [
      'Message Sent',
      'Grüße',
      'a'.repeat(24),
      'a'.repeat(25),
      `${'a'.repeat(23)}é`,
      '名前',
      '😀'.repeat(30),
      'x'.repeat(600_000),
    ]
    const json = texts.map((text) => JSON.stringify({ text }))
    const { rows } = await database.pool.query('select $1::text[] as t, $2::jsonb[] as j', [
      binary.textArray(texts),
      binary.jsonbArray(json),
    ])
    expect(rows[0]).toEqual({ t: texts, j: texts.map((text) => ({ text })) })
  })

  it('stay as they were made when others are made after them', () => {
    const first = binary.textArray(['one'])
    const copy = Buffer.from(first)
    binary.textArray(['two'])
    expect(first).toEqual(copy)
  })

  it('refuse numbers that no column holds', () => {
    for (const wrong of [Infinity, -Infinity, NaN, 2 ** 63]) expect(() => binary.int8Array([wrong])).toThrow(RangeError)
    expect(() => binary.int4Array([2 ** 31])).toThrow(RangeError)
    expect(() => binary.int2Array([-(2 ** 15) - 1])).toThrow(RangeError)
  })

  it('refuse a text that is no UUID', () => {
    const id = '0190a0b0-0000-7000-8000-0000000000ff'
    const compact = id.replaceAll('-', '').toUpperCase()
    expect(binary.uuidArray([compact])).toEqual(binary.uuidArray([id]))
    for (const wrong of ['abc', '', `${id}0`, `${id}00`, id.slice(0, -1), id.slice(0, -2), id.replace('f', 'g'), id.replace('f', 'ö')])
      expect(() => binary.uuidArray([wrong])).toThrow(`Not a UUID: ${wrong}`)
  })
})

describe('a transaction', () => {
  beforeAll(() => database.pool.query('create table pairs (id int primary key, n int not null)'))

  it('leaves nothing behind when its function throws', async () => {
    await expect(
      withTransaction(database.pool, async (client) => {
        await client.query('insert into pairs values (1, 1)')
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect((await database.pool.query('select * from pairs')).rows).toEqual([])
  })

  it('is run again after a deadlock', async () => {
    await database.pool.query('insert into pairs values (10, 0), (11, 0)')
    let runs = 0
    let arrived = 0
    let letGo!: () => void
    const bothHoldOne = new Promise<void>((resolve) => (letGo = resolve))
    const cross = (first: number, second: number) =>
      withTransaction(database.pool, async (client) => {
        runs++
        await client.query('update pairs set n = n + 1 where id = $1', [first])
        if (++arrived === 2) letGo()
        await bothHoldOne
        await client.query('update pairs set n = n + 1 where id = $1', [second])
      })
    await Promise.all([cross(10, 11), cross(11, 10)])
    // Whoever gave way may meet the other one once more.
    expect(runs).toBeGreaterThan(2)
    expect((await database.pool.query('select n from pairs where id >= 10')).rows).toEqual([{ n: 2 }, { n: 2 }])
  })

  it('is not run again for an error of its own', async () => {
    let runs = 0
    const twice = withTransaction(database.pool, async (client) => {
      runs++
      await client.query('insert into pairs values (20, 1), (20, 2)')
    })
    await expect(twice).rejects.toMatchObject({ code: '23505' })
    expect(runs).toBe(1)
  })
})

describe('a pipelined client', () => {
  it('leaves no connection behind when it cannot be set up', async () => {
    await expect(openPipelinedClient(database.pool, { name: 'half open', setup: ['set no_such_setting = 1'] })).rejects.toMatchObject({
      code: '42704',
    })
    await expect
      .poll(async () => (await database.pool.query(`select 1 from pg_stat_activity where application_name = 'half open'`)).rowCount)
      .toBe(0)
  })
})

describe('a kept connection', () => {
  it('is the same for everybody who asks at once, and another one after it was lost', async () => {
    const kept = keepClient(database.pool, { name: 'kept', setup: ['set enable_seqscan = off'] })
    const pid = async (): Promise<number> => (await kept.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid
    const [one, other] = await Promise.all([pid(), pid()])
    expect(one).toBe(other)
    const client = await kept.client()
    const lost = new Promise((resolve) => setInterval(() => client.lost() && resolve(undefined), 5).unref())
    await database.pool.query('select pg_terminate_backend($1)', [one])
    await lost
    expect(await pid()).not.toBe(one)
    expect((await kept.query<{ on: string }>(`select current_setting('enable_seqscan') as on`)).rows[0]!.on).toBe('off')
    // What began on the connection that is gone goes on nowhere else.
    await expect(client.query('select 1')).rejects.toThrow()
    await kept.close()
    await expect(kept.query('select 1')).rejects.toThrow('Connection terminated')
  })
})
