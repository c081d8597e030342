import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { Command } from 'commander'
import { rfmGroups } from '@throughline/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importCommand } from '../../src/cli/import.ts'
import { realOrders } from '../real-orders.ts'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

/*
 * A year of a real shop, imported into the whole program, and asked in two ways: of the events that the import made, and of the raw
 * lines of the file, which ClickHouse reads by itself and sums in its own decimals. Both are held against the figures in the docs.
 */
const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const docs = readFileSync(file('docs/online-retail.md'), 'utf8')

interface Country {
  readonly country: string
  readonly customers: number
  readonly orders: number
  readonly pence: number
}

// Whom an order belongs to is who stands on it; where they live is what the file says last.
const FROM_LINES = `
with lines as (
  select *, toDecimal64(UnitPrice, 4) * toInt64(Quantity) as amount, StockCode in ('POST', 'DOT', 'C2', 'D', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'M', 'S', 'B') as extra
  from raw where CustomerID <> ''
), orders as (
  select InvoiceNo, CustomerID, toInt64(round(sum(amount) * 100)) as pence
  from lines where not match(InvoiceNo, '^[CA]') and (extra or amount >= 0)
  group by InvoiceNo, CustomerID having countIf(amount <> 0) > 0
), homes as (select CustomerID, argMax(Country, line) as country from lines group by CustomerID)
select h.country as country, uniqExact(o.CustomerID) as customers, count() as orders, sum(o.pence) as pence
from orders o join homes h on h.CustomerID = o.CustomerID group by country order by pence desc`

// Scores by their definition: by how many others somebody surpasses, or is surpassed by, in fifths; what was given back is taken off.
const GROUPS_FROM_LINES = `
with lines as (
  select *, toDecimal64(UnitPrice, 4) * toInt64(Quantity) as amount, StockCode in ('POST', 'DOT', 'C2', 'D', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'M', 'S', 'B') as extra
  from raw where CustomerID <> ''
), orders as (
  select InvoiceNo, CustomerID, min(InvoiceDate) as at, toInt64(round(sum(amount) * 100)) as pence
  from lines where not match(InvoiceNo, '^[CA]') and (extra or amount >= 0)
  group by InvoiceNo, CustomerID having countIf(amount <> 0) > 0
), refunds as (
  select CustomerID, sum(pence) as back from (
    select InvoiceNo, CustomerID, toInt64(round(-sum(amount) * 100)) as pence from lines where startsWith(InvoiceNo, 'C') group by InvoiceNo, CustomerID
  ) group by CustomerID
), buyers as (
  select o.CustomerID as id, max(o.at) as last, count() as n, sum(o.pence) - any(r.back) as spent from orders o left join refunds r on r.CustomerID = o.CustomerID group by id
), scored as (
  select spent, count() over () as everybody,
    5 - intDiv(5 * (rank() over (order by last desc) - 1), everybody) as r,
    1 + intDiv(5 * (rank() over (order by n) - 1), everybody) as f
  from buyers
)
select multiIf(r = 5 and f >= 4, 'Champions', r >= 3 and f >= 4, 'Loyal', r >= 4 and f >= 2, 'Potential loyalists', r = 5, 'New customers', r = 4, 'Promising',
    r = 3 and f = 3, 'Need attention', r = 3, 'About to sleep', f = 5, 'Can’t lose them', f >= 3, 'At risk', 'Hibernating') as name,
  count() as people, sum(spent) as pence
from scored group by name`

const FROM_EVENTS = `
with orders as (select profile_id, JSONExtractInt(properties, 'total_minor') as pence from events where name = 'Order Completed'),
  homes as (select profile_id, argMax(JSONExtractString(properties, 'country'), (timestamp, event_id)) as country from events where type = 'identify' group by profile_id)
select h.country as country, uniqExact(o.profile_id) as customers, count() as orders, sum(o.pence) as pence
from orders o join homes h on h.profile_id = o.profile_id group by country order by pence desc`

describe.runIf(realOrders !== undefined)('a year of a real shop', () => {
  let place: Place
  let app: TestApp
  const folder = mkdtempSync(join(tmpdir(), 'online retail '))
  beforeAll(async () => {
    place = await makePlace()
    app = await place.start()
  })
  afterAll(async () => {
    await place?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ask<T>(query: string): Promise<T[]> {
    const result = await place.clickhouse.client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    })
    return result.json<T>()
  }

  async function importYear(): Promise<unknown> {
    const written: string[] = []
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0
    try {
      const program = new Command().exitOverride()
      importCommand.add(program)
      const where = ['--url', app.address, '--api-key', keys.apiKey, '--data-dir', folder]
      await program.parseAsync(
        ['import', 'orders', realOrders!, '--mapping', file('examples/mappings/online-retail.yaml'), ...where, '--json'],
        { from: 'user' },
      )
    } finally {
      process.stdout.write = write
    }
    return JSON.parse(written.join(''))
  }

  test(
    'says the same of customers, orders and revenue per country as its raw lines do, and as the docs do',
    { timeout: 900_000 },
    async () => {
      expect(await importYear()).toMatchObject({
        addsUp: true,
        customers: 4_372,
        freeOrders: 4,
        orders: { count: 18_532, total: '8911407.90' },
        refunds: { count: 3_654 },
        rounding: '0.004',
        events: { made: 26_587, accepted: 26_587, rejected: 0, duplicates: 0 },
        lines: {
          read: 541_909,
          amount: '9747747.934',
          order: { amount: '8911407.904' },
          refund: { lines: 8_905 },
          withoutCustomer: { lines: 135_080 },
          unreadable: { lines: 0 },
        },
      })
      await expect
        .poll(
          async () =>
            (await ask<{ n: number }>(`select count() as n from events where name in ('Order Completed', 'Order Refunded')`))[0]?.n,
          { timeout: 300_000, interval: 500 },
        )
        .toBe(18_532 + 3_654)

      await place.clickhouse.client.command({
        query: `create table raw (line UInt64 default rowNumberInAllBlocks(), InvoiceNo String, StockCode String, Description String, Quantity String, InvoiceDate String, UnitPrice String, CustomerID String, Country String) engine = MergeTree order by line`,
      })
      await place.clickhouse.client.insert({
        table: 'raw',
        columns: ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'],
        values: createReadStream(realOrders!).pipe(createGunzip()),
        format: 'CSVWithNames',
        clickhouse_settings: { max_insert_threads: '1', input_format_parallel_parsing: 0 },
      })
      const byLines = await ask<Country>(FROM_LINES)
      const byEvents = await ask<Country>(FROM_EVENTS)
      expect(sum(byLines)).toEqual(['', 4_338, 18_532, 891_140_790])
      // The file's own names of countries: three of them are none.
      const noCountry = byLines.filter(({ country }) => ['Channel Islands', 'European Community', 'Unspecified'].includes(country))
      const named = byLines.filter((row) => !noCountry.includes(row)).map(figures)
      expect(byEvents.filter(({ country }) => country !== '').map(figures)).toEqual(named)
      expect(byEvents.filter(({ country }) => country === '').map(rowOf)).toEqual([sum(noCountry)])
      expect(byEvents.map(rowOf)).toEqual(readTable(docs))
    },
  )

  test(
    'puts its buyers into the groups of recency, frequency and money as its raw lines do, and as the docs do',
    { timeout: 600_000 },
    async () => {
      const compute = async () => (await app.call('computeRfm', {})).current
      await expect.poll(async () => (await compute())?.revenue, { timeout: 300_000, interval: 1_000 }).toBe(831_047_705)
      const { groups, people } = (await compute())!
      expect(people).toBe(4_338)
      const byEvents = groups.map(({ group, people: n, revenue }) => [rfmGroups.find(({ id }) => id === group)!.name as string, n, revenue])
      const lines = await ask<{ name: string; people: number; pence: number }>(GROUPS_FROM_LINES)
      const byLines = new Map(lines.map(({ name, people: n, pence }) => [name, [n, pence]]))
      expect(byEvents).toEqual(rfmGroups.map(({ name }) => [name, ...(byLines.get(name) ?? [0, 0])]))
      expect(byEvents).toEqual(readGroups(docs))
      const { size } = await app.call('previewSegment', { body: { where: { kind: 'rfm', groups: ['champions'] }, parts: [] } })
      expect(size).toBe(byLines.get('Champions')![0])
    },
  )
})

type Row = [country: string, customers: number, orders: number, pence: number]

function rowOf({ country, customers, orders, pence }: Country): Row {
  return [country, customers, orders, pence]
}

function figures({ customers, orders, pence }: Country): number[] {
  return [customers, orders, pence]
}

function sum(rows: readonly Country[]): Row {
  const add = (of: (row: Country) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return ['', add(({ customers }) => customers), add(({ orders }) => orders), add(({ pence }) => pence)]
}

/** The table of groups as the docs have it. */
function readGroups(markdown: string): [name: string, people: number, pence: number][] {
  const number = (text: string): number => Number(text.replaceAll(',', ''))
  return [...markdown.matchAll(/^\| ([\w’ ]+) \| ([\d,]+) \| \d+ % \| ([\d,.]+) \| \d+ % \|$/gm)].map(([, name, people, revenue]) => [
    name!,
    number(people!),
    Math.round(number(revenue!) * 100),
  ])
}

/** The table of countries as the docs have it. */
function readTable(markdown: string): Row[] {
  const number = (text: string): number => Number(text.replaceAll(',', ''))
  return [...markdown.matchAll(/^\| [\w ]+ \| (-|[A-Z]{2}) \| ([\d,]+) \| ([\d,]+) \| ([\d,.]+) \|$/gm)].map(
    ([, code, customers, orders, revenue]) => [
      code === '-' ? '' : code!,
      number(customers!),
      number(orders!),
      Math.round(number(revenue!) * 100),
    ],
  )
}
