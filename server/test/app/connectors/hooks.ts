import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Hook, ImportMapping, MappedColumn } from '@throughline/contracts'
import { expect, test } from 'vitest'
import { makeSecrets } from '../../../src/platform/secrets/index.ts'
import type { World } from './world.ts'

interface Answer {
  status: number
  code?: string
  message?: string
  field?: string
  value?: unknown
  allowed?: string
  taken?: number
  repeated?: number
  listening?: boolean
  refused?: { index: number; problems: { field: string }[] }[]
}

/** What incoming webhooks do, in a world that is started. */
export function testHooks(world: World): void {
  const mapped = (columns: MappedColumn[], rest: Partial<ImportMapping> = {}) => ({
    file: { format: 'jsonl' as const, zone: 'Europe/Berlin' },
    columns,
    ...rest,
  })
  async function make(
    name: string,
    kind: Hook['kind'],
    mapping: ReturnType<typeof mapped>,
    rest: { items?: string; identity?: Hook['identity'] } = {},
  ): Promise<Hook> {
    const { id } = await world.app.call('createHook', { body: { name, kind } })
    await world.app.call('mapHook', { params: { id }, body: { mapping, ...rest } })
    return world.app.call('setHookState', { params: { id }, body: { state: 'on' } })
  }
  async function tell(hook: Pick<Hook, 'path'>, body: object | string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const response = await fetch(`${world.app.address}${hook.path}`, { method: 'POST', body: raw, headers })
    return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
  }
  async function timeline(search: string) {
    await expect.poll(async () => (await world.app.call('status', {})).inboxBehind, { timeout: 60_000 }).toBe(0)
    const [one] = (await world.app.call('people', { query: { search } })).items
    if (one === undefined) return { traits: {}, events: [] }
    const { traits } = await world.app.call('person', { params: { id: one.id } })
    const { items } = await world.app.call('timeline', { params: { id: one.id } })
    return { traits: Object.fromEntries(traits.map(({ name, value }) => [name, value])), events: items }
  }
  const bodiesOf = async ({ id }: Hook) => (await world.app.call('hookBodies', { params: { id } })).items

  test('a webhook listens, is mapped on what came, tried, switched on, and then takes what it is told', { timeout: 180_000 }, async () => {
    const hook = await world.app.call('createHook', { body: { name: 'Support désk', kind: 'people' } })
    const params = { id: hook.id }
    expect(hook).toMatchObject({ source: 'hook-support-desk', state: 'listening', mapping: null, hasSecret: false })
    const body = {
      data: [{ contact: { ref: 820982911946154, mail: 'Lin@Example.org', tags: ['vip'], note: null }, at: '2026-01-05 09:00' }],
    }
    expect(await tell(hook, body)).toMatchObject({ status: 200, listening: true, taken: 0 })
    expect(await bodiesOf(hook)).toMatchObject([{ outcome: 'kept', body: JSON.stringify(body) }])
    await expect(world.app.call('setHookState', { params, body: { state: 'on' } })).rejects.toThrow('hook_not_mapped')

    const { body: seen } = (await bodiesOf(hook))[0]!
    const suggested = await world.app.call('tryHook', { params, body: { body: seen } })
    expect(suggested).toMatchObject({ items: 'data', found: 1, missing: [] })
    expect(suggested.columns.map(({ column, values }) => [column, values[0] ?? null])).toEqual([
      ['contact.ref', '820982911946154'],
      ['contact.mail', 'Lin@Example.org'],
      ['contact.tags', '["vip"]'],
      ['contact.note', null],
      ['at', '2026-01-05 09:00'],
    ])
    expect(suggested.mapping.columns).toEqual([
      { column: 'contact.ref', to: 'trait', name: 'ref', type: 'number' },
      { column: 'contact.mail', to: 'email' },
      { column: 'contact.tags', to: 'trait', name: 'tags', type: 'list' },
      { column: 'contact.note', to: 'trait', name: 'note', type: 'text' },
      { column: 'at', to: 'trait', name: 'at', type: 'date' },
    ])
    const columns: MappedColumn[] = [
      { column: 'contact.ref', to: 'user_id' },
      { column: 'contact.mail', to: 'email' },
      { column: 'contact.tags', to: 'trait', name: 'tags', type: 'list' },
      { column: 'contact.note', to: 'trait', name: 'note' },
      { column: 'at', to: 'time' },
    ]
    const tried = await world.app.call('tryHook', { params, body: { body: seen, items: 'data', mapping: mapped(columns) } })
    expect(tried.results).toMatchObject([
      {
        problems: [],
        events: [
          {
            type: 'identify',
            userId: '820982911946154',
            timestamp: '2026-01-05T08:00:00.000Z',
            traits: { email: 'lin@example.org', tags: ['vip'] },
          },
        ],
      },
    ])
    expect(
      await world.app.call('tryHook', { params, body: { body: seen, items: 'data', mapping: mapped(columns.slice(2)) } }),
    ).toMatchObject({
      missing: [expect.stringContaining('user id') as string],
      results: [],
    })
    await expect(world.app.call('tryHook', { params, body: { body: '{"data":' } })).rejects.toThrow('hook_body_wrong')
    expect((await timeline('lin@example.org')).events).toEqual([])

    await world.app.call('mapHook', { params, body: { items: 'data', mapping: mapped(columns) } })
    await world.app.call('setHookState', { params, body: { state: 'on' } })
    await expect.poll(async () => (await tell(hook, body)).taken, { interval: 200, timeout: 60_000 }).toBe(1)
    const { traits, events } = await timeline('lin@example.org')
    expect(traits).toMatchObject({ email: 'lin@example.org', tags: ['vip'] })
    expect(events.filter(({ source }) => source === 'hook-support-desk')).toHaveLength(1)
    // What the sender tells again because it did not hear the answer counts once; gzip is told by its bytes.
    expect(await tell(hook, body)).toMatchObject({ status: 200, taken: 0, repeated: 1 })
    expect(await tell(hook, gzipSync(JSON.stringify(body)), { 'content-type': 'application/octet-stream' })).toMatchObject({ repeated: 1 })

    expect(await world.app.call('setHookState', { params, body: { state: 'paused' } })).toMatchObject({
      state: 'paused',
      lastAt: expect.any(Number) as number,
    })
    await expect.poll(async () => (await tell(hook, body)).status, { interval: 200, timeout: 60_000 }).toBe(503)
    const renewed = await world.app.call('renewHook', { params })
    expect(renewed.path).not.toBe(hook.path)
    await expect.poll(async () => (await tell(hook, body)).status, { interval: 200, timeout: 60_000 }).toBe(404)
    for (const path of [`/hooks/${hook.id}/wrong`, `/hooks/${'0'.repeat(36)}/x`, '/hooks/x/y'])
      expect(await tell({ path }, body)).toMatchObject({ status: 404, code: 'hook_unknown' })
    await world.app.call('deleteHook', { params })
    await expect(world.app.call('hook', { params })).rejects.toThrow('hook_unknown')
    const { items: audit } = await world.app.call('auditLog', {})
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['createHook', 'mapHook', 'setHookState', 'renewHook', 'deleteHook']),
    )
    expect(JSON.stringify(audit)).not.toContain(renewed.path.split('/').at(-1))
  })

  test(
    'orders come with their lines, events and refusals with what is wrong, and ids are those of the sender',
    { timeout: 180_000 },
    async () => {
      const orders = await make(
        'Till',
        'orders',
        mapped([
          { column: 'no', to: 'order_id' },
          { column: 'customer.email', to: 'email' },
          { column: 'total', to: 'total' },
          { column: 'lines[].sku', to: 'sku' },
          { column: 'lines[].qty', to: 'quantity' },
          { column: 'lines[].price', to: 'price' },
        ]),
      )
      const order = {
        no: 'R-1',
        customer: { email: 'kim@example.org' },
        total: '30.50',
        lines: [
          { sku: 'MUG', qty: 2, price: 10 },
          { sku: 'TEA', qty: 1, price: '10.50' },
        ],
      }
      expect(await tell(orders, order)).toMatchObject({ status: 200, taken: 1 })
      expect(await tell(orders, { ...order, printed: true })).toMatchObject({ repeated: 1 })
      const { events } = await timeline('kim@example.org')
      expect(events.filter(({ name }) => name === 'Order Completed').map(({ properties }) => properties)).toMatchObject([
        {
          order_id: 'R-1',
          total_minor: 3050,
          products: [
            { sku: 'MUG', quantity: 2, price: 10 },
            { sku: 'TEA', quantity: 1, price: 10.5 },
          ],
        },
      ])

      const hook = await make(
        'Door',
        'events',
        mapped(
          [
            { column: 'who', to: 'user_id' },
            { column: 'when', to: 'time' },
            { column: 'shop', to: 'property', name: 'shop' },
            { column: 'visits', to: 'property', name: 'visits', type: 'number' },
          ],
          { event: 'Store Visited' },
        ),
        { identity: { kind: 'path', path: 'ref.id' } },
      )
      const visit = { ref: { id: 1 }, who: 'door-1', when: 1_767_604_000, shop: 'Gent', visits: 3 }
      const refused = await tell(hook, { ...visit, when: 'yesterday' })
      expect(refused).toMatchObject({
        status: 400,
        code: 'hook_refused',
        field: 'when',
        value: 'yesterday',
        allowed: expect.stringContaining('ISO 8601') as string,
      })
      expect(await tell(hook, { ...visit, ref: {} })).toMatchObject({ status: 400, field: 'ref.id' })
      expect(await tell(hook, 'nonsense')).toMatchObject({ status: 400, code: 'hook_body_wrong' })
      expect(await tell(hook, '[1]')).toMatchObject({ status: 400, code: 'hook_body_wrong', allowed: 'an object, or a list of objects' })
      expect(await tell(hook, `["${'x'.repeat(600_000)}"]`)).toMatchObject({ status: 413 })
      // Of many things the good ones are taken and the bad ones listed; an id that came is a repetition, whatever else it says now.
      const many = await tell(hook, [
        visit,
        { ...visit, shop: 'Brugge' },
        { ...visit, ref: { id: 2 }, who: '' },
        { ...visit, ref: { id: 3 }, visits: 'a few' },
      ])
      expect(many).toMatchObject({ status: 200, taken: 1, repeated: 1 })
      expect(many.refused!.map(({ index, problems }) => [index, problems[0]!.field])).toEqual([
        [2, 'who'],
        [3, 'visits'],
      ])
      const rejected = (await world.app.call('rejectedEvents', {})).items.filter(({ source }) => source === 'hook-door')
      expect(rejected).toHaveLength(4)
      expect(rejected.at(-1)).toMatchObject({ raw: JSON.stringify({ ...visit, when: 'yesterday' }), problems: [{ field: 'when' }] })
      expect((await bodiesOf(hook)).map(({ outcome }) => outcome)).toContain('refused')
      expect((await timeline('door-1')).events.filter(({ name }) => name === 'Store Visited')).toMatchObject([
        { properties: { shop: 'Gent', visits: 3 }, timestamp: 1_767_604_000_000 },
      ])
      for (let n = 0; n < 25; n++) await tell(hook, { ...visit, when: `never ${n}` })
      expect(await bodiesOf(hook)).toHaveLength(20)
    },
  )

  test('a signed webhook takes only what is signed, in whatever way the sender does it', { timeout: 180_000 }, async () => {
    await expect(
      world.app.call('createHook', { body: { name: 'Signed', kind: 'consents', signature: { header: 'X-Sig' } } }),
    ).rejects.toThrow('hook_secret_missing')
    const secret = 'veiled-signing-secret'
    const signature = { header: 'X-Hub-Signature-256', algorithm: 'sha256', encoding: 'hex', prefix: 'sha256=' } as const
    const { id } = await world.app.call('createHook', { body: { name: 'Signed', kind: 'consents', signature, secret } })
    const columns: MappedColumn[] = [
      { column: 'mail', to: 'email' },
      { column: 'status', to: 'state' },
    ]
    await world.app.call('mapHook', { params: { id }, body: { mapping: mapped(columns), identity: { kind: 'content' } } })
    const hook = await world.app.call('setHookState', { params: { id }, body: { state: 'on' } })
    const word = (status: string) => JSON.stringify({ mail: 'sig@example.org', status })
    const sign = (body: string) => ({ 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` })
    const out = word('unsubscribed')
    for (const headers of [
      {},
      { 'x-hub-signature-256': sign(out)['x-hub-signature-256'].slice(7) },
      sign(word('subscribed')),
      { 'x-hub-signature-256': 'sha256=' },
    ])
      expect(await tell(hook, out, headers as Record<string, string>)).toMatchObject({
        status: 401,
        code: 'hook_signature_wrong',
        field: 'X-Hub-Signature-256',
      })
    expect(await bodiesOf(hook)).toEqual([])

    const stateOf = async () => {
      await timeline('sig@example.org')
      const [one] = (await world.app.call('people', { query: { search: 'sig@example.org' } })).items
      return (await world.app.call('person', { params: { id: one!.id } })).consents.find(
        ({ channel, topic }) => channel === 'email' && (topic ?? '') === '',
      )?.state
    }
    expect(await tell(hook, out, sign(out))).toMatchObject({ status: 200, taken: 1 })
    expect(await stateOf()).toBe('withdrawn')
    expect(await tell(hook, out, sign(out))).toMatchObject({ repeated: 1 })
    // An opt-out that reads like one before an agreement is no repetition of it.
    expect(await tell(hook, word('subscribed'), sign(word('subscribed')))).toMatchObject({ taken: 1 })
    expect(await stateOf()).toBe('granted')
    await tell(hook, out, sign(out))
    expect(await stateOf()).toBe('withdrawn')
    await tell(hook, out, sign(out))
    const { events } = await timeline('sig@example.org')
    expect(events.filter(({ name }) => name === 'Consent Changed')).toHaveLength(3)

    const base64 = { header: 'X-Shop-Hmac', algorithm: 'sha1', encoding: 'base64', prefix: '' } as const
    await world.app.call('changeHook', { params: { id }, body: { name: 'Signed', signature: base64 } })
    const shopSign = { 'x-shop-hmac': createHmac('sha1', secret).update(out).digest('base64') }
    await expect.poll(async () => (await tell(hook, out, shopSign)).status, { interval: 200, timeout: 60_000 }).toBe(200)
    const { rows } = await world.place.database.pool.query('select row_to_json(h) as hook from hooks h')
    expect(JSON.stringify([rows, await world.app.call('hooks', {}), await world.app.call('auditLog', {})])).not.toContain('veiled')
  })

  test('of somebody who was forgotten no body is kept, also when the sender tells of them again', { timeout: 180_000 }, async () => {
    const hook = await make(
      'Forgetful',
      'people',
      mapped([
        { column: 'mail', to: 'email' },
        { column: 'tel', to: 'trait', name: 'tel', type: 'text' },
      ]),
      { identity: { kind: 'path', path: 'n' } },
    )
    await tell(hook, { n: 1, mail: 'gone@example.org', tel: '+49 151 2345 678' })
    await world.app.send('identify', { userId: 'gone-1', traits: { email: 'gone@example.org', phone: '+491512345678' } })
    await tell(hook, { n: 2, tel: '0151 / 23 45 678' })
    await timeline('gone@example.org')
    const [person] = (await world.app.call('people', { query: { search: 'gone@example.org' } })).items
    const asked = await world.app.call('forgetPerson', { params: { id: person!.id } })
    await expect
      .poll(async () => (await world.app.call('forget', { params: { id: asked.id } })).state, { timeout: 60_000 })
      .toBe('complete')
    expect(await bodiesOf(hook)).toEqual([])
    expect(await tell(hook, { n: 3, mail: 'gone@example.org', tel: '1' })).toMatchObject({
      status: 400,
      message: expect.stringContaining('forgotten'),
    })
    expect(await bodiesOf(hook)).toEqual([])
    // One that listens reads no identifiers yet, and keeps nothing of them either, wherever they stand.
    const ear = await world.app.call('createHook', { body: { name: 'Ear', kind: 'people' } })
    for (const body of [
      { a: [{ from: 'Gone <Gone@Example.org>' }] },
      { tel: '+49 (151) 2345-678' },
      { 'gone-1': { n: 1 } },
      { href: 'https://crm.example/x?mail=gone@example.org' },
    ])
      expect(await tell(ear, body)).toMatchObject({ status: 200, listening: true })
    expect(await bodiesOf(ear)).toEqual([])
    await tell(ear, { mail: 'here@example.org' })
    expect(await bodiesOf(ear)).toHaveLength(1)
  })

  test('one that was sealed under another secret key says so, asks its sender to come again, and leaves the others alone', async () => {
    const { pool } = world.place.database
    const signature = { header: 'X-Signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const
    const hook = await world.app.call('createHook', { body: { name: 'Sealed', kind: 'people', signature, secret: 'hush' } })
    const params = { id: hook.id }
    const other = makeSecrets(Buffer.alloc(32, 9))
    await pool.query('update hooks set token_sealed = $2::bytea, secret_sealed = $3::bytea where id = $1::uuid', [
      hook.id,
      other.encrypt('token'),
      other.encrypt('hush'),
    ])
    const lost = { status: 503, code: 'hook_unreadable', message: expect.stringContaining('another secret key') as string }
    expect(await tell(hook, { mail: 'x@example.org' })).toMatchObject(lost)
    expect(await world.app.call('hook', { params })).toMatchObject({ path: '', needsSecret: true })
    expect((await world.app.call('hooks', {})).items.length).toBeGreaterThan(1)
    const renewed = await world.app.call('renewHook', { params })
    const signed = { 'x-signature': createHmac('sha256', 'hush').update('{"n":1}').digest('hex') }
    await expect.poll(async () => (await tell(renewed, '{"n":1}', signed)).code, { interval: 200, timeout: 60_000 }).toBe('hook_unreadable')
    expect(await world.app.call('changeHook', { params, body: { name: 'Sealed', signature, secret: 'hush' } })).toMatchObject({
      needsSecret: false,
    })
    await expect.poll(async () => (await tell(renewed, '{"n":1}', signed)).status, { interval: 200, timeout: 60_000 }).toBe(200)
  })
}
