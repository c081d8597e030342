import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shardOf, type ImportKind, type ImportMapping, type MappedColumn } from '@throughline/contracts'
import { v7 } from 'uuid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startIngest, type IngestServer } from '../../test/ingest-server.ts'
import type { AcceptEvent } from '../ingest/index.ts'
import { LeaseGone, runImport } from './run.ts'
import type { WeighDeps } from './weigh.ts'
import { claimImport, finishImport, insertImport, moveImport, readErrors, readImport, type StoredImport } from './store.ts'
import { csvFile } from './test/csv-file.ts'

let server: IngestServer
let folder: string
beforeAll(async () => {
  server = await startIngest()
  folder = mkdtempSync(join(tmpdir(), 'imports-'))
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})

async function make(kind: ImportKind, columns: MappedColumn[], text: string, rest: Partial<ImportMapping> = {}): Promise<string> {
  const id = v7()
  writeFileSync(join(folder, id), text)
  await insertImport(server.pool, {
    id,
    kind,
    name: 'file.csv',
    bytes: text.length,
    mapping: { file: csvFile, columns, ...rest },
    preset: null,
    createdBy: 'test',
  })
  await moveImport(server.pool, id, ['draft'], 'running', Date.now())
  return id
}

async function work(
  id: string,
  accept = (events: readonly AcceptEvent[]) => server.accepter.accept(events),
  traitsOf: WeighDeps['traitsOf'] = async () => new Map(),
): Promise<StoredImport> {
  const held = await claimImport(server.pool, id, Date.now(), Date.now() + 60_000)
  if (held === null) throw new Error('not to be claimed')
  await runImport(
    { pool: server.pool, accept, traitsOf },
    { held, phase: 'run', path: join(folder, id), list: null, signal: new AbortController().signal, leaseUntil: () => 0 },
  )
  await finishImport(server.pool, held, 'run', null, Date.now())
  return readImport(server.pool, id)
}
const run = async (...given: Parameters<typeof make>): Promise<StoredImport> => work(await make(...given))
const named = async (name: string, part: string) =>
  (await server.inbox()).filter((row) => row.name === name && row.properties.includes(part))

test('a run that is killed between accepting and noting goes on there, and nothing is there twice', { timeout: 180_000 }, async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => `kill${n}@example.org,${n === 1_700 ? 'x' : n}\n`)
  const id = await make(
    'people',
    [
      { column: 'mail', to: 'email' },
      { column: 'n', to: 'trait', name: 'kill_n', type: 'number' },
    ],
    `mail,n\n${rows.join('')}`,
  )
  let calls = 0
  await expect(
    work(id, async (events) => {
      const outcomes = await server.accepter.accept(events)
      calls += 1
      if (calls === 2) throw new Error('killed')
      return outcomes
    }),
  ).rejects.toThrow('killed')
  expect(await readImport(server.pool, id)).toMatchObject({ state: 'running', rows: 1_001, counts: { rows: 1_000, new: 1_000 } })
  expect(await named('Identified', 'kill_n')).toHaveLength(1_999)
  await server.pool.query('update imports set lease_until = 0 where id = $1::uuid', [id])
  const done = await work(id)
  // Who was made by the batch that was not noted is known by now, and counts as changed.
  expect(done).toMatchObject({ state: 'done', counts: { rows: 2_500, new: 1_500, changed: 999, unchanged: 0, refused: 1 } })
  expect(await named('Identified', 'kill_n')).toHaveLength(2_499)
  expect(await readErrors(server.pool, id, 'run', [-1, 0], 10)).toMatchObject([{ row: 1_702, column: 'n', value: 'x' }])
})

test('one that was cancelled, or taken over, writes nothing more', async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => `stop${n}@example.org,${n}\n`).join('')
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'email' },
    { column: 'n', to: 'trait', name: 'stop_n', type: 'number' },
  ]
  const id = await make('people', columns, `mail,n\n${rows}`)
  let calls = 0
  await expect(
    work(id, async (events) => {
      calls += 1
      if (calls === 2) await moveImport(server.pool, id, ['running'], 'cancelled', Date.now())
      return server.accepter.accept(events)
    }),
  ).rejects.toBeInstanceOf(LeaseGone)
  // What was under way when it was cancelled is accepted, and not noted; of the rest nothing is.
  expect(calls).toBe(2)
  expect(await named('Identified', 'stop_n')).toHaveLength(2_000)
  expect(await readImport(server.pool, id)).toMatchObject({ state: 'cancelled', counts: { rows: 1_000 } })
})

test('rows next to each other with one order number are one order, exact to the cent; a number that comes again is refused', async () => {
  const text = `order,mail,when,sku,qty,price\nA1,o@example.org,2026-01-02,cup,3,0.10\nA1,o@example.org,2026-01-02,pot,1,0.20\nA2,o@example.org,2026-01-03,cup,-1,0.10\nA1,o@example.org,2026-01-02,lid,1,9\nA3,o@example.org,2026-01-04,cup,many,1\nA3,o@example.org,2026-01-04,pot,1,1\n`
  const columns: MappedColumn[] = [
    { column: 'order', to: 'order_id' },
    { column: 'mail', to: 'email' },
    { column: 'when', to: 'time' },
    { column: 'sku', to: 'sku' },
    { column: 'qty', to: 'quantity' },
    { column: 'price', to: 'price' },
  ]
  const done = await run('orders', columns, text)
  expect(done.counts).toEqual({ rows: 6, new: 3, changed: 0, unchanged: 0, kept: 0, refused: 3 })
  const [order] = await named('Order Completed', '"A1"')
  expect(JSON.parse(order!.properties)).toEqual({
    order_id: 'A1',
    total: 0.5,
    total_minor: 50,
    currency: 'EUR',
    products: [
      { product_id: 'cup', sku: 'cup', price: 0.1, quantity: 3 },
      { product_id: 'pot', sku: 'pot', price: 0.2, quantity: 1 },
    ],
  })
  expect(order).toMatchObject({ lane: 1, triggers: false, occurred_at: Date.UTC(2026, 0, 2) })
  expect(await named('Order Refunded', '"A2"')).toHaveLength(1)
  expect((await readErrors(server.pool, done.id, 'run', [-1, 0], 10)).map(({ row, reason }) => [row, reason])).toEqual([
    [5, 'Other rows of this order stand further up.'],
    [6, 'This is no quantity.'],
    [7, 'It belongs to the order A3, of which row 6 cannot be read.'],
  ])
  expect((await run('orders', columns, text)).counts).toEqual({ rows: 6, new: 0, changed: 0, unchanged: 3, kept: 0, refused: 3 })
  expect(await named('Order Completed', '"A1"')).toHaveLength(1)
})

test('an order with more articles than an event may hold is taken whole, and ids and prices are those that the shop means', async () => {
  const lines = Array.from(
    { length: 600 },
    (_, n) => `90001.0,17850.0,2026-01-02,${n}.0,An article with quite a long name ${n},100,0.001\n`,
  )
  const columns: MappedColumn[] = [
    { column: 'order', to: 'order_id' },
    { column: 'customer', to: 'user_id' },
    { column: 'when', to: 'time' },
    { column: 'sku', to: 'sku' },
    { column: 'name', to: 'product' },
    { column: 'qty', to: 'quantity' },
    { column: 'price', to: 'price' },
  ]
  const text = `order,customer,when,sku,name,qty,price\n${lines.join('')}`
  expect((await run('orders', columns, text)).counts).toEqual({ rows: 600, new: 600, changed: 0, unchanged: 0, kept: 0, refused: 0 })
  const [order, ...twice] = await named('Order Completed', '"90001"')
  const more = await named('Order Continued', '"90001"')
  expect(twice).toEqual([])
  const told = [order!, ...more].map((row): { products: { sku: string; price: number }[] } & object => JSON.parse(row.properties))
  expect(told[0]).toMatchObject({ order_id: '90001', total: 60, total_minor: 6_000, products_total: 600 })
  expect(told.slice(1).map((one) => ('part' in one ? one.part : null))).toEqual(told.slice(1).map((_, at) => at + 2))
  expect(told.flatMap(({ products }) => products.map(({ sku }) => sku))).toEqual(lines.map((_, n) => String(n)))
  expect(told[0]!.products[0]).toMatchObject({ price: 0.001 })
  expect((await server.pool.query(`select 1 from identifiers where kind = 'user_id' and value = '17850'`)).rowCount).toBe(1)
  expect((await run('orders', columns, text)).counts).toMatchObject({ new: 0, unchanged: 600 })
  expect(await named('Order Continued', '"90001"')).toHaveLength(more.length)
})

test('an opt-out stands whatever a file says, and one in a file holds for the address at once', async () => {
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'email' },
    { column: 'said', to: 'state' },
    { column: 'when', to: 'time' },
  ]
  const out = await run('consents', columns, 'mail,said,when\nout@example.org,unsubscribed,2025-05-01\nin@example.org,yes,\n')
  expect(out.counts).toMatchObject({ rows: 2, new: 2 })
  expect((await server.pool.query(`select reason from suppressions where address = 'out@example.org'`)).rows).toEqual([
    { reason: 'unsubscribed' },
  ])
  const back = await run(
    'consents',
    columns,
    'mail,said,when\nout@example.org,subscribed,2026-01-01\nin@example.org,yes,\nout@example.org,perhaps,\n',
  )
  expect(back.counts).toMatchObject({ rows: 3, new: 0, changed: 0, unchanged: 1, kept: 1, refused: 1 })
  const { rows } = await server.pool.query(
    `select state from consents c join identifiers i on i.profile_id = c.profile_id where i.value = 'out@example.org'`,
  )
  expect(rows).toEqual([{ state: 'withdrawn' }])
})

test('suppressed addresses are kept once, with why', async () => {
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'address' },
    { column: 'why', to: 'reason' },
  ]
  const text = 'mail,why\nDead@example.org,Hard Bounce\ndead@example.org,spam\nnobody,\n'
  expect((await run('suppressions', columns, text)).counts).toMatchObject({ rows: 3, new: 1, unchanged: 1, refused: 1 })
  expect((await run('suppressions', columns, text)).counts).toMatchObject({ rows: 3, new: 0, unchanged: 2, refused: 1 })
  const { rows } = await server.pool.query(`select address, reason from suppressions where address ilike 'dead%'`)
  expect(rows).toHaveLength(1)
})

test('events are told once, however often the file comes', async () => {
  const columns: MappedColumn[] = [
    { column: 'id', to: 'user_id' },
    { column: 'at', to: 'time' },
    { column: 'shop', to: 'property', name: 'shop' },
  ]
  const text = 'id,at,shop\nv1,2026-02-01T10:00:00Z,Bonn\nv1,2026-02-01T10:00:00Z,Bonn\nv1,2026-02-01T11:00:00Z,Bonn\nv2,never,Bonn\n'
  expect((await run('events', columns, text, { event: 'Store Visited' })).counts).toMatchObject({
    rows: 4,
    new: 2,
    unchanged: 1,
    refused: 1,
  })
  expect((await run('events', columns, text, { event: 'Store Visited' })).counts).toMatchObject({
    rows: 4,
    new: 0,
    unchanged: 3,
    refused: 1,
  })
  expect(await named('Store Visited', 'Bonn')).toHaveLength(2)
})

test('of rows about one person the last one counts, also where it says again what stood before them', async () => {
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'email' },
    { column: 'city', to: 'trait', name: 'city', type: 'text' },
    { column: 'at', to: 'time' },
  ]
  await run('people', columns, 'mail,city,at\nmoved@example.org,Bonn,2023-01-01\n')
  const text = 'mail,city,at\nmoved@example.org,Köln,2024-01-01\nmoved@example.org,Bonn,2025-01-01\n'
  const stands = [Date.UTC(2023, 0, 1)].map((at) => ({ city: ['Bonn', at] as const }))[0]!
  await work(await make('people', columns, text), undefined, async (ids) => new Map(ids.map((id) => [id, stands])))
  const cities = (await named('Identified', 'city')).filter(({ properties }) => /Köln|Bonn/.test(properties))
  expect(cities.map(({ properties }) => (JSON.parse(properties) as { city: string }).city)).toEqual(['Bonn', 'Köln', 'Bonn'])
})

test('an opt-out in a file holds for the address also of somebody who has opted out where anybody may say so', async () => {
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'email' },
    { column: 'state', to: 'state' },
  ]
  const rows = 'mail,state\nsoft@example.org,unsubscribed\n'
  await run('people', columns.slice(0, 1), 'mail\nsoft@example.org\n')
  const found = await server.pool.query<{ id: string }>(`select profile_id as id from identifiers where value = 'soft@example.org'`)
  await server.pool.query(
    `insert into consents (shard, profile_id, channel, topic, state, source, at) values ($1, $2, 'email', '', 'withdrawn', 'web', 1)`,
    [shardOf(found.rows[0]!.id), found.rows[0]!.id],
  )
  expect(await run('consents', columns, rows)).toMatchObject({ counts: { changed: 1 } })
  const { rows: held } = await server.pool.query(`select reason from suppressions where address = 'soft@example.org'`)
  expect(held).toEqual([{ reason: 'unsubscribed' }])
  expect(await run('consents', columns, rows)).toMatchObject({ counts: { unchanged: 1 } })
})

test('a complaint takes the place of an opt-out that agreeing again would lift, and nothing takes the place of a complaint', async () => {
  const columns: MappedColumn[] = [
    { column: 'mail', to: 'address' },
    { column: 'why', to: 'reason' },
  ]
  for (const why of ['unsubscribed', 'complaint', 'unsubscribed']) await run('suppressions', columns, `mail,why\nloud@example.org,${why}\n`)
  const { rows } = await server.pool.query(`select reason from suppressions where address = 'loud@example.org'`)
  expect(rows).toHaveLength(1)
  expect(rows[0]).not.toEqual({ reason: 'unsubscribed' })
})
