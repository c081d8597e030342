import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { unpackProfile } from '../../src/pipeline/index.ts'
import { columnsOf, type Exported } from '../../src/profiles/export-people/columns.ts'
import { formats } from '../../src/profiles/export-people/formats.ts'
import { leaveOutForgotten, readPeopleForExport } from '../../src/profiles/export-people/read-people.ts'
import { cartRecovery } from './definitions.ts'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
const PEOPLE = 1_200
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', { body: { definitions: cartRecovery('1 hour') } })
  const events = Array.from({ length: PEOPLE }, (_, n) => ({
    type: 'identify',
    messageId: `p${n}`,
    userId: `u${n}`,
    traits: { email: `person${n}@example.org`, note: n === 7 ? '=HYPERLINK("http://evil.example")' : `Zoë, "${n}"\nline`, points: -n },
  }))
  await app.call('importEvents', { body: { source: 'test', events } })
  await app.send('track', { userId: 'u7', event: 'Cart Updated' })
  await vi.waitFor(
    async () => {
      expect((await app.call('overview', {})).people).toBe(PEOPLE)
      expect((await app.call('segments', {})).items[0]?.size).toBe(1)
    },
    { timeout: 60_000, interval: 200 },
  )
}, 180_000)
afterAll(() => place?.remove())

const download = async (query: Record<string, string>) =>
  fetch(`${app.address}/api/export/people?${new URLSearchParams(query).toString()}`, {
    headers: { authorization: `Bearer ${keys.apiKey}` },
  })

test('every person stands once in a CSV, whatever is in their traits, and a formula is none', async () => {
  const answer = await download({ columns: 'id,email,user_id,trait:note,trait:points,consent:email' })
  expect(answer.headers.get('content-type')).toContain('text/csv')
  const rows = parse(await answer.text(), { columns: true }) as Record<string, string>[]
  expect(rows).toHaveLength(PEOPLE)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(PEOPLE)
  expect(rows.find(({ user_id }) => user_id === 'u12')).toMatchObject({
    email: 'person12@example.org',
    'trait:note': 'Zoë, "12"\nline',
    'trait:points': '-12',
  })
  expect(rows.find(({ user_id }) => user_id === 'u7')?.['trait:note']).toBe('\'=HYPERLINK("http://evil.example")')
})

test('computed traits stand with the person and in the columns of an export', async () => {
  const definitions = [
    { kind: 'trait', id: 'carts', name: 'Carts', value: { of: 'count', event: 'Cart Updated' } },
    { kind: 'trait', id: 'last-cart', name: 'Last cart', value: { of: 'last', event: 'Cart Updated' } },
  ] as const
  await app.call('applyDefinitions', { body: { definitions: [...definitions] } })
  const [person] = (await app.call('people', { query: { search: 'person7@example.org' } })).items
  const computed = async () => (await app.call('person', { params: { id: person!.id } })).computed
  await expect.poll(computed, { timeout: 60_000, interval: 200 }).toMatchObject([
    { id: 'carts', name: 'Carts', value: 1, pending: false },
    { id: 'last-cart', name: 'Last cart', value: expect.anything(), pending: false },
  ])
  const rowOf = async (userId: string) => {
    const text = await (await download({ columns: 'user_id,computed:carts,computed:last-cart' })).text()
    return (parse(text, { columns: true }) as Record<string, string>[]).find(({ user_id }) => user_id === userId)
  }
  expect(await rowOf('u7')).toMatchObject({ 'computed:carts': '1', 'computed:last-cart': expect.stringMatching(/^20/) })
  // Who is in another shard may be computed later.
  await expect.poll(() => rowOf('u8')).toMatchObject({ 'computed:carts': '0', 'computed:last-cart': '' })
  expect((await app.call('exportColumns', {})).items).toContainEqual({ id: 'computed:carts', label: 'Carts', group: 'computed' })
  for (const columns of ['computed:nothing', 'segment cart-people', 'trait carts']) expect((await download({ columns })).status).toBe(400)
})

test('a segment as JSON lines has its people and no others, and that it was handed out is recorded', async () => {
  const lines = (await (await download({ segment: 'cart-people', format: 'ndjson' })).text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { user_id: 'u7', email: 'person7@example.org', segments: ['People with a cart'] },
  ])
  expect((await app.call('auditLog', { query: { action: 'exportPeople' } })).items[0]).toMatchObject({
    subject: 'cart-people',
    after: { format: 'ndjson' },
  })
})

test('Parquet is read by ClickHouse, with nothing lost', async () => {
  const file = await (await download({ format: 'parquet', columns: 'user_id,email,trait:points,trait:absent' })).arrayBuffer()
  expect(Buffer.from(file).subarray(-4).toString('latin1')).toBe('PAR1')
  const { client } = place.clickhouse
  // As text: the embedded store takes no binary format with an insert.
  const query = `select * from format(Parquet, unhex('${Buffer.from(file).toString('hex')}'))`
  const rows = await (await client.query({ query, format: 'JSONEachRow' })).json<{ user_id: string }>()
  expect(rows).toHaveLength(PEOPLE)
  expect(rows.find(({ user_id }) => user_id === 'u31')).toEqual({
    user_id: 'u31',
    email: 'person31@example.org',
    'trait:points': '-31',
    'trait:absent': null,
  })
})

test('a column or a segment that there is not is refused with what there is', async () => {
  expect(await (await download({ columns: 'email,shoe' })).json()).toMatchObject({ code: 'export_column_unknown', value: 'shoe' })
  expect(await (await download({ segment: 'none' })).json()).toMatchObject({ code: 'segment_missing' })
  const { items, standard } = await app.call('exportColumns', {})
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([...standard, 'trait:points', 'consent:email']))
})

test('somebody who was forgotten is in no file from then on, also when an export had read them already', async () => {
  const { pool } = place.database
  const forget = (id: string) =>
    pool.query('insert into forgotten_profiles (profile_id, forget) values ($1::uuid, gen_random_uuid()) on conflict do nothing', [id])
  const idsIn = async (format: 'csv' | 'ndjson' | 'parquet', file: Buffer): Promise<string[]> => {
    if (format === 'csv') return (parse(file, { columns: true }) as { id: string }[]).map(({ id }) => id)
    const query = `select id from format(Parquet, unhex('${file.toString('hex')}'))`
    const rows =
      format === 'parquet'
        ? await (await place.clickhouse.client.query({ query, format: 'JSONEachRow' })).json<{ id: string }>()
        : file
            .toString()
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { id: string })
    return rows.map(({ id }) => id)
  }
  for (const format of ['csv', 'ndjson', 'parquet'] as const) {
    const stayed: string[] = []
    async function* pages() {
      for await (const page of readPeopleForExport(
        { db: pool, unpack: unpackProfile, readSeen: null, readComputed: null, names: new Map() },
        undefined,
      )) {
        // One of those who are read is forgotten before anything of them is written.
        const [first, ...others] = page.map(({ profile }) => profile.id)
        stayed.push(...others)
        await forget(first!)
        yield page
      }
    }
    const parts: Buffer[] = []
    const source = { pages: pages(), stillKnown: (people: readonly Exported[]) => leaveOutForgotten(pool, people) }
    for await (const part of formats[format].write(columnsOf(['id'], new Map()), source)) parts.push(Buffer.from(part))
    expect(stayed.length).toBeGreaterThan(0)
    expect(await idsIn(format, Buffer.concat(parts))).toEqual(stayed)
    // Their rows are there until their workers come to them.
    expect(await idsIn(format, Buffer.from(await (await download({ format, columns: 'id' })).arrayBuffer()))).toEqual(stayed)
  }
})
