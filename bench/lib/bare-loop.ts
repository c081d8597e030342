import { randomUUID } from 'node:crypto'
import { binary, withClient, type Pool } from '../../server/src/platform/postgres/index.ts'
import { makeShopEvent } from './shop-events.ts'

const ROWS = 1_000
const { boolArray, int2Array, int8Array, textArray, uuidArray } = binary

interface BareRow {
  readonly properties: string
  readonly context: string
}

/** Makes the table that the bare loop writes: the inbox's columns and key, and nothing else. */
export async function prepareBareTable(pool: Pool): Promise<void> {
  await pool.query('drop table if exists bare')
  await pool.query('create table bare (like inbox including defaults including constraints, primary key (shard, lane, seq, received_at))')
}

/**
 * The reference of accepting: one connection writes the same rows by multi-row inserts, 1,000 rows and one durable
 * commit each, ids and shards made up, nothing checked, nobody identified.
 * @param style `values`: `insert … values (…), (…)`, as everybody would write it; `unnest`: the arrays in binary that we use
 * @returns rows a second
 */
export async function runBareLoop(pool: Pool, ms: number, style: 'values' | 'unnest', from: number): Promise<number> {
  const source = Array.from({ length: ROWS }, (_, n): BareRow => {
    const { properties, context } = makeShopEvent(n)
    return { properties: JSON.stringify(properties), context: JSON.stringify(context) }
  })
  return withClient(pool, async (client) => {
    let rows = 0
    const start = performance.now()
    while (performance.now() - start < ms) {
      const seq = from + rows
      await client.query(style === 'values' ? insertValues(source, seq) : insertArrays(source, seq))
      rows += ROWS
    }
    return (rows / (performance.now() - start)) * 1_000
  })
}

const COLUMNS = 'shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers'
const TYPES = ['int2', 'int2', 'int8', 'int8', 'uuid', 'text', 'text', 'text', 'text', 'int8', 'text', 'text', 'bool']
const valuesText = `insert into bare (${COLUMNS}) values ${Array.from({ length: ROWS }, (_, row) => `(${TYPES.map((type, at) => `$${row * TYPES.length + at + 1}::${type}`).join(',')})`).join(',')}`
const arraysText = `insert into bare (${COLUMNS}) select * from unnest(${TYPES.map((type, at) => `$${at + 1}::${type}[]`).join(',')})`

function insertValues(source: readonly BareRow[], seq: number) {
  const now = Date.now()
  const values: unknown[] = source.flatMap<unknown>(({ properties, context }, n) => [
    n % 64,
    0,
    seq + n,
    now,
    randomUUID(),
    `web:ajs-next-${randomUUID()}`,
    'web',
    'track',
    'Product Viewed',
    now,
    properties,
    context,
    true,
  ])
  return { name: 'bare-values', text: valuesText, values }
}

function insertArrays(source: readonly BareRow[], seq: number) {
  const now = Date.now()
  const all = <T>(value: (n: number) => T): T[] => source.map((_, n) => value(n))
  return {
    name: 'bare-arrays',
    text: arraysText,
    values: [
      int2Array(all((n) => n % 64)),
      int2Array(all(() => 0)),
      int8Array(all((n) => seq + n)),
      int8Array(all(() => now)),
      uuidArray(all(() => randomUUID())),
      textArray(all(() => `web:ajs-next-${randomUUID()}`)),
      textArray(all(() => 'web')),
      textArray(all(() => 'track')),
      textArray(all(() => 'Product Viewed')),
      int8Array(all(() => now)),
      textArray(source.map(({ properties }) => properties)),
      textArray(source.map(({ context }) => context)),
      boolArray(all(() => true)),
    ],
  }
}
