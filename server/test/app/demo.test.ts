import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDemo, type DemoNews } from '../../src/demo/index.ts'
import { findFreePort } from '../../src/platform/embedded/index.ts'
import { readWorkedExample, withShortWaits } from '../../src/demo/examples.ts'
import { findServer } from '../../src/cli/api-client.ts'
import { followRehearsal } from '../../src/cli/rehearse.ts'
import { keys, makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  // One that no outgoing connection takes while the server is away.
  app = await place.start({ environment: { THROUGHLINE_PORT: String(await findFreePort()) } })
})
afterAll(() => place?.remove())

const open = (news: DemoNews[]) =>
  startDemo({
    baseUrl: app.address,
    apiKey: keys.apiKey,
    seed: 5,
    people: 120,
    speed: 900,
    historyDays: 2,
    onNews: (item) => news.push(item),
  })

test(
  'the simulated shop fills the product: people, carts, journeys, messages that are opened and clicked',
  { timeout: 400_000 },
  async () => {
    const news: DemoNews[] = []
    const shop = open(news)
    const messages = async () => (await app.call('messages', { query: { limit: 200 } })).items
    try {
      await expect
        .poll(async () => new Set((await messages()).filter(({ status }) => status === 'sent').map(({ channel }) => channel)), {
          timeout: 120_000,
          interval: 1_000,
        })
        .toEqual(new Set(['email', 'inbox']))
      await expect
        .poll(async () => (await messages()).some(({ openedAt }) => openedAt !== null), { timeout: 120_000, interval: 1_000 })
        .toBe(true)
      await expect
        .poll(async () => (await messages()).some(({ clickedAt }) => clickedAt !== null), { timeout: 120_000, interval: 1_000 })
        .toBe(true)
    } finally {
      await shop.stop()
    }
    expect(news.filter(({ kind }) => kind === 'refused')).toEqual([])
    expect(news.find((item) => item.kind === 'past-done')).toMatchObject({ sent: expect.any(Number) })
    const { items: journeys } = await app.call('journeys', {})
    expect(journeys.find(({ id }) => id === 'cart-recovery')?.entered).toBeGreaterThan(0)
    expect((await app.call('rejectedEvents', {})).items).toEqual([])
    expect(await shop.done).toMatchObject({ calls: expect.any(Number) })
  },
)

test(
  'the worked example is rehearsed over the shop’s past, and runs: at once by e-mail, then by whatever reaches the person',
  { timeout: 180_000 },
  async () => {
    const worked = await readWorkedExample()
    const [journey] = worked
    if (journey?.kind !== 'journey') throw new Error('no journey')
    const templates = worked.flatMap((one) => (one.kind === 'template' ? [one] : []))
    const rehearsed = await followRehearsal(findServer({ dataDir: place.dataDir }), journey, 7, () => undefined, templates)
    expect(rehearsed.entries).toBeGreaterThan(0)
    expect(rehearsed.messages.find(({ step }) => step === 'message-1')?.sent).toBeGreaterThan(0)

    // A day passes in five seconds.
    await app.call('applyDefinitions', { body: { definitions: worked.map((one) => withShortWaits(one, 17_280)) } })
    const traits = { email: 'ada@example.com', firstName: 'Ada', language: 'en', country: 'GB', app_push_token: 'phone-1' }
    await app.send('identify', { userId: 'worked', traits })
    await app.send('track', { userId: 'worked', event: 'Newsletter Subscribed' })
    const [person] = (await app.call('people', { query: { search: 'ada@example.com' } })).items
    const told = async () =>
      (await app.call('messages', { query: { person: person!.id, journey: 'first-order' } })).items
        .map(({ step, channel, status }) => [step, channel, status])
        .reverse()
    await expect.poll(told, { timeout: 90_000, interval: 500 }).toEqual([
      ['message-1', 'email', 'sent'],
      ['message-2', 'app-push', 'sent'],
    ])
    const brief = await app.call('journeyBrief', { params: { id: 'first-order' } })
    expect(brief.answers[0]!.answer).toBe('When Newsletter Subscribed happens.')
    expect(brief.answers[9]!.answer).toBe('E-mail, app push, SMS and ad audiences.')
  },
)

test('started again, it adds no second past and keeps the definitions it published', { timeout: 180_000 }, async () => {
  const news: DemoNews[] = []
  const shop = open(news)
  try {
    await expect.poll(() => news.find((item) => item.kind === 'past-done'), { timeout: 90_000 }).toMatchObject({ sent: 0 })
  } finally {
    await shop.stop()
  }
  expect((await app.call('journeys', {})).items.map(({ version }) => version)).toEqual([1, 1, 1])
})

test('it waits while the server is away and goes on when it is back', { timeout: 300_000 }, async () => {
  const { port } = new URL(app.address)
  const news: DemoNews[] = []
  const shop = open(news)
  try {
    await expect.poll(() => news.some(({ kind }) => kind === 'open'), { timeout: 90_000 }).toBe(true)
    await app.stop()
    await expect.poll(() => news.some((item) => item.kind === 'away' && item.reason !== null), { timeout: 60_000 }).toBe(true)
    app = await place.start({ environment: { THROUGHLINE_PORT: port } })
    await expect.poll(() => news.some((item) => item.kind === 'away' && item.reason === null), { timeout: 60_000 }).toBe(true)
  } finally {
    await shop.stop()
  }
  expect(news.filter(({ kind }) => kind === 'refused')).toEqual([])
})

test('it does not write to invented people where e-mail is sent for real', async () => {
  await app.call('setProvider', {
    params: { channel: 'email' },
    body: { config: { kind: 'smtp', host: '127.0.0.1', port: 2525, from: 'shop@example.com' } },
  })
  await expect(startDemo({ baseUrl: app.address, apiKey: keys.apiKey, people: 5, historyDays: 0 }).done).rejects.toMatchObject({
    code: 'demo_real_provider',
  })
})

test('a key that may not do this is refused with the reason', async () => {
  await expect(
    startDemo({ baseUrl: app.address, apiKey: 'tl_nobody_knows_this_key', people: 5, historyDays: 0 }).done,
  ).rejects.toMatchObject({ code: 'demo_refused' })
})
