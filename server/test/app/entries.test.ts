import { journeySchema } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findServer } from '../../src/cli/api-client.ts'
import { followRehearsal } from '../../src/cli/rehearse.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

const day = 86_400_000
let place: Place
let app: TestApp

const did = (event: string, more: object = {}) => ({
  kind: 'event',
  event,
  where: [{ property: 'product_id', compare: { op: 'is', value: '{event.product_id}' } }],
  times: { op: 'at-least', n: 1 },
  ...more,
})
const journey = journeySchema.parse({
  kind: 'journey',
  id: 'drops',
  name: 'Price drops',
  entries: [
    {
      kind: 'shop-event',
      on: { event: 'Price Dropped', where: [{ property: 'price', compare: { op: 'less', value: 100 } }] },
      concerns: { kind: 'all', of: [did('Product Viewed', { within: '30 days' }), { kind: 'not', of: did('Order Completed') }] },
    },
  ],
  // Whoever came in twice would be counted twice: they are out again at once.
  reentry: { kind: 'always' },
  start: 'end',
  steps: { end: { kind: 'exit' } },
})
const act = (who: object, event: string, productId: string, at = Date.now()) => ({
  type: 'track',
  ...who,
  event,
  properties: { product_id: productId },
  timestamp: new Date(at).toISOString(),
})

beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', { body: { definitions: [journey] } })
}, 180_000)
afterAll(() => place?.remove())

const drop = (messageId: string, properties: Record<string, string | number>) =>
  app.call('sendShopEvent', { body: { event: 'Price Dropped', properties, messageId } })
const turnOf = async (messageId: string) => {
  const { items } = await app.call('shopEvents', {})
  return items.find((one) => one.messageId === messageId)?.journeys[0]
}
const untilOver = (messageId: string) =>
  expect.poll(async () => (await turnOf(messageId))?.endedAt, { timeout: 60_000 }).toEqual(expect.any(Number))
const entered = async (): Promise<string[]> => {
  const { rows } = await place.database.pool.query<{ who: string }>(
    `select (select min(value) from identifiers i where i.profile_id = n.profile_id and kind = 'user_id') as who
     from inbox n where lane = 2 and name = 'Journey Entered' order by 1`,
  )
  return rows.map(({ who }) => who)
}

test(
  'an event of the shop lets in exactly those whom it concerns, once, also after a repeat, a kill and a restart',
  { timeout: 180_000 },
  async () => {
    const view = 'Product Viewed'
    await app.send('batch', {
      batch: [
        act({ userId: 'looked' }, view, 'p-1'),
        act({ userId: 'bought' }, view, 'p-1'),
        act({ userId: 'bought' }, 'Order Completed', 'p-1'),
        act({ userId: 'other' }, view, 'p-2'),
        act({ userId: 'long-ago' }, view, 'p-1', Date.now() - 40 * day),
        act({ anonymousId: 'device' }, view, 'p-1'),
      ],
    })
    await app.send('identify', { anonymousId: 'device', userId: 'signed-in' })
    expect(await drop('drop-1', { product_id: 'p-1', price: 49 })).toEqual({ outcome: 'taken', messageId: 'drop-1', journeys: ['drops'] })
    // Whoever looks at it afterwards comes too late.
    await app.send('track', act({ userId: 'late' }, view, 'p-1'))
    await untilOver('drop-1')
    expect(await turnOf('drop-1')).toMatchObject({ journey: 'drops', reached: 2, asked: 1, note: null })
    await expect.poll(entered).toEqual(['looked', 'signed-in'])

    expect(await drop('drop-1', { product_id: 'p-2', price: 49 })).toEqual({
      outcome: 'repeated',
      messageId: 'drop-1',
      journeys: ['drops'],
    })
    // Killed after the entry events were accepted and before that was noted: another process does the slice again.
    await app.stop()
    await place.database.pool.query(
      `update shop_event_turns set next_shard = 0, reached = 0, ended_at = null, lease = gen_random_uuid(), leased_until = 0 where message_id = 'drop-1'`,
    )
    app = await place.start()
    await untilOver('drop-1')
    expect(await turnOf('drop-1')).toMatchObject({ reached: 2, asked: 1 })

    // Another event lets the next ones in; its entries come behind whatever the repeated slice has put into the lane.
    await drop('drop-2', { product_id: 'p-2', price: 49 })
    await untilOver('drop-2')
    await expect.poll(entered).toContain('other')
    expect(await entered()).toEqual(['looked', 'other', 'signed-in'])
  },
)

test('an event that no entry is meant for is kept, and one that lacks what the condition names says so', async () => {
  expect(await drop('dear', { product_id: 'p-1', price: 100 })).toMatchObject({ outcome: 'taken', journeys: [] })
  await drop('bare', { price: 1 })
  await untilOver('bare')
  expect(await turnOf('bare')).toMatchObject({
    reached: 0,
    note: 'it lacks product_id',
  })
  await app.call('setJourneyState', { params: { id: 'drops' }, body: { state: 'paused' } })
  expect(await drop('paused', { product_id: 'p-1', price: 49 })).toMatchObject({ journeys: [] })
  const first = await app.call('shopEvents', { query: { limit: '2' } as never })
  const second = await app.call('shopEvents', { query: { limit: '2', cursor: first.next! } as never })
  expect([...first.items, ...second.items].map(({ messageId }) => messageId)).toEqual(['paused', 'bare', 'dear', 'drop-2'])
  await expect(drop('bad', { product_id: 'a\u0000b', price: 1 })).rejects.toThrow('shop_event_invalid')
  await expect(drop('a\u0000b', { product_id: 'p-1', price: 1 })).rejects.toThrow('bad_input')
})

test('a rehearsal fans out what the shop has said, whatever came of it', { timeout: 180_000 }, async () => {
  const found = await followRehearsal(findServer({ dataDir: place.dataDir }), journey, 7)
  // drop-1: two, drop-2: one, the one that came while it was paused: the two, and who looked late.
  expect(found).toMatchObject({ entries: 6, people: 4, shopEvents: { events: 4, leftOut: 0 } })
})

const wishers = journeySchema.parse({
  kind: 'journey',
  id: 'wishes',
  name: 'At the price they wished',
  entries: [
    {
      kind: 'shop-event',
      on: { event: 'Price Lowered' },
      concerns: {
        kind: 'all',
        of: [
          { kind: 'trait', trait: 'wished_price', compare: { op: 'at-least', value: '{event.price}' } },
          { kind: 'event', event: 'Product Viewed', where: [{ property: 'price', compare: { op: 'greater', value: '{event.price}' } }] },
          { kind: 'trait', trait: 'until', compare: { op: 'after', date: '{event.day}' } },
        ],
      },
    },
  ],
  reentry: { kind: 'always' },
  start: 'end',
  steps: { end: { kind: 'exit' } },
})

test(
  'a price drop reaches exactly those whose wished price is at least the new price, who saw it dearer, and still want it',
  { timeout: 180_000 },
  async () => {
    await app.call('applyDefinitions', { body: { definitions: [wishers] } })
    const wish = (userId: string, wished: unknown, seen: unknown = 80, until = '2030-01-02') => [
      { type: 'identify', userId, traits: { wished_price: wished, until } },
      { type: 'track', userId, event: 'Product Viewed', properties: { product_id: 'w-1', price: seen } },
    ]
    await app.send('batch', {
      batch: [
        ...wish('wish-exactly', 49.9),
        ...wish('wish-more', 60),
        ...wish('wish-a-cent-less', 49.89),
        ...wish('wish-as-text', '60'),
        ...wish('wish-not-dearer', 60, 49.9),
        ...wish('wish-just-dearer', 60, 49.91),
        ...wish('wish-over', 60, 80, '2030-01-01'),
      ],
    })
    const lower = (messageId: string, properties: Record<string, string | number>) =>
      app.call('sendShopEvent', { body: { event: 'Price Lowered', properties, messageId } })
    const wishedFor = async () => (await entered()).filter((who) => who.startsWith('wish-'))
    await lower('lower-1', { price: 49.9, day: '2030-01-01' })
    await untilOver('lower-1')
    const met = ['wish-exactly', 'wish-just-dearer', 'wish-more']
    expect(await turnOf('lower-1')).toMatchObject({ journey: 'wishes', reached: met.length, note: null })
    await expect.poll(wishedFor).toEqual(met)

    await lower('lower-text', { price: '49.9', day: '2030-01-01' })
    await lower('lower-bare', { price: 49.9, day: 20_300_101 })
    await untilOver('lower-text')
    await untilOver('lower-bare')
    expect(await turnOf('lower-text')).toMatchObject({ reached: 0, note: 'its price is "49.9" where a number is wanted' })
    expect(await turnOf('lower-bare')).toMatchObject({ reached: 0, note: 'its day is 20300101 where a date is wanted' })
    expect(await wishedFor()).toEqual(met)

    const found = await followRehearsal(findServer({ dataDir: place.dataDir }), wishers, 7)
    expect(found).toMatchObject({ entries: met.length, people: met.length, shopEvents: { events: 3, leftOut: 0 } })
  },
)

const texts = [
  { kind: 'template', id: 'question', name: 'Question', channel: 'sms', body: 'Shall we keep it for you?' },
  {
    kind: 'journey',
    id: 'asked',
    name: 'Asked',
    entry: { on: { event: 'Cart Kept' } },
    start: 'say',
    steps: {
      say: { kind: 'message', channel: 'sms', template: 'question', purpose: 'transactional', next: 'answer' },
      answer: { kind: 'reaction', of: 'say', ways: [{ on: 'clicked' }, { on: 'replied' }], upTo: '1 day' },
    },
  },
  {
    kind: 'journey',
    id: 'join',
    name: 'Join',
    entries: [{ kind: 'inbound', channel: 'sms', keywords: ['JOIN'] }],
    reentry: { kind: 'always' },
    start: 'end',
    steps: { end: { kind: 'exit' } },
  },
]
const passed = async (id: string, edge: string) =>
  (await app.call('journey', { params: { id } })).edges.find((one) => one.id === edge)?.count ?? 0

test('what people write back starts journeys by a keyword and answers messages; STOP only opts out', { timeout: 180_000 }, async () => {
  await app.call('applyDefinitions', { body: { definitions: texts } })
  await app.send('identify', { userId: 'texter', traits: { phone: '+49301234567' } })
  await app.send('track', { userId: 'texter', event: 'Cart Kept' })
  const messages = async () => (await app.call('messages', { query: { channel: 'sms' } })).items
  await expect.poll(async () => (await messages())[0]?.status, { timeout: 60_000 }).toBe('sent')
  const id = (await messages())[0]!.id
  const reply = { outcome: 'received', keyword: 'yes', inReplyTo: id }
  expect(await app.call('replyToMessage', { params: { id }, body: { text: 'Yes, please!' } })).toEqual(reply)
  await expect.poll(() => passed('asked', 'answer:1')).toBe(1)

  const write = (text: string, messageId: string, more: object = {}) =>
    app.call('receiveMessage', { body: { channel: 'sms', from: '0049 (30) 1234567', text, messageId, ...more } })
  // What names no message answers the latest.
  expect(await write('  «Join» now', 'in-1')).toEqual({ outcome: 'received', keyword: 'join', inReplyTo: id })
  expect(await write('join now', 'in-1')).toMatchObject({ outcome: 'repeated' })
  expect(await write('joint venture', 'in-2')).toMatchObject({ outcome: 'received', keyword: 'joint' })
  expect(await write('Stop, join', 'in-3')).toMatchObject({ outcome: 'opted-out', inReplyTo: null })
  // Behind all of it in the person's order.
  expect(await write('JOIN', 'in-4')).toMatchObject({ outcome: 'received' })
  await expect.poll(() => passed('join', 'entry')).toBe(2)
  const { rows } = await place.database.pool.query(`select state, source from consents where channel = 'sms'`)
  expect(rows).toEqual([{ state: 'withdrawn', source: 'reply: stop' }])

  await expect(write('join', 'in-5', { from: '+49309999999' })).rejects.toThrow('sender_unknown')
  await expect(write('join', 'in-6', { from: 'Mila' })).rejects.toThrow('sender_invalid')
  expect(await write('join', 'in-7', { from: '+49309999999', create: true })).toMatchObject({ outcome: 'received', inReplyTo: null })
  await expect.poll(() => passed('join', 'entry')).toBe(3)
  // Whoever opts out need not be known: the number gets nothing, whoever it belongs to later.
  expect(await write('STOP', 'in-8', { from: '+49308888888' })).toMatchObject({ outcome: 'opted-out' })
  const suppressed = await place.database.pool.query(`select address from suppressions where channel = 'sms' order by address`)
  expect(suppressed.rows).toEqual([{ address: '+49301234567' }, { address: '+49308888888' }])

  const stop = { ...texts[2], id: 'bad', entries: [{ kind: 'inbound', keywords: ['Stop'] }] }
  await expect(app.call('applyDefinitions', { body: { definitions: [stop] } })).rejects.toThrow('opt out')
  await expect(app.call('replyToMessage', { params: { id: 'none' }, body: { text: 'Hi' } })).rejects.toThrow('reply_unsuitable')
})
