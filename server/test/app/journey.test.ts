import { afterAll, beforeAll, expect, test } from 'vitest'
import { cartRecovery } from './definitions.ts'
import { makePlace, type Place, type TestApp } from './start-app.ts'

let place: Place
let app: TestApp
beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
})
afterAll(() => place?.remove())

const find = async (search: string) => (await app.call('people', { query: { search } })).items
const namesOf = async (id: string) => (await app.call('timeline', { params: { id } })).items.map(({ name }) => name)

test('definitions are published once, an unchanged one keeps its version, and a broken one publishes nothing', async () => {
  const dry = await app.call('applyDefinitions', { body: { definitions: cartRecovery(), dryRun: true } })
  expect(dry.results.map(({ change }) => change)).toEqual(['new', 'new', 'new', 'new'])
  expect((await app.call('journeys', {})).items).toEqual([])
  await app.call('applyDefinitions', { body: { definitions: cartRecovery() } })
  const again = await app.call('applyDefinitions', { body: { definitions: cartRecovery('2 hours') } })
  expect(again.results.map(({ id, change, version }) => `${id} ${change} ${version}`)).toEqual([
    'cart-inbox unchanged 1',
    'cart-email unchanged 1',
    'cart-recovery changed 2',
    'cart-people unchanged 1',
  ])
  const broken = cartRecovery() as { steps?: Record<string, { template?: string }> }[]
  broken[2]!.steps!.remind!.template = 'no-such-template'
  await expect(app.call('applyDefinitions', { body: { definitions: broken } })).rejects.toThrow(/definitions_invalid.*no-such-template/)
  await expect(app.call('applyDefinitions', { body: { definitions: [{ kind: 'journey', id: 'X' }] } })).rejects.toThrow(
    /definitions\[0\]\.id is "X"/,
  )
  expect((await app.call('journey', { params: { id: 'cart-recovery' } })).version).toBe(2)
})

test('a journey is edited as a draft: nobody saves over another unseen, and publishing makes the next version and ends the draft', async () => {
  const id = 'cart-recovery'
  const { definition } = await app.call('journey', { params: { id } })
  const description = 'Twice at most'
  await expect(app.call('beginJourneyDraft', { body: { definition, basedOn: 0 } })).rejects.toThrow(/journey_exists/)
  await expect(app.call('beginJourneyDraft', { body: { definition, basedOn: 9 } })).rejects.toThrow(/journey_changed.*no version 9/)
  const begun = await app.call('beginJourneyDraft', { body: { definition, basedOn: 2 } })
  await expect(app.call('beginJourneyDraft', { body: { definition, basedOn: 2 } })).rejects.toThrow(/draft_exists.*edited already by/)
  const saved = await app.call('saveJourneyDraft', {
    params: { id },
    body: { revision: begun.revision, definition: { ...definition, description } },
  })
  expect(saved.revision).toBe(2)
  await expect(app.call('saveJourneyDraft', { params: { id }, body: { revision: 1, definition } })).rejects.toThrow(
    /draft_changed.*revision 2/,
  )
  expect(await app.call('journeyDraft', { params: { id } })).toMatchObject({
    newest: 2,
    draft: { revision: 2, basedOn: 2, definition: { description } },
  })

  // A draft may be unfinished; it cannot be published then.
  const unfinished = {
    kind: 'journey',
    id: 'half',
    name: 'Half',
    start: 'mail',
    steps: { mail: { kind: 'message', channel: 'email', template: '' } },
  } as const
  await app.call('beginJourneyDraft', { body: { definition: unfinished, basedOn: 0 } })
  await expect(app.call('publishJourneyDraft', { params: { id: 'half' }, body: { revision: 1, onto: 0 } })).rejects.toThrow(
    /definitions_invalid.*steps\.mail\.template/,
  )
  expect((await app.call('journeyDrafts', {})).items.map((one) => `${one.id} ${one.revision} ${one.basedOn}`)).toEqual([
    'half 1 0',
    `${id} 2 2`,
  ])
  await expect(app.call('discardJourneyDraft', { params: { id: 'half' }, query: { revision: 2 } })).rejects.toThrow(/draft_changed/)
  await app.call('discardJourneyDraft', { params: { id: 'half' }, query: { revision: 1 } })
  await expect(app.call('saveJourneyDraft', { params: { id: 'half' }, body: { revision: 1, definition: unfinished } })).rejects.toThrow(
    /draft_unknown/,
  )

  const publish = (onto: number, dryRun = false) => app.call('publishJourneyDraft', { params: { id }, body: { revision: 2, onto, dryRun } })
  await expect(publish(1)).rejects.toThrow(/journey_changed.*Version 2/)
  expect(await publish(2, true)).toEqual({ dryRun: true, change: 'changed', version: 3, inside: [] })
  expect((await app.call('journey', { params: { id } })).version).toBe(2)
  expect(await publish(2)).toMatchObject({ dryRun: false, version: 3 })
  expect(await app.call('journey', { params: { id } })).toMatchObject({ version: 3, definition: { description } })
  expect(await app.call('journeyDraft', { params: { id } })).toEqual({ draft: null, newest: 3 })
  const log = (await app.call('auditLog', { query: { subject: id } })).items.map(({ action, outcome }) => `${action} ${outcome}`)
  expect(log).toContain('publishJourneyDraft done')
  expect(log).not.toContain('saveJourneyDraft done')

  // A draft that differs in how the journey stands alone brings no version.
  const { definition: live } = await app.call('journey', { params: { id } })
  await app.call('beginJourneyDraft', { body: { definition: { ...live, state: 'draining' }, basedOn: 3 } })
  const state = { params: { id }, body: { revision: 1, onto: 3 } } as const
  expect(await app.call('publishJourneyDraft', state)).toMatchObject({ change: 'changed', version: 3 })
  expect(await app.call('journey', { params: { id } })).toMatchObject({ version: 3, state: 'draining' })
  await app.call('setJourneyState', { params: { id }, body: { state: 'live' } })
})

test('an event over HTTP makes a person, moves them through the journey, and the message comes back on their timeline', async () => {
  await app.send('identify', { userId: 'u-1', traits: { email: 'Jane@Example.org', first_name: 'Jane', last_name: 'Doe', country: 'NL' } })
  await app.send('track', { userId: 'u-1', event: 'Cart Updated', properties: { product: 'Lamp' } })
  await expect.poll(async () => (await find('jane@ex')).map(({ name }) => name), { timeout: 60_000 }).toEqual(['Jane Doe'])
  const [jane] = await find('u-1')
  expect(jane).toMatchObject({ email: 'jane@example.org', userId: 'u-1', anonymous: false, country: 'NL' })
  for (const search of [jane!.id, jane!.id.toUpperCase(), 'JANE@EXAMPLE.ORG', 'jane d', 'u-'])
    await expect.poll(async () => (await find(search)).map(({ id }) => id), { timeout: 60_000, message: search }).toEqual([jane!.id])
  expect(await find('nobody of this name')).toEqual([])
  await expect.poll(() => namesOf(jane!.id), { timeout: 60_000 }).toContain('Message Sent')
  expect(await namesOf(jane!.id)).toEqual(expect.arrayContaining(['Identified', 'Cart Updated', 'Journey Entered']))
  const [message] = (await app.call('messages', { query: { person: jane!.id } })).items
  expect(message).toMatchObject({ channel: 'inbox', status: 'sent', journey: 'cart-recovery', personName: 'Jane Doe' })
  const detail = await app.call('message', { params: { id: message!.id } })
  expect(detail.content).toMatchObject({ title: 'Your cart is waiting', body: 'Still thinking about Lamp?' })
  await expect
    .poll(async () => (await app.call('message', { params: { id: message!.id } })).events.map(({ name }) => name))
    .toContain('Message Sent')
  const journey = await app.call('journey', { params: { id: 'cart-recovery' } })
  expect(journey).toMatchObject({ entered: 1, inside: 1, goals: [{ reached: 0 }], steps: [{ step: 'pause', inside: 1 }] })
  expect((await app.call('journeyPeople', { params: { id: 'cart-recovery' } })).items).toMatchObject([
    { step: 'pause', person: { id: jane!.id } },
  ])
  const person = await app.call('person', { params: { id: jane!.id } })
  expect(person.runs).toMatchObject([{ journeyName: 'Cart recovery', step: 'pause' }])
  expect(person.identifiers.map(({ kind, value }) => `${kind} ${value}`)).toEqual(['user_id u-1', 'email jane@example.org'])
  expect(person.lastSeenAt).not.toBeNull()
})

test('the goal takes a person out of the middle of a wait', async () => {
  const [jane] = await find('u-1')
  await app.send('track', { userId: 'u-1', event: 'Order Completed', properties: { total: 20 } })
  await expect.poll(() => namesOf(jane!.id), { timeout: 60_000 }).toContain('Goal Reached')
  await expect
    .poll(async () => await app.call('journey', { params: { id: 'cart-recovery' } }), { timeout: 60_000 })
    .toMatchObject({ entered: 1, inside: 0, goals: [{ reached: 1, leaves: true }] })
  expect((await app.call('person', { params: { id: jane!.id } })).runs).toEqual([])
})

test('one person is taken through a journey in a test: with what they would read and why, and nothing of it counts', async () => {
  const params = { id: 'cart-recovery' }
  const { definition, entered } = await app.call('journey', { params })
  const startedAt = Date.now()
  const day = 86_400_000
  const body = { definition, startedAt, entry: { properties: { product: 'Lamp' } }, until: startedAt + day }
  const made = await app.call('testJourney', { body: { ...body, person: { traits: { email: 'ada@example.org', first_name: 'Ada' } } } })
  const told = made.moments.flatMap((one) => (one.kind === 'message' ? [`${one.step} ${one.content?.title} ${one.heldBy}`] : []))
  expect(told).toEqual(['tell Your cart is waiting null', 'remind You left Lamp behind null'])
  expect(made.moments.find((one) => one.kind === 'message' && one.step === 'remind')).toMatchObject({
    content: { html: expect.stringContaining('Hello Ada') as string },
  })
  expect(made).toMatchObject({ standing: null, outside: null })
  // Somebody of the shop, by what they did; an order takes them out. E-mail would have been held back: they never agreed to it.
  const [jane] = await find('u-1')
  const happenings = [{ at: startedAt + 60_000, event: 'Order Completed' }]
  const real = await app.call('testJourney', { body: { ...body, person: { id: jane!.id }, happenings } })
  expect(real.moments.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['entered', 'message', 'heard', 'goal', 'left']))
  expect(JSON.stringify(real.moments)).not.toContain('remind')
  await expect(app.call('testJourney', { body: { ...body, person: { id: 'nobody' } } })).rejects.toThrow(/person_unknown/)
  const backwards = [...happenings, { at: startedAt + 1, event: 'Order Completed' }]
  await expect(app.call('testJourney', { body: { ...body, person: { id: jane!.id }, happenings: backwards } })).rejects.toThrow(
    /happenings/,
  )
  expect((await app.call('journey', { params })).entered).toBe(entered)
})

test('a journey tells for each step and way how many reached the goal after it, of one version or of all on its drawing', async () => {
  const params = { id: 'cart-recovery' }
  const reached = async (query: { version?: number; over?: 'all' }) => {
    const { goals, places } = await app.call('journeyConversions', { params, query })
    expect(goals).toEqual([{ name: 'Bought' }])
    return places.map(({ place, results: [one] }) => `${place} ${one!.converted} of ${one!.people}${one!.enough ? '' : ', too few'}`)
  }
  const came = [
    'entry 1 of 1',
    'tell 1 of 1',
    'pause 0 of 0',
    'remind 0 of 0',
    'tell:next 1 of 1',
    'pause:next 0 of 0',
    'remind:next 0 of 0',
  ]
  expect(await reached({})).toEqual(came.map((one) => `${one}, too few`))
  expect((await reached({ version: 1 }))[0]).toBe('entry 0 of 0, too few')
  await expect(reached({ version: 9 })).rejects.toThrow(/version_unknown.*1 to 3/)
  // In the next version the first step is another one: it is no longer drawn, and the others are as before.
  const { definition } = await app.call('journey', { params })
  const { tell, ...rest } = definition.steps
  const next = { ...definition, start: 'hello', steps: { hello: tell!, ...rest } }
  await app.call('applyDefinitions', { body: { definitions: [next] } })
  expect(await app.call('journey', { params })).toMatchObject({ version: 4, edges: [], entered: 1 })
  const all = await app.call('journey', { params, query: { over: 'all' } })
  expect(all.edges).toEqual([
    { id: 'entry', count: 1 },
    { id: 'goal:0', count: 1 },
    { id: 'left:goal', count: 1 },
  ])
  expect((await reached({ over: 'all' })).slice(0, 2)).toEqual(['entry 1 of 1, too few', 'hello 0 of 0, too few'])
  expect((await reached({}))[0]).toBe('entry 0 of 0, too few')
  await app.call('undoJourney', { params, body: { onto: 4 } })
  expect((await reached({ over: 'all' })).slice(0, 2)).toEqual(['entry 1 of 1, too few', 'tell 1 of 1, too few'])
})

test('a segment counts its people and says itself as a sentence', async () => {
  await expect
    .poll(async () => (await app.call('segments', {})).items, { timeout: 60_000 })
    .toMatchObject([{ id: 'cart-people', size: 1, filling: false }])
  expect((await app.call('segments', {})).items[0]!.sentence).toMatch(/Cart Updated/)
})

test('an anonymous visitor who turns out to be known is merged with their history, and can be taken apart again', async () => {
  await app.send('page', { anonymousId: 'device-9', name: 'Home' })
  await expect.poll(async () => (await find('device-9')).length, { timeout: 60_000 }).toBe(1)
  const [visitor] = await find('device-9')
  await app.send('identify', { anonymousId: 'device-9', userId: 'u-1' })
  await expect.poll(async () => (await find('u-1'))[0]?.id === (await find('device-9'))[0]?.id, { timeout: 60_000 }).toBe(true)
  const [jane] = await find('u-1')
  await expect.poll(() => namesOf(jane!.id), { timeout: 60_000 }).toEqual(expect.arrayContaining(['Page Viewed', 'Order Completed']))
  expect((await app.call('person', { params: { id: visitor!.id } })).id).toBe(jane!.id)
  const { merges } = await app.call('person', { params: { id: jane!.id } })
  expect(merges).toMatchObject([{ undoneAt: null }])
  await app.call('unmerge', { params: { id: jane!.id }, body: { merge: merges[0]!.id } })
  await expect.poll(async () => (await find('device-9'))[0]?.id === (await find('u-1'))[0]?.id, { timeout: 60_000 }).toBe(false)
  await expect(app.call('unmerge', { params: { id: jane!.id }, body: { merge: merges[0]!.id } })).rejects.toThrow(/merge_undone/)
})

test('somebody whom nobody knows is a clear 404', async () => {
  await expect(app.call('person', { params: { id: '0190a000-0000-7000-8000-000000000000' } })).rejects.toThrow(/person_unknown/)
  await expect(app.call('person', { params: { id: 'not-an-id' } })).rejects.toThrow(/person_unknown/)
  await expect(app.call('journey', { params: { id: 'nowhere' } })).rejects.toThrow(/journey_unknown/)
})

const pickUp = {
  kind: 'journey',
  id: 'pick-up',
  name: 'Ready for pick-up',
  entries: [{ kind: 'api' }, { kind: 'journey' }],
  key: 'order_id',
  goals: [{ on: { event: 'Order Collected' }, key: 'order_id', within: '3 days' }],
  start: 'wait',
  steps: { wait: { kind: 'wait', for: '5 days' } },
}

test('a program lets somebody into a journey, once per key, side by side; a client cannot', async () => {
  await app.call('applyDefinitions', { body: { definitions: [pickUp] } })
  const enter = (order: string, key?: string) =>
    app.call('enterJourney', {
      params: { id: 'pick-up' },
      body: { person: { email: 'Pick@Example.org' }, properties: { order_id: order }, create: true, ...(key !== undefined && { key }) },
    })
  expect(await enter('a', 'k1')).toEqual({ outcome: 'asked' })
  expect(await enter('a', 'k1')).toEqual({ outcome: 'repeated' })
  expect(await enter('b')).toEqual({ outcome: 'asked' })
  const journey = () => app.call('journey', { params: { id: 'pick-up' } })
  await expect.poll(journey, { timeout: 60_000 }).toMatchObject({ entered: 2, inside: 2, goals: [{ reached: 0 }] })
  const [person] = await find('pick@example')
  expect((await app.call('person', { params: { id: person!.id } })).runs).toHaveLength(2)
  await app.send('track', {
    userId: 'u-2',
    event: 'Order Collected',
    properties: { order_id: 'b' },
    context: { traits: { email: 'pick@example.org' } },
  })
  await expect.poll(journey, { timeout: 60_000 }).toMatchObject({ entered: 2, inside: 1, goals: [{ reached: 1 }] })
  await expect(
    app.send('track', { userId: 'u-1', event: 'Journey Requested', properties: { journey: 'pick-up', by: 'api' } }),
  ).rejects.toThrow(/enter/)
  const params = { id: 'cart-recovery' }
  await expect(app.call('enterJourney', { params, body: { person: { userId: 'u-1' } } })).rejects.toThrow(/journey_not_by_api/)
  await expect(app.call('enterJourney', { params: { id: 'pick-up' }, body: { person: { userId: 'nobody-here' } } })).rejects.toThrow(
    /person_unknown/,
  )
})

test('a journey is paused, resumed, stopped and undone, by the API and by its file, and the audit log says who did it', async () => {
  const definition = {
    ...pickUp,
    id: 'pick-up-2',
    entries: [{ kind: 'event', on: { event: 'Bell Rung' } }],
    key: undefined,
    goals: undefined,
  }
  const apply = (more: object) => app.call('applyDefinitions', { body: { definitions: [{ ...definition, ...more }] } })
  const params = { id: 'pick-up-2' }
  const journey = () => app.call('journey', { params })
  const ring = (userId: string) => app.send('track', { userId, event: 'Bell Rung' })
  await apply({})
  await ring('bell-1')
  await expect.poll(journey, { timeout: 60_000 }).toMatchObject({ state: 'live', entered: 1, inside: 1 })
  expect(await app.call('setJourneyState', { params, body: { state: 'paused' } })).toEqual({ state: 'paused', before: 'live' })
  await ring('bell-2')
  expect((await app.call('definitions', {})).items.find(({ definition: { id } }) => id === 'pick-up-2')?.definition).toMatchObject({
    state: 'paused',
  })
  // A file that says nothing of it leaves it as it stands; one that does makes it so, without a new version.
  expect((await apply({})).results).toMatchObject([{ change: 'unchanged', version: 1 }])
  expect((await apply({ state: 'live' })).results).toMatchObject([{ change: 'changed', version: 1 }])
  await ring('bell-3')
  await expect.poll(journey, { timeout: 60_000 }).toMatchObject({ state: 'live', entered: 2, inside: 2, version: 1 })
  await expect(app.call('undoJourney', { params, body: { onto: 1 } })).rejects.toThrow(/nothing_to_undo/)
  await apply({ name: 'Another name' })
  expect(await app.call('undoJourney', { params, body: { onto: 2 } })).toEqual({ version: 3, of: 1 })
  // Pressed twice, it undoes one publication, not its own undoing.
  await expect(app.call('undoJourney', { params, body: { onto: 2 } })).rejects.toThrow(/journey_changed.*Version 3/)
  expect(await journey()).toMatchObject({ name: pickUp.name, version: 3 })
  await app.call('setJourneyState', { params, body: { state: 'stopped' } })
  await expect.poll(journey, { timeout: 60_000 }).toMatchObject({ state: 'stopped', inside: 0 })
  const audit = await app.call('auditLog', { query: {} })
  expect(audit.items.map(({ action }) => action)).toEqual(expect.arrayContaining(['setJourneyState', 'undoJourney']))
})

test('an experiment counts people by variant, and who reached the goal afterwards; who was merged out of two is left out', async () => {
  const variants = ['A', 'B'].map((name) => ({ name, weight: 1 }))
  const goals = [{ name: 'Ordered', on: { event: 'Order Completed' }, within: '1 day' }]
  const steps = { which: { kind: 'experiment', variants } }
  const entries = [{ kind: 'event', on: { event: 'Test Begun' } }]
  const definition = { kind: 'journey', id: 'tried', name: 'Tried', entries, goals, start: 'which', steps }
  await app.call('applyDefinitions', { body: { definitions: [definition] } })
  const begun = { type: 'track', event: 'Test Begun' }
  const ordered = { type: 'track', event: 'Order Completed' }
  const users = Array.from({ length: 6 }, (_, i) => ({ userId: `tried-${i}` }))
  // So many devices of one person that they hardly all drew the same.
  const devices = Array.from({ length: 30 }, (_, i) => ({ anonymousId: `tried-device-${i}` }))
  await app.send('batch', { batch: [...users, ...devices].map((who) => ({ ...begun, ...who })) })
  await expect.poll(() => app.call('journey', { params: { id: 'tried' } }), { timeout: 60_000 }).toMatchObject({ entered: 36 })
  await app.send('batch', { batch: users.slice(0, 3).map((who) => ({ ...ordered, ...who })) })
  await app.send('batch', { batch: devices.map((device) => ({ type: 'identify', userId: 'tried-one', ...device })) })
  const report = async () => (await app.call('journeyExperiments', { params: { id: 'tried' } })).items[0]!
  const sums = async () => {
    const { variants: found, mixed } = await report()
    const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
    return { people: sum(found.map(({ people }) => people)), converted: sum(found.map(({ results }) => results[0]!.converted)), mixed }
  }
  await expect.poll(sums, { timeout: 60_000 }).toEqual({ people: 6, converted: 3, mixed: 1 })
  expect(await report()).toMatchObject({
    experiment: 'tried.which',
    baseline: 'A',
    goals: ['Ordered'],
    variants: [
      { name: 'A', enough: false, results: [{ difference: null, verdict: null }] },
      { name: 'B', enough: false, results: [{ verdict: 'too-few' }] },
    ],
  })
}, 180_000)
