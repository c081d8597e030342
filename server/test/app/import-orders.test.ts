import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importCommand } from '../../src/cli/import.ts'
import { Command } from 'commander'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
const folder = mkdtempSync(join(tmpdir(), 'orders '))
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
})
afterAll(async () => {
  await place?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const mapping = fileURLToPath(new URL('../../../examples/mappings/online-retail.yaml', import.meta.url))
const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
// Customers of two orders and a refund each, and one order of 500 lines, which is larger than one event may be.
const lines = Array.from({ length: 30 }, (_, customer) => [
  `${1000 + customer},A1,ARTICLE,2,2011-03-01 10:00:00,2.55,${50 + customer}.0,Germany`,
  `${2000 + customer},A2,ARTICLE,1,2011-04-01 10:00:00,10,${50 + customer}.0,Germany`,
  `C${3000 + customer},A2,ARTICLE,-1,2011-04-08 10:00:00,10,${50 + customer}.0,Germany`,
]).flat()
const large = Array.from(
  { length: 500 },
  (_, index) => `9999,S${index},AN ARTICLE WITH A RATHER LONG DESCRIPTION,1,2011-05-01 10:00:00,1.10,99.0,EIRE`,
)
const file = join(folder, 'orders.csv')
writeFileSync(file, [header, ...lines, ...large, '9998,A1,ARTICLE,1,2011-05-01 10:00:00,1,,France'].join('\n'))

async function run(
  from = file,
  ...flags: string[]
): Promise<{ orders: { count: number }; events: { accepted: number; duplicates: number; rejected: number } }> {
  const out = join(folder, 'report.json')
  const written: string[] = []
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0
  try {
    const program = new Command().exitOverride()
    importCommand.add(program)
    await program.parseAsync(
      [
        'import',
        'orders',
        from,
        '--mapping',
        mapping,
        '--url',
        app.address,
        '--api-key',
        keys.apiKey,
        '--data-dir',
        folder,
        '--json',
        ...flags,
      ],
      { from: 'user' },
    )
  } finally {
    process.stdout.write = write
  }
  writeFileSync(out, written.join(''))
  return JSON.parse(readFileSync(out, 'utf8'))
}

test(
  'orders arrive as people with their history, start no journey, and arrive once however often they are imported',
  { timeout: 180_000 },
  async () => {
    await app.call('applyDefinitions', {
      body: {
        definitions: [
          { kind: 'template', id: 'thanks', name: 'Thanks', channel: 'inbox', title: 'Thank you', body: 'For your order' },
          {
            kind: 'journey',
            id: 'thank',
            name: 'Thank',
            entry: { on: { event: 'Order Completed' } },
            start: 'say',
            steps: { say: { kind: 'message', channel: 'inbox', template: 'thanks' } },
          },
          {
            kind: 'segment',
            id: 'buyers',
            name: 'Bought twice',
            where: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 2 } },
          },
        ],
      },
    })
    const first = await run()
    expect(first).toMatchObject({
      addsUp: true,
      orders: { count: 61 },
      refunds: { count: 30 },
      customers: 31,
      events: { rejected: 0, duplicates: 0 },
      lines: { withoutCustomer: { lines: 1 } },
    })
    expect(await run()).toMatchObject({ events: { accepted: 0, duplicates: first.events.accepted, rejected: 0 } })

    await expect.poll(async () => (await app.call('segments', {})).items[0]?.size, { timeout: 60_000, interval: 500 }).toBe(30)
    const { items } = await app.call('people', { query: { search: '50' } })
    // First seen is the first order, not the day of the import, on which the profile was made.
    const firstSeen = '2011-03-01T10:00:00.000Z'
    expect(items).toMatchObject([{ userId: '50', country: 'DE', firstSeenAt: Date.parse(firstSeen) }])
    expect(items[0]!.createdAt).toBeGreaterThan(Date.parse('2026-01-01'))
    expect(await app.call('person', { params: { id: items[0]!.id } })).toMatchObject({ firstSeenAt: Date.parse(firstSeen) })
    const exported = await fetch(`${app.address}/api/export/people?format=ndjson&columns=user_id,first_seen,last_seen,created_at`, {
      headers: { authorization: `Bearer ${keys.apiKey}` },
    })
    const rows = (await exported.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(rows).toContainEqual({
      user_id: '50',
      first_seen: firstSeen,
      last_seen: '2011-04-08T09:00:00.000Z',
      created_at: new Date(items[0]!.createdAt).toISOString(),
    })
    await expect
      .poll(
        async () =>
          (await app.call('timeline', { params: { id: items[0]!.id } })).items.map(({ name, timestamp }) => [
            name,
            new Date(timestamp).toISOString(),
          ]),
        { timeout: 60_000 },
      )
      .toEqual(
        expect.arrayContaining([
          ['Order Refunded', '2011-04-08T09:00:00.000Z'],
          ['Order Completed', '2011-04-01T09:00:00.000Z'],
          ['Order Completed', '2011-03-01T10:00:00.000Z'],
        ]),
      )
    expect((await app.call('journeys', {})).items).toMatchObject([{ id: 'thank', entered: 0, messages: 0 }])
  },
)

test('orders start journeys when they are told to', { timeout: 180_000 }, async () => {
  const late = join(folder, 'late.csv')
  writeFileSync(late, [header, '7001,A1,ARTICLE,2,2011-06-01 10:00:00,2.55,701.0,Germany'].join('\n'))
  expect(await run(late, '--trigger-journeys')).toMatchObject({ orders: { count: 1 }, events: { rejected: 0 } })
  await expect
    .poll(async () => (await app.call('journeys', {})).items, { timeout: 60_000, interval: 300 })
    .toMatchObject([{ id: 'thank', entered: 1 }])
})
