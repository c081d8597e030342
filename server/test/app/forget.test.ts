import { join } from 'node:path'
import type { FileImport, Forget } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archiveAll, readArchive } from './archive.ts'
import { cartRecovery } from './definitions.ts'
import { makeGate, type Gate } from './gate.ts'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'
import { findTraces } from './traces.ts'

let place: Place
let gate: Gate
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  gate = await makeGate(place.clickhouse.url)
  app = await place.start({ environment: { CLICKHOUSE_URL: gate.url } })
  await app.call('applyDefinitions', { body: { definitions: cartRecovery('1 second') } })
})
afterAll(async () => {
  await place?.remove()
  await gate?.close()
})

const patient = { timeout: 60_000, interval: 100 }
const idOf = async (search: string) => (await app.call('people', { query: { search } })).items[0]?.id ?? ''
const exported = () => expect.poll(async () => (await app.call('status', {})).exportBehind, patient).toBe(0)
const forget = (id: string) => app.call('forgetPerson', { params: { id } })
const receipt = (id: string) => app.call('forget', { params: { id } })
const complete = async ({ id }: Forget): Promise<Forget> => {
  await expect.poll(async () => (await receipt(id)).state, patient).toBe('complete')
  return receipt(id)
}
const countOf = ({ counts }: Forget, place: string) => counts.find((one) => one.place === place)?.count ?? 0
const refused = async (kind: 'track' | 'identify', body: object) =>
  app.send(kind, body).then(
    () => 'accepted',
    (error: Error) => error.message,
  )

test('of somebody who was forgotten no store holds anything, and others keep all that is theirs', { timeout: 180_000 }, async () => {
  const jane = 'jane.doe@example.org'
  await app.send('track', { anonymousId: 'janes-device-000001', event: 'Product Viewed', properties: { name: 'Lamp' } })
  await app.send('identify', { userId: 'jane-1', anonymousId: 'janes-device-000001', traits: { email: jane, first_name: 'Janefirstname' } })
  await app.send('track', {
    userId: 'jane-1',
    event: 'Cart Updated',
    messageId: `cart-of-${jane}`,
    properties: { product: 'Lamp', to: jane },
  })
  await app.send('identify', { userId: 'omar-1', traits: { email: 'omar@example.org' } })
  await app.send('track', { userId: 'omar-1', event: 'Cart Updated' })
  const [id, omar] = [await idOf(jane), await idOf('omar@example.org')]
  await expect
    .poll(
      async () => (await app.call('messages', { query: { person: id } })).items.filter(({ status }) => status === 'sent').length,
      patient,
    )
    .toBe(2)
  await app.call('setConsent', { params: { id }, body: { channel: 'email', state: 'withdrawn', source: `letter of ${jane}` } })
  await expect(app.send('track', { userId: 'jane-1', event: '', properties: { email: jane } })).rejects.toThrow('400')
  await place.database.pool.query(
    `with i as (
       insert into imports (id, kind, name, bytes, state, mapping, options, counts, created_at, created_by, has_file)
       values (gen_random_uuid(), 'people', 'people.csv', 1, 'done', '{}', '{}', '{}', 0, 'ann', false) returning id
     )
     insert into import_errors (import_id, phase, row, at, column_name, value, reason) select id, 'run', 1, 0, 'Email', $1::text, 'seen before' from i`,
    [`<${jane}>`],
  )
  // Another system's webhook, which names people in a way of its own; one body is kept, another refused too.
  const hook = await app.call('createHook', { body: { name: 'Till', kind: 'events' } })
  const tell = async (body: object) => (await fetch(`${app.address}${hook.path}`, { method: 'POST', body: JSON.stringify(body) })).status
  const columns = [
    { column: 'who', to: 'user_id' as const },
    { column: 'when', to: 'time' as const },
  ]
  await app.call('mapHook', { params: { id: hook.id }, body: { mapping: { file: { format: 'jsonl' }, columns, event: 'Till Used' } } })
  await app.call('setHookState', { params: { id: hook.id }, body: { state: 'on' } })
  expect([await tell({ who: 'jane-1', when: 'once', till: 7 }), await tell({ who: 'omar-1', when: 'once' })]).toEqual([400, 400])
  await exported()
  const before = await findTraces(place, jane)
  expect(await findTraces(place, '"jane-1"')).toContain('hook_bodies')
  for (const there of [
    'profiles',
    'identifiers',
    'messages',
    'consents',
    'suppressions',
    'rejected_events',
    'audit_log',
    'import_errors',
    'clickhouse events',
  ])
    expect(before).toContain(there)
  const { rows: had } = await place.database.pool.query<Record<string, number>>(
    `with them as (select $1::uuid as id union select loser from merges where winner = $1::uuid)
     select (select count(*) from identifiers join them on id = profile_id) as identifiers,
       (select count(*) from suppressions where address = $2::text) as suppressions,
       (select count(*) from consents join them on id = profile_id) as consents,
       (select count(*) from messages m join them t on t.id = m.profile_id) as messages,
       (select count(*) from message_contents c join messages m on m.shard = c.shard and m.id = c.message_id join them t on t.id = m.profile_id)
         as message_contents`,
    [id, jane],
  )
  expect(Object.values(had[0]!).every((count) => count > 0)).toBe(true)

  const asked = await forget(id)
  expect(asked).toMatchObject({ state: 'pending', requestedBy: expect.any(String), profiles: expect.arrayContaining([id]) })
  expect(await forget(id)).toMatchObject({ id: asked.id })
  const proof = await complete(asked)
  for (const text of [jane, 'Janefirstname', 'janes-device-000001', '"jane-1"'])
    expect([text, await findTraces(place, text)]).toEqual([text, []])
  expect(proof.waitsFor).toBeNull()
  expect(proof.completedAt).toBeGreaterThan(proof.requestedAt)
  expect(Object.fromEntries(Object.keys(had[0]!).map((where) => [where, countOf(proof, where)]))).toEqual(had[0])
  expect(countOf(proof, 'rejected_events')).toBe(2)
  expect(countOf(proof, 'hook_bodies')).toBe(1)
  expect((await app.call('hookBodies', { params: { id: hook.id } })).items.map(({ body }) => body)).toEqual([
    '{"who":"omar-1","when":"once"}',
  ])
  expect(countOf(proof, 'clickhouse events')).toBeGreaterThan(6)
  const { rows } = await place.database.pool.query('select sealed from forgets where id = $1', [asked.id])
  expect(rows).toEqual([{ sealed: null }])

  await expect(app.call('person', { params: { id } })).rejects.toThrow('person_forgotten')
  await expect(app.call('timeline', { params: { id } })).rejects.toThrow('person_forgotten')
  for (const search of [jane, 'Janefirstname', id]) expect((await app.call('people', { query: { search } })).items).toEqual([])
  expect((await app.call('messages', { query: { person: id } })).items).toEqual([])
  const kept = await app.call('timeline', { params: { id: omar } })
  expect(kept.items.map(({ name }) => name)).toEqual(expect.arrayContaining(['Cart Updated', 'Journey Entered', 'Identified']))
  await expect.poll(async () => (await app.call('segments', {})).items.find((one) => one.id === 'cart-people')?.size, patient).toBe(1)
})

test('whoever was forgotten does not come back by an event, an alias, an import or a list', { timeout: 180_000 }, async () => {
  for (const body of [
    { userId: 'jane-1' },
    { anonymousId: 'janes-device-000001' },
    { userId: 'new-9', traits: { email: 'Jane.Doe@Example.org ' } },
  ])
    expect(await refused('identify', body)).toMatch(/400.*forgotten/)
  await expect(app.send('alias', { previousId: 'janes-device-000001', userId: 'new-9' })).rejects.toThrow('forgotten')
  const { accepted, rejected } = await app.call('importEvents', {
    body: {
      source: 'shop-export',
      events: [
        { type: 'identify', messageId: 'i1', userId: 'jane-1', traits: { email: 'jane.doe@example.org' } },
        { type: 'identify', messageId: 'i2', userId: 'omar-1', traits: { city: 'Cairo' } },
      ],
    },
  })
  expect({ accepted, rejected: rejected.map(({ index }) => index) }).toEqual({ accepted: 1, rejected: [0] })
  expect(await findTraces(place, 'jane.doe@example.org')).toEqual([])
  expect(await idOf('new-9')).toBe('')
})

test('allowed again, they come back as somebody new, whose opt-out holds', { timeout: 180_000 }, async () => {
  await expect(app.call('allowForgotten', { body: { identifier: 'nobody@example.org' } })).rejects.toThrow('identifier_not_forgotten')
  const changes = async () =>
    (await place.database.pool.query<{ n: number }>('select last_value::int as n from address_changes_id_seq')).rows[0]!.n
  const before = await changes()
  expect(await app.call('allowForgotten', { body: { identifier: ' JANE.DOE@example.org' } })).toEqual({ allowed: ['email'] })
  // Whoever has the address now is told that it is blocked again.
  expect(await changes()).toBe(before + 1)
  await expect
    .poll(() => refused('identify', { anonymousId: 'another-device', traits: { email: 'jane.doe@example.org' } }), patient)
    .toBe('accepted')
  const person = await app.call('person', { params: { id: await idOf('jane.doe@example.org') } })
  expect(person.suppressions).toMatchObject([{ channel: 'email', reason: 'unsubscribed' }])
  expect(person.identifiers.map(({ kind }) => kind).sort()).toEqual(['anonymous_id', 'email'])
  expect(await refused('identify', { userId: 'jane-1' })).toMatch('forgotten')
})

test('while somebody is being forgotten their events come in on and on, and in the end nothing is left', { timeout: 180_000 }, async () => {
  const busy = 'busy.bee@example.org'
  let going = true
  let taken = 0
  const bee = async (n: number): Promise<void> => {
    for (let turn = 0; going; turn++) {
      const said = await refused('track', {
        userId: 'bee-0000000000000001',
        anonymousId: `bees-device-${n}`,
        event: 'Cart Updated',
        properties: { turn, to: busy },
      })
      if (said === 'accepted') taken++
    }
  }
  await app.send('identify', { userId: 'bee-0000000000000001', traits: { email: busy } })
  const bees = [1, 2, 3, 4].map(bee)
  await expect.poll(() => taken, patient).toBeGreaterThan(50)
  const asked = await forget(await idOf(busy))
  await complete(asked)
  going = false
  await Promise.all(bees)
  await exported()
  for (const text of [busy, 'bee-0000000000000001', 'bees-device-']) expect([text, await findTraces(place, text)]).toEqual([text, []])
})

test('merged profiles are forgotten together, each in its shard', { timeout: 180_000 }, async () => {
  for (const device of ['phone-of-mia-0001', 'laptop-of-mia-001']) {
    await app.send('track', { anonymousId: device, event: 'Cart Updated', properties: { for: 'mia@example.org' } })
    await app.send('identify', { userId: 'mia-1', anonymousId: device, traits: { email: 'mia@example.org' } })
  }
  const asked = await forget(await idOf('mia@example.org'))
  expect(asked.profiles.length).toBeGreaterThan(1)
  await complete(asked)
  for (const text of ['mia@example.org', 'phone-of-mia', 'laptop-of-mia']) expect([text, await findTraces(place, text)]).toEqual([text, []])
  await expect(app.call('person', { params: { id: asked.profiles[1]! } })).rejects.toThrow('person_forgotten')
})

test(
  'a range whose insert was cut off, and a ClickHouse that is away and comes back, leave nothing either',
  { timeout: 180_000 },
  async () => {
    const away = 'away.person@example.org'
    await app.send('identify', { userId: 'away-1', traits: { email: away } })
    await app.send('identify', { userId: 'beside-1', traits: { email: 'beside@example.org' } })
    await exported()
    gate.shut()
    for (let n = 0; n < 20; n++) {
      await app.send('track', { userId: 'away-1', event: 'Cart Updated', properties: { n, to: away } })
      await app.send('track', { userId: 'beside-1', event: 'Shelf Passed', properties: { n } })
    }
    await expect.poll(async () => (await place.database.pool.query('select 1 from export_batches')).rowCount, patient).toBeGreaterThan(0)
    const asked = await forget(await idOf(away))
    await expect.poll(async () => (await receipt(asked.id)).waitsFor, patient).toMatch(/ClickHouse/)
    expect((await findTraces(place, away)).filter((one) => !one.startsWith('clickhouse'))).toEqual([])
    expect(await receipt(asked.id)).toMatchObject({ state: 'pending', completedAt: null })
    gate.open()
    await complete(asked)
    await exported()
    expect(await findTraces(place, away)).toEqual([])
    const beside = await app.call('timeline', { params: { id: await idOf('beside@example.org') } })
    expect(beside.items.filter(({ name }) => name === 'Shelf Passed')).toHaveLength(20)
  },
)

test(
  'in archive files they stay sealed for ever, and what is put back into ClickHouse from them lacks only them',
  { timeout: 180_000 },
  async () => {
    await app.send('identify', { userId: 'old-1', traits: { email: 'old.one@example.org' } })
    await app.send('identify', { userId: 'old-2', traits: { email: 'old.two@example.org' } })
    await exported()
    const folder = join(place.dataDir, 'archive')
    const files = await archiveAll(place, folder)
    expect(files.readable).toEqual(expect.arrayContaining([expect.stringContaining('old.one@'), expect.stringContaining('old.two@')]))
    expect(await findTraces(place, 'old.two@example.org')).not.toEqual(expect.arrayContaining([expect.stringMatching('archive')]))
    await complete(await forget(await idOf('old.one@example.org')))
    const restored = await readArchive(place, folder)
    expect(restored.readable.filter((line) => line.includes('old.one@'))).toEqual([])
    expect(restored.readable.filter((line) => line.includes('old.two@'))).toHaveLength(1)
    expect(restored.unreadable).toBeGreaterThan(0)
    expect(await findTraces(place, 'old.one@example.org')).toEqual([])
  },
)

test('who asks what is known of them gets all of it in one file, and that is recorded', { timeout: 180_000 }, async () => {
  await app.send('identify', { userId: 'curious-1', traits: { email: 'curious@example.org', first_name: 'Cleo' } })
  await app.send('track', { userId: 'curious-1', event: 'Cart Updated', properties: { product: 'Lamp' } })
  const calls = { kind: 'staff-task', title: 'Call {{ profile.first_name }}', assignee: 'ann@shop.example' }
  await app.call('applyDefinitions', {
    body: {
      definitions: [
        {
          kind: 'journey',
          id: 'calls',
          name: 'Calls',
          entry: { on: { event: 'Asked For A Call' } },
          start: 'call',
          steps: { call: calls },
        },
      ],
    },
  })
  await app.send('track', { userId: 'curious-1', event: 'Asked For A Call' })
  const id = await idOf('curious@example.org')
  await expect.poll(async () => (await app.call('tasks', { query: { person: id } })).items.length, patient).toBe(1)
  await expect.poll(async () => (await app.call('messages', { query: { person: id, status: 'sent' } })).items.length, patient).toBe(2)
  await app.call('setConsent', { params: { id }, body: { channel: 'webhook', state: 'withdrawn', source: 'desk' } })
  const answer = await fetch(`${app.address}/api/people/${id}/everything`, { headers: { authorization: `Bearer ${keys.apiKey}` } })
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="person-${id}.json"`)
  const file = (await answer.json()) as {
    person: { email: string }
    events: { name: string }[]
    messages: { channel: string; content: { subject?: string } }[]
    notifications: { title: string }[]
    tasks: { title: string; assignee: string; doneAt: number | null }[]
    audit: { action: string }[]
  }
  expect(file.person.email).toBe('curious@example.org')
  expect(file.events.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Identified', 'Cart Updated', 'Message Sent', 'Consent Changed']),
  )
  expect(file.messages.find(({ channel }) => channel === 'email')?.content.subject).toBe('You left Lamp behind')
  expect(file.notifications).toMatchObject([{ title: 'Your cart is waiting' }])
  expect(file.tasks).toMatchObject([{ title: 'Call Cleo', assignee: 'ann@shop.example', doneAt: null }])
  expect(file.audit.map(({ action }) => action)).toEqual(['accessRequest', 'setConsent'])
})

test(
  'uploaded files that name somebody who is forgotten are gone with them, and allowed again, the same file brings them back',
  { timeout: 180_000 },
  async () => {
    const file = 'Email,City,Loyal\nida@example.org,Oslo,7\nole@example.org,Bergen,8\n'
    const bring = async (): Promise<FileImport> => {
      const { id } = await app.upload('people', 'loyal.csv', file)
      await app.call('startImport', { params: { id } })
      await expect.poll(async () => (await app.call('fileImport', { params: { id } })).state, patient).toBe('done')
      return app.call('fileImport', { params: { id } })
    }
    expect(await bring()).toMatchObject({ counts: { new: 2 } })
    await expect.poll(() => idOf('ida@example.org'), patient).not.toBe('')
    await expect.poll(async () => (await app.call('status', {})).inboxBehind, patient).toBe(0)
    await exported()
    const draft = await app.upload('people', 'waiting.csv', file)
    const other = await app.upload('people', 'others.csv', file.replace('ida', 'una'))
    await complete(await forget(await idOf('ida@example.org')))
    await expect(app.call('importSample', { params: { id: draft.id } })).rejects.toThrow('file_import_gone')
    expect((await app.call('fileImport', { params: { id: draft.id } })).error).toContain('was removed')
    await app.call('importSample', { params: { id: other.id } })

    expect(await bring()).toMatchObject({ counts: { new: 0, unchanged: 1, refused: 1 } })
    await app.call('allowForgotten', { body: { identifier: 'ida@example.org' } })
    await expect.poll(async () => (await bring()).counts, patient).toMatchObject({ new: 1, unchanged: 1, refused: 0 })
    await expect.poll(() => idOf('ida@example.org'), patient).not.toBe('')
  },
)

test('what only resembles somebody who is forgotten stays', { timeout: 180_000 }, async () => {
  await app.send('identify', { userId: 'name', traits: { email: 'an@shop.example' } })
  await expect(app.send('track', { userId: 'susan-1', event: '', properties: { email: 'susan@shop.example' } })).rejects.toThrow('400')
  await expect(app.send('track', { userId: 'name', event: '' })).rejects.toThrow('400')
  const list = await app.call('createList', { body: { name: 'Guests' } })
  const proof = await complete(await forget(await idOf('an@shop.example')))
  expect(countOf(proof, 'rejected_events')).toBe(1)
  const kept = (await app.call('rejectedEvents', {})).items.map(({ raw }) => raw).join()
  expect(kept).toContain('susan@shop.example')
  expect(kept).not.toContain('"userId":"name"')
  const line = (await app.call('auditLog', {})).items.find(
    ({ subject, after }) => subject === list.id || JSON.stringify(after).includes('Guests'),
  )
  expect(line?.after).toMatchObject({ name: 'Guests' })
})
