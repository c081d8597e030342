import type { FileImport, ImportMapping, RouteResponse } from '@throughline/contracts'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importOrders, parseMapping } from '../../src/profiles/index.ts'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
}, 180_000)
afterAll(() => place?.remove())

const upload: TestApp['upload'] = (...file) => app.upload(...file)

async function finish(id: string, route: 'checkImport' | 'startImport'): Promise<FileImport> {
  await app.call(route, { params: { id } })
  let found: FileImport | undefined
  await expect
    .poll(async () => (found = await app.call('fileImport', { params: { id } })).state, { timeout: 60_000, interval: 50 })
    .not.toMatch(/checking|running/)
  return found!
}
const check = (id: string) => finish(id, 'checkImport')
const run = (id: string) => finish(id, 'startImport')
const errorsOf = async (id: string, phase: 'check' | 'run' = 'run') =>
  (await app.call('importErrors', { params: { id }, query: { phase } })).items

async function person(email: string): Promise<RouteResponse<'person'>> {
  let found: RouteResponse<'person'> | undefined
  await expect
    .poll(
      async () => {
        const [one] = (await app.call('people', { query: { search: email } })).items
        found = one && (await app.call('person', { params: { id: one.id } }))
        return found?.traits.length ?? 0
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0)
  return found!
}
/** Waits until the pipeline has taken what was accepted. */
async function settled(): Promise<void> {
  await expect.poll(async () => (await app.call('status', {})).inboxBehind, { timeout: 60_000 }).toBe(0)
}
const traitsOf = (found: RouteResponse<'person'>) => Object.fromEntries(found.traits.map(({ name, value }) => [name, value]))

describe('a file of people', () => {
  const file = `Customer ID;E-Mail;First Name;Umsatz;Geburtstag;Newsletter
7001;Ines@Example.org;Inês;1.234,50 €;31.01.1990;subscribed
7002;bo@example.org;"Bo ""B""
Berg";99,00 €;02.12.1985;unsubscribed
7003;not an address;Cem;1,00 €;01.01.2000;
;;;;;
7004;dee@example.org;Dee;abc;30.02.1990;maybe
7001;ines@example.org;Inês;1.234,50 €;31.01.1990;subscribed
`

  test('is understood, checked, imported, and imported again without a change', { timeout: 180_000 }, async () => {
    const made = await upload('people', 'kunden.csv', Buffer.from(file, 'latin1').toString('latin1') && Buffer.from(file.replace('€', '€')))
    expect(made.mapping.file).toMatchObject({ format: 'csv', encoding: 'utf-8', delimiter: ';', decimalMark: ',', dateOrder: 'dmy' })
    expect(made.mapping.columns).toEqual([
      { column: 'Customer ID', to: 'user_id' },
      { column: 'E-Mail', to: 'email' },
      { column: 'First Name', to: 'trait', name: 'first_name', type: 'text' },
      { column: 'Umsatz', to: 'trait', name: 'umsatz', type: 'text' },
      { column: 'Geburtstag', to: 'trait', name: 'geburtstag', type: 'text' },
      { column: 'Newsletter', to: 'email_consent' },
    ])
    const mapping: ImportMapping = {
      ...made.mapping,
      columns: made.mapping.columns.map((one) =>
        one.column === 'Umsatz'
          ? { ...one, name: 'revenue', type: 'money' }
          : one.column === 'Geburtstag'
            ? { ...one, name: 'birthday', type: 'date' }
            : one,
      ),
    }
    await app.call('createList', { body: { name: 'From the file' } })
    await app.call('mapImport', { params: { id: made.id }, body: { mapping, options: { list: 'from-the-file', triggers: false } } })
    const sample = await app.call('importSample', { params: { id: made.id } })
    expect(sample.missing).toEqual([])
    expect(sample.columns.find(({ column }) => column === 'Umsatz')).toMatchObject({
      values: ['1.234,50 €', '99,00 €', '1,00 €', 'abc'],
      read: '123450 minor units (EUR)',
    })

    const checked = await check(made.id)
    expect(checked).toMatchObject({ state: 'draft', check: { rows: 5, new: 2, changed: 0, unchanged: 1, refused: 2 } })
    expect((await app.call('people', { query: { search: 'ines@example.org' } })).items).toEqual([])
    expect((await errorsOf(made.id, 'check')).map(({ row, column, value }) => [row, column, value])).toEqual([
      [4, 'E-Mail', 'not an address'],
      [6, 'Umsatz', 'abc'],
      [6, 'Geburtstag', '30.02.1990'],
      [6, 'Newsletter', 'maybe'],
    ])

    const done = await run(made.id)
    expect(done).toMatchObject({ state: 'done', progress: 1, joined: 2, counts: checked.check })
    const ines = await person('ines@example.org')
    expect(traitsOf(ines)).toEqual({ email: 'ines@example.org', first_name: 'Inês', revenue: 123450, birthday: '1990-01-31' })
    expect(ines.identifiers.map(({ value }) => value)).toEqual(['7001', 'ines@example.org'])
    const bo = await person('bo@example.org')
    expect(traitsOf(bo)).toMatchObject({ first_name: 'Bo "B"\nBerg' })
    expect(bo.consents.map(({ channel, state }) => [channel, state])).toEqual([['email', 'withdrawn']])
    expect(bo.suppressions).toHaveLength(1)
    expect((await app.call('list', { params: { id: 'from-the-file' } })).members).toBe(2)

    const csv = await fetch(`${app.address}/api/imports/${made.id}/errors.csv`, { headers: { authorization: `Bearer ${keys.apiKey}` } })
    expect(csv.headers.get('content-disposition')).toContain('kunden')
    expect((await csv.text()).split('\r\n')[1]).toBe(
      '4,E-Mail,not an address,This is no e-mail address that can be used.,an address such as lena@example.org',
    )

    await settled()
    const events = (await app.call('timeline', { params: { id: ines.id }, query: {} })).items.length
    const again = await upload('people', 'kunden.csv', file)
    await app.call('mapImport', { params: { id: again.id }, body: { mapping, options: { list: 'from-the-file', triggers: false } } })
    expect(await run(again.id)).toMatchObject({ counts: { rows: 5, new: 0, changed: 0, unchanged: 3, refused: 2 }, joined: 0 })
    await settled()
    expect((await app.call('timeline', { params: { id: ines.id }, query: {} })).items).toHaveLength(events)
  })
})

describe('an order that comes in several ways', () => {
  const header = 'order,email,date,sku,quantity,price'
  const line = (number: string) => `${number},once@example.org,2026-01-02 10:00:00,cup,2,4.50`
  const mappingOf = (more = '') =>
    parseMapping(
      `source: import-till
columns: { order: order, customer: email, email: email, time: date, sku: sku, quantity: quantity, price: price }
time: { format: yyyy-MM-dd HH:mm:ss, zone: Europe/Berlin }
currency: EUR${more}`,
      'till.yaml',
    )
  async function byCommand(numbers: readonly string[], more?: string): Promise<void> {
    const path = join(tmpdir(), `orders-${crypto.randomUUID()}.csv`)
    await writeFile(path, [header, ...numbers.map(line)].join('\n'))
    await importOrders({
      file: path,
      mapping: mappingOf(more),
      port: { importEvents: async (body) => ({ kind: 'done', response: await app.call('importEvents', { body }) }) },
      server: app.address,
      folder: tmpdir(),
      triggers: false,
      restart: true,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
  }
  async function byFile(numbers: readonly string[]) {
    const { id } = await upload('orders', 'orders.csv', [header, ...numbers.map(line)].join('\n'))
    const checked = await check(id)
    const done = await run(id)
    expect(done.counts).toEqual(checked.check)
    return done.counts
  }
  const byShop = (number: string) =>
    app.send('track', {
      event: 'Order Completed',
      context: { traits: { email: 'once@example.org' } },
      properties: { order_id: number, total: 9 },
    })
  async function told(): Promise<unknown[]> {
    await settled()
    const [one] = (await app.call('people', { query: { search: 'once@example.org' } })).items
    const { items } = await app.call('timeline', { params: { id: one!.id }, query: {} })
    return items.filter(({ name }) => name === 'Order Completed').map(({ properties }) => properties['order_id'])
  }

  test(
    'counts once, whichever way is the first, unless the shop tells it twice or has numbers of its own',
    { timeout: 180_000 },
    async () => {
      await byCommand(['A1', 'A2'])
      expect(await byFile(['A1', 'A2', 'A3'])).toMatchObject({ new: 1, unchanged: 2, refused: 0 })
      await byCommand(['A3', 'A4'])
      expect((await told()).toSorted()).toEqual(['A1', 'A2', 'A3', 'A4'])

      await byShop('A5')
      expect(await byFile(['A5'])).toMatchObject({ new: 0, unchanged: 1 })
      await byCommand(['A5'])
      // Told by the shop after it was imported.
      await byShop('A1')
      expect((await told()).toSorted()).toEqual(['A1', 'A2', 'A3', 'A4', 'A5'])

      await byShop('A5')
      await byCommand(['A1'], '\norderNumbers: own')
      expect((await told()).toSorted()).toEqual(['A1', 'A1', 'A2', 'A3', 'A4', 'A5', 'A5'])
    },
  )
})
