import { pipeline } from 'node:stream/promises'
import { to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeSplitter } from './data-rows.ts'
import { openPipelinedClient, withClient, type PipelinedClient } from './index.ts'

let database: TestDatabase
let client: PipelinedClient
beforeAll(async () => {
  database = await makeTestDatabase()
  client = await openPipelinedClient(database.pool, { name: 'test' })
})
afterAll(async () => {
  await client.close()
  await database.drop()
})

// One value of each type that columns and answers of ours have, and the same once more as null.
const VALUES = [
  'true',
  'false',
  `'\\x00ff80c3'::bytea`,
  `''::bytea`,
  '(-2)::int2',
  '32767::int2',
  '(-2147483648)::int4',
  '2147483647::int4',
  '0::int8',
  '(-1)::int8',
  '4294967296::int8',
  '(-4294967297)::int8',
  '9007199254740991::int8',
  '(-9007199254740991)::int8',
  `''::text`,
  `'Grüße 名前 😀'::text`,
  `repeat('ü', 70000)`,
  `'short'::varchar(10)`,
  `'0190a0b0-0000-7000-8000-0000000000ff'::uuid`,
  '0.1::float8',
  `'-0'::float8`,
  `'NaN'::float8`,
  '0.1::float4',
  '12345678901234567890.5::numeric',
  `'{"a": [1, "é"]}'::jsonb`,
  `'[]'::json`,
  `timestamptz '2024-02-29 13:45:07.123456+02'`,
  `date '2024-02-29'`,
  `timestamp '2024-02-29 13:45:07'`,
  `interval '1 day'`,
  `array[1, null, 3]::int8[]`,
  `array['a', 'b,c']::text[]`,
]
const ALL = `select ${VALUES.map((value, at) => `${value} as v${at}, nullif(${value}, ${value}) as n${at}`)
  .join(', ')
  .replace(/nullif\('(\[\])'::json[^)]*\) /, 'null::json ')}`

describe('a named statement', () => {
  it('answers the same each time it is run, and the same as one without a name', async () => {
    const plain = await client.query(ALL)
    const runs = []
    for (let i = 0; i < 3; i++) runs.push(await client.query({ name: 'all', text: ALL }))
    for (const { rows, rowCount, command, fields } of runs) {
      expect({ rows, rowCount, command }).toEqual({ rows: plain.rows, rowCount: 1, command: 'SELECT' })
      expect(fields.map((field) => field.name)).toEqual(plain.fields.map((field) => field.name))
    }
    const [pooled, again] = await withClient(database.pool, async (one) => [
      await one.query({ name: 'all', text: ALL }),
      await one.query({ name: 'all', text: ALL }),
    ])
    expect(pooled.rows).toEqual(plain.rows)
    expect(again.rows).toEqual(plain.rows)
  })

  it('takes every kind of parameter each time it is run', async () => {
    const text = `select $1::text as t, $2::int8 as n, $3::bool as yes, $4::bytea as b, $5::text as nothing, $6::text as none, $7::jsonb as j,
      $8::int8[] as list, $9::float8 as f`
    const values = ['é\u{1F600}', 9_007_199_254_740_991, true, Buffer.from([0, 128, 255]), null, undefined, { a: 1 }, [1, 2], -0.5]
    const expected = { t: 'é\u{1F600}', n: 9_007_199_254_740_991, yes: true, b: values[3], nothing: null, none: null, f: -0.5 }
    for (let i = 0; i < 3; i++) {
      expect((await client.query({ name: 'kinds', text, values })).rows).toEqual([{ ...expected, j: { a: 1 }, list: [1, 2] }])
      // None of these has to be written by pg.
      const simple = [...values.slice(0, 6), '{"a": 1}', '{1,2}', -0.5]
      expect((await client.query({ name: 'kinds', text }, simple)).rows).toEqual([{ ...expected, j: { a: 1 }, list: [1, 2] }])
    }
  })

  it('is answered in order among others, with and without rows', async () => {
    await client.query('create temp table t (id int primary key, n int8)')
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([
        client.query('begin'),
        client.query({ name: 'put', text: 'insert into t select g, $1::int8 from generate_series(1, 500) g', values: [round] }),
        client.query({ name: 'get', text: 'select id, n from t where id <= $1::int order by id', values: [round] }),
        client.query('select 7 as plain'),
        client.query({ name: 'none', text: 'select id from t where false' }),
        client.query({ name: 'clear', text: 'delete from t' }),
        client.query('commit'),
      ])
      expect(answers.map(({ rowCount }) => rowCount)).toEqual([null, 500, round, 1, 0, 500, null])
      expect(answers[2].rows).toEqual(Array.from({ length: round }, (_, at) => ({ id: at + 1, n: round })))
      expect(answers[3].rows).toEqual([{ plain: 7 }])
    }
  })

  it('fails alone, and is run again after that', async () => {
    const divide = (by: number) => client.query<{ n: number }>({ name: 'divide', text: 'select 6 / $1::int as n', values: [by] })
    await expect(divide(0)).rejects.toThrow('division by zero')
    for (let i = 0; i < 3; i++) {
      const [bad, good] = await Promise.allSettled([divide(0), divide(2)])
      expect(bad).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
      expect(good).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: 3 }] } })
    }
  })

  it('is refused under the name of another one', async () => {
    await client.query({ name: 'mine', text: 'select 1' })
    await expect(client.query({ name: 'mine', text: 'select 2' })).rejects.toThrow('must be unique')
    expect((await client.query({ name: 'mine', text: 'select 1' })).rowCount).toBe(1)
  })

  it('says who asked when a value is beyond what a number holds', async () => {
    const large = (n: string) => client.query({ name: 'large', text: 'select $1::int8 as n', values: [n] })
    await large('1')
    for (const n of ['9007199254740992', '-9007199254740993', '9223372036854775807']) await expect(large(n)).rejects.toThrow(n)
    expect((await large('-5')).rows).toEqual([{ n: -5 }])
  })

  it('keeps nothing of what came with a row but its bytes', async () => {
    const text = `select g as n, decode(repeat('ab', 100), 'hex') as b from generate_series(1, 1000) g`
    await client.query({ name: 'bytes', text })
    const { rows } = await client.query<{ b: Buffer }>({ name: 'bytes', text })
    expect(rows[999]!.b.buffer.byteLength).toBeLessThanOrEqual(8192)
    expect(rows[999]!.b).toEqual(Buffer.alloc(100, 0xab))
  })
})

describe('a connection', () => {
  it('copies a table out, and goes on with statements', async () => {
    await withClient(database.pool, async (one) => {
      for (let i = 0; i < 2; i++) {
        const parts: Buffer[] = []
        await pipeline(one.query(copyTo(`copy (select repeat('x', 1000) from generate_series(1, 300)) to stdout`)), async (from) => {
          for await (const part of from as AsyncIterable<Buffer>) parts.push(part)
        })
        expect(Buffer.concat(parts)).toHaveLength(300 * 1001)
        expect((await one.query({ name: 'after', text: 'select 1 as n' })).rows).toEqual([{ n: 1 }])
      }
    })
  })

  it('hands on messages whole and in order, in whatever pieces they come', () => {
    const message = (code: string, body: Buffer): Buffer => {
      const head = Buffer.alloc(5)
      head.write(code, 0, 'latin1')
      head.writeUInt32BE(body.length + 4, 1)
      return Buffer.concat([head, body])
    }
    const row = (text: string): Buffer => {
      const head = Buffer.alloc(6)
      head.writeUInt16BE(1, 0)
      head.writeUInt32BE(text.length, 2)
      return message('D', Buffer.concat([head, Buffer.from(text)]))
    }
    const all = Buffer.concat([
      message('2', Buffer.alloc(0)),
      row('a'),
      row('b'.repeat(90)),
      message('C', Buffer.from('SELECT 2\0')),
      message('Z', Buffer.from('I')),
      row('DDDDD'),
      message('Z', Buffer.from('I')),
    ])
    const said = (size: number): string[] => {
      const found: string[] = []
      const split = makeSplitter(
        (bytes) => {
          // Whole messages only.
          for (let at = 0; at < bytes.length; at += 1 + bytes.readUInt32BE(at + 1)) {
            expect(at + 1 + bytes.readUInt32BE(at + 1)).toBeLessThanOrEqual(bytes.length)
            found.push(String.fromCharCode(bytes[at]!))
          }
        },
        ({ fields }) => found.push(...fields.map(String)),
      )
      for (let at = 0; at < all.length; at += size) split(all.subarray(at, at + size))
      split(Buffer.alloc(0))
      return found
    }
    const expected = ['2', 'a', 'b'.repeat(90), 'C', 'Z', 'DDDDD', 'Z']
    for (let size = 1; size <= all.length; size++) expect(said(size)).toEqual(expected)
  })
})
