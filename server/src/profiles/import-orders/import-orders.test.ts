import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { acceptLimits } from '@throughline/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importOrders, parseMapping, renderReport, type ImportOptions, type ImportPort, type ImportReport } from './index.ts'

const mapping = parseMapping(
  await readFile(new URL('../../../../examples/mappings/online-retail.yaml', import.meta.url), 'utf8'),
  'online-retail.yaml',
)
const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
// A small file with everything in it: an order in two pieces, a gift, shipping, a credit note with a discount, a free order,
// stock corrections, bad debt, nobody's order, a changed country, and a line that cannot be read.
const sample = [
  header,
  '1001,84029G,"BOTTLE, ""RED""",3,2011-07-01 12:00:00,3.39,12346.0,United Kingdom',
  '1001,85123A,HEART,6,2011-07-01 12:01:00,2.55,12346.0,United Kingdom',
  '1002,22423,CAKE STAND,1,2011-07-01 12:05:00,12.75,12347.0,EIRE',
  '1001,POST,POSTAGE,1,2011-07-01 12:00:00,18,12346.0,United Kingdom',
  '1001,22000,GIFT,1,2011-07-01 12:00:00,0.0,12346.0,United Kingdom',
  'C1003,85123A,HEART,-2,2011-10-30 01:30:00,2.55,12346.0,United Kingdom',
  'C1003,D,Discount,-1,2011-10-30 01:30:00,1.005,12346.0,United Kingdom',
  '1004,22000,GIFT,1,2011-07-02 09:00:00,0,12347.0,EIRE',
  '1005,22423,CAKE STAND,2,2011-07-03 09:00:00,12.75,,France',
  '1006,22423,damaged,-5,2011-07-03 09:00:00,12.75,12347.0,EIRE',
  '1007,22423,damaged,-5,2011-07-03 09:00:00,0,,EIRE',
  'A1008,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom',
  '1009,22423,CAKE STAND,many,2011-07-03 09:00:00,12.75,12347.0,EIRE',
  '1010,22423,CAKE STAND,1,2011-12-01 09:00:00,12.75,12347.0,Unspecified',
].join('\n')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline import '))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A server that takes everything and knows ids again, as the real one does. */
function makeServer(known = new Map<string, unknown>()): ImportPort & { known: typeof known; calls: number } {
  const server = {
    known,
    calls: 0,
    importEvents: async ({ events }: { events: unknown[] }) => {
      server.calls += 1
      let duplicates = 0
      for (const event of events as { messageId: string }[]) {
        if (known.has(event.messageId)) duplicates += 1
        known.set(event.messageId, event)
      }
      return { kind: 'done' as const, response: { accepted: events.length - duplicates, duplicates, rejected: [] } }
    },
  }
  return server
}

async function run(text: string | Buffer, options: Partial<ImportOptions> = {}): Promise<ImportReport | null> {
  const file = join(folder, 'orders.csv')
  await writeFile(file, text)
  return importOrders({
    file,
    mapping,
    port: makeServer(),
    server: 'http://127.0.0.1',
    folder: join(folder, 'imports'),
    triggers: false,
    restart: false,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  })
}

describe('a file of order lines', () => {
  test('becomes orders, refunds and customers whose totals are right to the penny', async () => {
    const server = makeServer()
    const report = await run(sample, { port: server })
    expect([...server.known.keys()]).toEqual([
      'customer:12347:1002',
      'order:1002',
      'customer:12346:1001',
      'order:1001',
      'refund:C1003',
      'customer:12347:1010',
      'order:1010',
    ])
    expect(server.known.get('order:1001')).toEqual({
      type: 'track',
      event: 'Order Completed',
      messageId: 'order:1001',
      userId: '12346',
      timestamp: '2011-07-01T11:00:00.000Z',
      properties: {
        order_id: '1001',
        currency: 'GBP',
        total: 43.47,
        revenue: 25.47,
        total_minor: 4347,
        revenue_minor: 2547,
        shipping: 18,
        products: [
          { product_id: '84029G', sku: '84029G', name: 'BOTTLE, "RED"', price: 3.39, quantity: 3 },
          { product_id: '85123A', sku: '85123A', name: 'HEART', price: 2.55, quantity: 6 },
          { product_id: '22000', sku: '22000', name: 'GIFT', price: 0, quantity: 1 },
        ],
      },
    })
    // 5.10 + 1.005 given back: rounded once, half away from zero. 01:30 that night comes twice; the first one is meant.
    expect(server.known.get('refund:C1003')).toMatchObject({
      event: 'Order Refunded',
      timestamp: '2011-10-30T00:30:00.000Z',
      properties: {
        order_id: 'C1003',
        credit_note_id: 'C1003',
        total: 6.11,
        total_minor: 611,
        discount: 1.01,
        products: [{ sku: '85123A', quantity: 2 }],
      },
    })
    expect(server.known.get('customer:12347:1002')).toMatchObject({ type: 'identify', userId: '12347', traits: { country: 'IE' } })
    expect(server.known.get('customer:12347:1010')).toMatchObject({ traits: {} })
    expect(report).toMatchObject({
      orders: { count: 3, total: '68.97', withoutGoods: 0 },
      refunds: { count: 1, total: '6.11' },
      customers: 2,
      freeOrders: 1,
      rounding: '0.005',
      unknownCountries: { Unspecified: 1 },
    })
  })

  test('gives a report in which every line is in exactly one place, by number and by worth', async () => {
    const report = await run(sample)
    expect(report?.addsUp).toBe(true)
    expect(report?.lines.read).toBe(14)
    expect(
      Object.fromEntries(
        Object.entries(report?.lines ?? {}).flatMap(([key, share]) => (typeof share === 'object' ? [[key, share.lines]] : [])),
      ),
    ).toEqual({
      order: 6,
      refund: 2,
      withoutCustomer: 3,
      freeOfCharge: 1,
      negative: 1,
      adjustment: 0,
      ignored: 0,
      unreadable: 1,
    })
    expect(report?.withoutCustomer).toEqual({ sale: 1, creditNote: 0, stockCorrection: 1, free: 0, adjustment: 1 })
    expect(report === null ? '' : renderReport(report)).toContain('The shares add up to the lines read')
  })

  test('leaves a list of the lines that were not imported, each with its reason', async () => {
    const report = await run(sample)
    const lines = gunzipSync(await readFile(report?.files.notImported ?? ''))
      .toString()
      .trim()
      .split('\r\n')
    expect(lines[0]).toBe(`${header},reason`)
    expect(
      lines
        .slice(1)
        .map((line) => line.split(',')[0])
        .sort(),
    ).toEqual(['1004', '1005', '1006', '1007', '1009', 'A1008'])
    expect(lines.find((line) => line.startsWith('1009'))).toContain('"Quantity: ""many"" stands there; allowed: a number that is not 0')
  })

  test('is read the same when it is gzipped', async () => {
    expect((await run(gzipSync(sample)))?.lines).toEqual((await run(sample))?.lines)
  })

  test('spreads an order over several events when it has more lines than one event may hold, and loses none of them', async () => {
    const server = makeServer()
    await run(
      [
        header,
        ...Array.from({ length: 700 }, (_, index) => `1,S${index},A NAME OF THIRTY CHARACTERS ÄÖÜ,1,2011-07-01 12:00:00,1.10,7,France`),
      ].join('\n'),
      { port: server },
    )
    const calls = [...server.known.values()].slice(1) as {
      messageId: string
      event: string
      properties: { total_minor?: number; products_total?: number; products: { sku: string }[] }
    }[]
    expect(calls.map(({ messageId, event }) => [messageId, event])).toEqual([
      ['order:1', 'Order Completed'],
      ['order:1:part-2', 'Order Continued'],
      ['order:1:part-3', 'Order Continued'],
    ])
    for (const call of calls) expect(Buffer.byteLength(JSON.stringify(call))).toBeLessThan(acceptLimits.eventBytes)
    expect(new Set(calls.flatMap(({ properties }) => properties.products.map(({ sku }) => sku))).size).toBe(700)
    expect(calls[0]?.properties).toMatchObject({ total_minor: 77_000, products_total: 700 })
  })

  test('keeps two customers apart to whom the shop gave one order number', async () => {
    const server = makeServer()
    await run([header, '1,A1,X,1,2011-07-01 12:00:00,1,7,France', '1,A1,X,1,2011-07-01 12:00:00,2,8,France'].join('\n'), { port: server })
    expect([...server.known.keys()]).toEqual(['customer:7:1', 'order:1', 'customer:8:1', 'order:1:8'])
  })

  test('without a column that the mapping names is refused with the columns it has', async () => {
    await expect(run('InvoiceNo,Stock\n1,2')).rejects.toMatchObject({
      code: 'import_column_missing',
      details: { field: 'columns.sku', value: 'StockCode', allowed: 'InvoiceNo, Stock' },
    })
  })

  test('that does not exist, is empty or is broken is refused by name', async () => {
    await expect(run('', {})).rejects.toMatchObject({ code: 'import_file_unreadable' })
    await expect(run(sample, { file: join(folder, 'nowhere.csv') })).rejects.toThrow(/nowhere\.csv cannot be read/)
    await expect(run(gzipSync(sample).subarray(0, 100))).rejects.toMatchObject({ code: 'import_file_unreadable' })
  })
})

describe('a second run', () => {
  test('sends the same ids, so that the server takes nothing twice', async () => {
    const known = new Map<string, unknown>()
    expect((await run(sample, { port: makeServer(known) }))?.events).toMatchObject({ made: 7, accepted: 7, duplicates: 0 })
    expect((await run(sample, { port: makeServer(known) }))?.events).toMatchObject({ made: 7, accepted: 0, duplicates: 7 })
  })

  test('goes on after the last confirmed batch when the first was interrupted', async () => {
    const orders = [header, ...Array.from({ length: 1_800 }, (_, index) => `${2_000 + index},A1,X,1,2011-07-01 12:00:00,1,7,France`)].join(
      '\n',
    )
    const stop = new AbortController()
    const first = makeServer()
    const port: ImportPort = {
      importEvents: async (body) => (first.calls === 2 ? (stop.abort(), { kind: 'again', reason: 'away' }) : first.importEvents(body)),
    }
    expect(await run(orders, { port, signal: stop.signal })).toBeNull()
    const second = makeServer()
    const report = await run(orders, { port: second })
    expect(report?.events).toMatchObject({ made: 1_801, skipped: 1_000, accepted: 801, duplicates: 0 })
    expect(new Set([...first.known.keys(), ...second.known.keys()]).size).toBe(1_801)
    expect((await run(orders, { port: makeServer() }))?.events.skipped).toBe(0)
  })

  test('waits while the server is away and sends each event once', async () => {
    const server = makeServer()
    let failures = 2
    const waits: string[] = []
    const port: ImportPort = {
      importEvents: async (body) => (failures-- > 0 ? { kind: 'again', reason: 'the server does not answer' } : server.importEvents(body)),
    }
    const report = await run(sample, { port, onProgress: (progress) => progress.kind === 'waiting' && waits.push(progress.reason) })
    expect(report?.events.accepted).toBe(7)
    expect(waits).toEqual(['the server does not answer', 'the server does not answer'])
  })
})

describe('a mapping', () => {
  test('with a mistake is refused by field, value and what is allowed', () => {
    const text =
      'source: Shop\ncolumns: {order: A, sku: B, quantity: C, price: D, time: E}\ntime: {format: dd.MM, zone: Berlin}\ncurrency: Pound\nlines: [{as: freight, skus: [X]}]\nextra: 1'
    expect(() => parseMapping(text, 'shop.yaml')).toThrow(/shop\.yaml is no mapping/)
    try {
      parseMapping(text, 'shop.yaml')
    } catch (error) {
      const problems = (error as { details: { problems: { field: string; value: unknown; allowed: string }[] } }).details.problems
      expect(problems.map(({ field, value }) => [field, value])).toEqual([
        ['source', 'Shop'],
        ['columns.customer', null],
        ['time.format', 'dd.MM'],
        ['time.zone', 'Berlin'],
        ['currency', 'Pound'],
        ['lines.0.as', 'freight'],
        ['extra', null],
      ])
      expect(problems[5]?.allowed).toBe('shipping, discount, fee, adjustment, ignore')
    }
  })

  test('reads another shop: semicolons, decimal commas, a column for credit notes, the refunded order, e-mail and traits', async () => {
    const other = parseMapping(
      `source: import-other
file: {delimiter: ";", decimalMark: ","}
columns: {order: nr, sku: artikel, quantity: menge, price: preis, time: datum, customer: kunde, email: mail, refundOf: zu}
traits: {first_name: vorname}
time: {format: "d.M.yyyy H:mm", zone: Europe/Berlin}
currency: JPY
documents: {creditNote: {column: art, values: [G]}}
creditNoteQuantities: positive
lines: [{as: ignore, skus: [pfand]}]`,
      'other.yaml',
    )
    const server = makeServer()
    const report = await run(
      'nr;art;zu;artikel;menge;preis;datum;kunde;mail;vorname\n1;R;;X;1,5;200,4;1.2.2024 9:05;k1;a@example.com;Ada\n1;R;;PFAND;1;25;1.2.2024 9:05;k1;a@example.com;Ada\n2;G;1;X;1,5;200,4;3.2.2024 9:05;k1;a@example.com;Ada',
      { mapping: other, port: server },
    )
    expect(server.known.get('customer:k1:1')).toMatchObject({ traits: { email: 'a@example.com', first_name: 'Ada' } })
    expect(server.known.get('order:1')).toMatchObject({
      timestamp: '2024-02-01T08:05:00.000Z',
      properties: { total: 301, total_minor: 301, products: [{ price: 200.4, quantity: 1.5 }] },
    })
    expect(server.known.get('refund:2')).toMatchObject({ properties: { order_id: '1', credit_note_id: '2', total: 301 } })
    expect(report?.lines.ignored).toEqual({ lines: 1, amount: '25' })
    expect(report?.rounding).toBe('0')
  })
})
