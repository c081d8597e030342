import { journeySchema, type Rehearsal } from '@throughline/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findServer, followServer, type Server } from '../../src/cli/api-client.ts'
import { describeRehearsal, followRehearsal } from '../../src/cli/rehearse.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

const day = 86_400_000
const hour = 3_600_000
const now = Date.now()
let place: Place
let app: TestApp
let server: Server

const template = { kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hi', body: 'Hello' }
const mail = { kind: 'template', id: 'mail', name: 'Mail', channel: 'email', subject: 'Hi', html: '<p>Hello</p>' }
const journey = journeySchema.parse({
  kind: 'journey',
  id: 'carts',
  name: 'Carts',
  entry: { on: { event: 'Product Added' } },
  goal: { on: { event: 'Order Completed' } },
  start: 'hour',
  steps: {
    hour: { kind: 'wait', for: '1 hour', next: 'regular' },
    regular: {
      kind: 'branch',
      paths: [{ name: 'has bought', if: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 } }, next: 'say' }],
      otherwise: 'write',
    },
    say: { kind: 'message', channel: 'inbox', template: 'note' },
    write: { kind: 'message', channel: 'email', template: 'mail' },
  },
})
const act = (userId: string, event: string, at: number): object => ({ type: 'track', userId, event, timestamp: new Date(at).toISOString() })

beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  server = findServer({ dataDir: place.dataDir })
  await app.call('setSettings', {
    body: { ...(await app.call('settings', {})), zone: 'UTC', pricePerThousand: { email: null, inbox: 100_000, webhook: null } },
  })
  await app.call('applyDefinitions', { body: { definitions: [template, mail] } })
  const batch: object[] = []
  // Twelve carts, one every other hour since three days ago: every second person bought long ago, every third buys within the hour.
  for (let i = 0; i < 12; i++) {
    const at = now - 3 * day + i * 2 * hour
    batch.push(act(`p-${i}`, 'Product Added', at))
    if (i % 2 === 0) batch.push(act(`p-${i}`, 'Order Completed', now - 40 * day))
    if (i % 3 === 0) batch.push(act(`p-${i}`, 'Order Completed', at + hour / 2))
  }
  // Before the window, and still to come in: neither counts.
  batch.push(act('early', 'Product Added', now - 30 * day), act('quiet', 'Page Viewed', now - day))
  // One person on two devices, who is one by signing in.
  batch.push({ type: 'track', anonymousId: 'device-1', event: 'Order Completed', timestamp: new Date(now - 50 * day).toISOString() })
  batch.push({ type: 'track', anonymousId: 'device-2', event: 'Product Added', timestamp: new Date(now - 2 * day).toISOString() })
  await app.send('batch', { batch })
  for (const anonymousId of ['device-1', 'device-2']) await app.send('identify', { anonymousId, userId: 'twice' })
}, 180_000)
afterAll(() => place?.remove())

const rehearsed = async (days = 7): Promise<Rehearsal> => followRehearsal(server, journey, days)

test('a draft is run over the last days, for everybody who would have entered, and nothing is written', { timeout: 180_000 }, async () => {
  // Thirteen with the one who was merged, whose order on the other device counts.
  await expect
    .poll(async () => (await rehearsed()).messages.find(({ step }) => step === 'say')?.sent, { timeout: 60_000, interval: 300 })
    .toBe(5)
  const found = await rehearsed()
  expect(found).toMatchObject({ people: 13, entries: 13, goals: [{ reached: 4, leaves: true }], currency: 'EUR', zone: 'UTC' })
  expect(found.days).toHaveLength(8)
  expect(found.days.reduce((sum, one) => sum + one.entered, 0)).toBe(13)
  expect(Object.fromEntries(found.edges.map(({ id, count }) => [id, count]))).toEqual({
    entry: 13,
    'hour:next': 9,
    'regular:0': 5,
    'regular:otherwise': 4,
    'say:next': 5,
    'write:next': 4,
    'goal:0': 4,
    'left:goal': 4,
    'left:end': 9,
  })
  expect(found.messages).toEqual(
    expect.arrayContaining([
      { step: 'say', channel: 'inbox', sent: 5, held: 0, cost: 500 },
      { step: 'write', channel: 'email', sent: 0, held: 4, cost: null },
    ]),
  )
  expect(found.held).toEqual([expect.objectContaining({ channel: 'email', count: 4 })])
  expect(found.examples.reduce((sum, { people }) => sum + people, 0)).toBe(13)
  expect(found.examples.every(({ person }) => person !== null)).toBe(true)
  expect((await app.call('journeys', {})).items).toEqual([])
  expect((await app.call('messages', {})).items).toEqual([])
  const lines = describeRehearsal(journey, found)
  expect(lines).toContain('say (inbox): 5 sent, 0 held back, €5.00')
  expect(lines).toContain('        5  regular → say (has bought)')
})

test('a window that nobody entered in is empty, and a longer one holds those before', async () => {
  expect((await rehearsed(1)).people).toBe(0)
  expect((await rehearsed(35)).people).toBe(14)
})

test('an audience is everybody, also those who never did anything that the journey asks about', async () => {
  const mailing = journeySchema.parse({
    kind: 'journey',
    id: 'mailing',
    name: 'Mailing',
    entries: [{ kind: 'audience', when: { kind: 'once', at: new Date(now - hour).toISOString() } }],
    start: 'say',
    steps: { say: { kind: 'message', channel: 'inbox', template: 'note' } },
  })
  // Twelve with carts, one before the window, one who looked, and one on two devices, of whom one event is enough.
  expect((await followRehearsal(server, mailing, 1)).people).toBe(15)
})

test('a draft that could not be published is refused with the name of its step', async () => {
  const lost = {
    ...journey,
    steps: {
      ...journey.steps,
      say: { kind: 'message' as const, channel: 'inbox' as const, template: 'nowhere', purpose: 'marketing' as const },
    },
  }
  await expect(followRehearsal(server, lost, 7)).rejects.toThrow(/say.*nowhere/)
})

test('a draft whose templates are not published yet is rehearsed with those that are sent along', async () => {
  const steps = { say: { kind: 'message' as const, channel: 'inbox' as const, template: 'fresh', purpose: 'marketing' as const } }
  const definition = { ...journey, start: 'say', steps }
  const templates = [{ kind: 'template' as const, id: 'fresh', name: 'Fresh', channel: 'inbox' as const, title: 'Hi', body: 'Hello' }]
  for await (const news of followServer(
    server,
    'rehearseJourney',
    { body: { definition, days: 7, templates } },
    new AbortController().signal,
  ))
    if (news.kind === 'done') expect(news.rehearsal.messages).toMatchObject([{ step: 'say', sent: 13, held: 0 }])
  expect((await app.call('definitions', {})).items.map((one) => one.definition.id)).not.toContain('fresh')
})

test('how long people take from one event to another is told of everybody, merged people as one', async () => {
  const between = (from: string, to: string) => app.call('timeBetween', { body: { from: { event: from }, to: { event: to }, days: 90 } })
  // Six who ordered 40 days ago came back 37 days later, every four hours one more; and one on two devices after 48 days.
  expect(await between('Order Completed', 'Product Added')).toEqual({
    days: 90,
    people: 9,
    did: 7,
    quarter: 894 * hour,
    median: 900 * hour,
    threeQuarters: 906 * hour,
    share: 1,
  })
  expect(await between('Product Added', 'Order Completed')).toMatchObject({ people: 14, did: 4, median: null })
  const priced = { event: 'Product Added', where: [{ property: 'price', compare: { op: 'greater' as const, value: 5 } }] }
  expect(await app.call('timeBetween', { body: { from: priced, to: { event: 'Order Completed' } } })).toMatchObject({ people: 0, did: 0 })
})

test('a journey answers the seventeen questions, as a draft and once it is published, with what was measured or why not', async () => {
  const brief = async (of?: 'live' | 'draft') =>
    app.call('journeyBrief', { params: { id: 'carts' }, query: of === undefined ? {} : { of } })
  await expect(brief()).rejects.toThrow('journey_unknown')
  const { revision } = await app.call('beginJourneyDraft', { body: { definition: { ...journey, steps: {} }, basedOn: 0 } })
  await app.call('saveJourneyDraft', { params: { id: 'carts' }, body: { definition: journey, revision } })
  const draft = await brief()
  expect(draft).toMatchObject({ version: 0, draft: true })
  expect(draft.answers.map(({ number }) => number)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1))
  expect(draft.answers[1]).toMatchObject({ figure: 'Not measured: it has not been published yet.' })

  await app.call('applyDefinitions', { body: { definitions: [journey] } })
  await app.send('track', { userId: 'new', event: 'Product Added' })
  // History follows a moment later, with what the person did and with what the journey did in no order.
  await expect
    .poll(async () => (await brief()).answers.flatMap(({ number, figure }) => ([2, 6].includes(number) ? [figure] : [])), { interval: 300 })
    .toEqual(['Over the last 28 days 1 came in, less than one a day.', 'Not measured: 4 of 15 people did it, 90 days, too few to say.'])
  const { markdown, version } = await brief('live')
  expect(version).toBe(1)
  expect(markdown).toContain('# Carts\n\nVersion 1, as of ')
  expect(markdown).toContain('**10. On which channels?** The inbox on the site and e-mail.')
}, 180_000)

test(
  'a ready-made journey is taken over as a draft with its templates and segments, and rehearsed as it is',
  { timeout: 180_000 },
  async () => {
    const { items } = await app.call('readyMades', {})
    const carts = items.find(({ id }) => id === 'recover-carts')!
    expect(carts.needs.map(({ name, seen }) => [name, seen])).toEqual([
      ['Product Added', true],
      ['Checkout Started', false],
      ['Order Completed', true],
      ['open_complaint', false],
    ])
    expect(carts.channels.find(({ channel }) => channel === 'email')).toEqual({ channel: 'email', messages: 1, carried: false })
    const take = async () =>
      app.call('takeReadyMade', { params: { id: 'recover-carts' }, body: { site: 'https://www.shop.example', name: 'Carts' } })
    const first = await take()
    const second = await take()
    expect([first.journey, second.journey]).toEqual(['recover-carts', 'recover-carts-2'])
    expect(second.published).toContainEqual({ kind: 'template', id: 'recover-carts-2-email' })
    const { draft } = await app.call('journeyDraft', { params: { id: 'recover-carts-2' } })
    expect(draft?.definition.name).toBe('Carts')
    const found = await followRehearsal(server, journeySchema.parse(draft?.definition), 7)
    expect(found.messages.map(({ channel }) => channel).sort()).toEqual(['ad-audience', 'email', 'on-site', 'sms', 'web-push'])
    expect((await app.call('journeys', {})).items.map(({ id }) => id)).toEqual(['carts'])
    await expect(app.call('readyMade', { params: { id: 'nothing' } })).rejects.toThrow('ready_made_unknown')
    const { definitions } = await app.call('readyMade', { params: { id: 'win-back' } })
    expect(definitions.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['journey', 'segment', 'template']))
  },
)
