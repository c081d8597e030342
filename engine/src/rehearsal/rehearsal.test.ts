import fc from 'fast-check'
import { journeySchema, type Event, type PublishedDefinition } from '@throughline/contracts'
import { expect, test } from 'vitest'
import { makeRehearsalTally, planRehearsal, rehearsePerson, TooMuchForOnePerson, type Effect } from '../index.ts'
import { calendarOf } from '../calendar/index.ts'
import { did, inboxTemplate, note, pause } from '../test/definitions.ts'
import { day, edges, hour, meet, noon, only } from '../test/person.ts'

const settings = { zone: 'UTC', consentDefaults: { email: 'withdrawn', inbox: 'granted', webhook: 'granted' } } as const
const published: PublishedDefinition[] = [{ definition: inboxTemplate, version: 1, epoch: 1 }]
const window = { since: noon, until: noon + 10 * day }

const draft = journeySchema.parse({
  kind: 'journey',
  id: 'j',
  name: 'Recover carts',
  entry: { on: { event: 'Product Added' }, reentry: { kind: 'after', time: '1 day' } },
  goal: { on: { event: 'Order Completed' } },
  start: 'hour',
  steps: {
    hour: pause('1 hour', 'which'),
    which: { kind: 'branch', paths: [{ if: did('Order Completed'), next: 'remind' }], otherwise: 'listen' },
    listen: { kind: 'wait-for', any: [{ on: { event: 'Page Viewed' }, next: 'remind' }], upTo: '1 day', otherwise: 'remind' },
    remind: note('moment'),
    moment: pause('1 hour', 'sent'),
    sent: { kind: 'branch', paths: [{ if: { kind: 'message', outcome: 'sent', template: 'note' }, next: 'day' }] },
    day: pause('1 day', 'again'),
    again: note(),
  },
})
const plan = planRehearsal(draft, published, settings, null, window)
const room = (): boolean => true

let number = 0
const event = (name: string, at: number, extra: Partial<Event> = {}): Event => ({
  id: `web:${++number}`,
  type: 'track',
  name,
  timestamp: at,
  receivedAt: at,
  properties: {},
  context: {},
  source: 'web',
  lane: 0,
  triggers: true,
  ...extra,
})

const history = fc.array(
  fc.record({
    name: fc.constantFrom('Product Added', 'Order Completed', 'Page Viewed'),
    at: fc.integer({ min: -5 * 24 * 60, max: 10 * 24 * 60 - 1 }),
  }),
  { maxLength: 12 },
)

test('a rehearsal takes the ways that the journey takes when it really runs', { timeout: 180_000 }, () => {
  fc.assert(
    fc.property(history, (acts) => {
      const events = acts
        .map(({ name, at }) => event(name, noon + at * 60_000))
        .sort((a, b) => a.timestamp - b.timestamp || (a.id < b.id ? -1 : 1))
      // What was known when the journey was published, then what came, each message told as sent.
      const live = meet(plan.definitions)
      for (const one of events.filter(({ timestamp }) => timestamp < window.since))
        live.hear(one.name, one.timestamp, { ...one, triggers: false })
      for (const one of events.filter(({ timestamp }) => timestamp >= window.since)) {
        pass(one.timestamp)
        tellSent(() => live.hear(one.name, one.timestamp, { ...one, early: true }))
      }
      pass(window.until)
      const rehearsed = rehearsePerson('p1', events, plan, room)
      const moments = rehearsed?.moments ?? []
      expect(moments.flatMap((one) => (one.kind === 'passed' ? [one.edge] : []))).toEqual(edges(live.effects))
      expect(moments.flatMap((one) => (one.kind === 'message' ? [[one.step, one.at, one.reason]] : []))).toEqual(
        only(live.effects, 'message').map(({ step, at, reason }) => [step, at, reason]),
      )
      expect(rehearsed?.inside ?? []).toEqual(live.profile.runs.map(({ step }) => step))

      function pass(to: number): void {
        for (let { due } = live; due !== null && due < to; { due } = live) {
          const at = due
          tellSent(() => live.fireLate(at))
        }
      }
      function tellSent(step: () => readonly Effect[]): void {
        for (const { id, template, journey, channel, step: at } of only(step(), 'message'))
          tellSent(() =>
            live.hear('Message Sent', live.now, {
              early: true,
              type: 'outcome',
              properties: { message_id: id, template, journey, step: at, channel },
            }),
          )
      }
    }),
    { numRuns: 150 },
  )
})

test('what the journey really did in these days is not taken for what people did, and entries before them count', () => {
  const entered = (at: number): Event => event('Journey Entered', at, { type: 'fact', properties: { journey: 'j', version: 1, run: 'r' } })
  const added = event('Product Added', noon + hour)
  expect(rehearsePerson('p1', [entered(noon + 30 * 60_000), added], plan, room)?.moments[0]).toEqual({
    kind: 'entered',
    at: noon + hour,
    by: 'Product Added',
  })
  expect(rehearsePerson('p1', [entered(noon - hour), added], plan, room)).toBeNull()
})

test('imported events count at the time at which they happened', () => {
  const imported = event('Product Added', noon + hour, { receivedAt: noon + 300 * day, lane: 1, triggers: false })
  expect(rehearsePerson('p1', [imported], plan, room)?.moments[0]?.at).toBe(noon + hour)
})

test('segments that the draft asks about are decided again, and others are left out', () => {
  const segment = (id: string, name: string): PublishedDefinition => ({
    definition: { kind: 'segment', id, name: id, where: did(name) },
    version: 1,
    epoch: 2,
  })
  const asks = journeySchema.parse({
    ...draft,
    entry: { on: { event: 'Segment Entered', where: [{ property: 'segment', compare: { op: 'is', value: 'buyers' } }] } },
    goal: undefined,
  })
  const needs = planRehearsal(
    asks,
    [...published, segment('buyers', 'Order Completed'), segment('lookers', 'Page Viewed')],
    settings,
    null,
    window,
  )
  expect(needs.entersBy).toBeNull()
  const known = event('Segment Entered', noon + 2 * hour, { type: 'fact', properties: { segment: 'buyers' } })
  const rehearsed = rehearsePerson('p1', [event('Order Completed', noon + hour), known], needs, room)
  expect(rehearsed?.moments.filter(({ kind }) => kind === 'entered')).toEqual([{ kind: 'entered', at: noon + hour, by: 'Order Completed' }])
})

test('audiences come in at their times, dates at theirs, and no more in a day than have room', () => {
  const mailing = journeySchema.parse({
    ...draft,
    entry: undefined,
    entries: [
      { kind: 'audience', when: { kind: 'weekly', on: ['friday'], at: '10:00' } },
      { kind: 'date', trait: 'renewal', days: -1, at: '09:00', zone: 'shop' },
    ],
    reentry: { kind: 'always' },
    perDay: 2,
    start: 'remind',
    steps: { remind: note() },
    goal: undefined,
  })
  const needs = planRehearsal(mailing, published, settings, null, window)
  expect(needs.entersBy).toBeNull()
  // 4 May 2026 is a Monday: the eighth is the Friday of the window, to the fourteenth.
  const friday = Date.UTC(2026, 4, 8, 10)
  expect(needs.audiences).toEqual([{ journey: 'j', at: friday, key: expect.any(String), version: 1, slot: friday }])
  const tally = makeRehearsalTally(calendarOf('UTC'))
  const said = event('Identified', noon - day, { type: 'identify', properties: { renewal: '2026-05-13' } })
  for (const [index, events] of [[said], [], []].entries()) {
    const rehearsed = rehearsePerson(`p${index}`, events, needs, tally.hasRoom)
    const entered = rehearsed?.moments.flatMap((one) => (one.kind === 'entered' ? [one.at] : []))
    expect(entered).toEqual([[friday, Date.UTC(2026, 4, 12, 9)], [friday], []][index])
    if (rehearsed !== null) tally.add(`p${index}`, rehearsed)
  }
  expect(tally.figures()).toMatchObject({ people: 2, entries: 3 })
  expect(tally.figures().edges.find(({ id }) => id === 'full')?.count).toBe(1)
})

test('somebody who did more than a person can is refused, and nobody has to wait for them', () => {
  const events = Array.from({ length: 10_001 }, (_, n) => event('Page Viewed', noon + n))
  expect(() => rehearsePerson('p1', events, plan, room)).toThrow(TooMuchForOnePerson)
  // Every event ends a wait and begins the next.
  const restless = planRehearsal(
    journeySchema.parse({
      ...draft,
      entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
      start: 'moment',
      steps: { moment: pause('1 second', 'second'), second: pause('1 second') },
    }),
    published,
    settings,
    null,
    window,
  )
  const busy = Array.from({ length: 4_000 }, (_, n) => event('Product Added', noon + n * 10_000))
  expect(() => rehearsePerson('p1', busy, restless, room)).toThrow(TooMuchForOnePerson)
})

test('the tally adds up, and shows one of each of the most usual paths', () => {
  const tally = makeRehearsalTally(calendarOf('UTC'))
  const lives = [['Product Added'], ['Product Added'], ['Product Added', 'Order Completed'], ['Page Viewed']]
  for (const [index, names] of lives.entries()) {
    const events = names.map((name, minutes) => event(name, noon + hour + minutes * 60_000))
    const rehearsed = rehearsePerson(`p${index}`, events, plan, room)
    if (rehearsed !== null) tally.add(`p${index}`, rehearsed)
  }
  const figures = tally.figures()
  expect(figures).toMatchObject({
    people: 3,
    entries: 3,
    goals: [{ goal: '', count: 1 }],
    left: [
      { reason: 'end', count: 2 },
      { reason: 'goal', count: 1 },
    ],
  })
  expect(figures.messages).toEqual([
    { step: 'remind', channel: 'inbox', sent: 2, held: 0 },
    { step: 'again', channel: 'inbox', sent: 2, held: 0 },
  ])
  expect(figures.examples.map(({ id, people }) => [id, people])).toEqual([
    ['p0', 2],
    ['p2', 1],
  ])
  expect(figures.days.reduce((sum, one) => sum + one.entered, 0)).toBe(3)
})

test('a more important journey that wants to be alone runs beside the draft, and is not counted', () => {
  const above = (alone: object): PublishedDefinition => ({
    definition: journeySchema.parse({
      kind: 'journey',
      id: 'complaint',
      name: 'Open complaint',
      priority: 90,
      alone,
      entry: { on: { event: 'Complaint Opened' }, reentry: { kind: 'always' } },
      start: 'note',
      steps: { note: note('w'), w: pause('2 days') },
    }),
    version: 4,
    epoch: 2,
  })
  const greeting = journeySchema.parse({ ...draft, start: 'remind', goal: undefined, steps: { remind: note() } })
  const events = [event('Complaint Opened', noon + hour), event('Product Added', noon + 2 * hour), event('Product Added', noon + 4 * day)]
  const moments = (alone: object) =>
    rehearsePerson('p1', events, planRehearsal(greeting, [...published, above(alone)], settings, null, window), room)?.moments.flatMap(
      (one) =>
        one.kind === 'passed' || one.kind === 'delayed' || one.kind === 'message'
          ? [`${one.kind === 'passed' ? one.edge : one.kind} +${(one.at - noon) / hour}`]
          : [],
    )
  expect(moments({ others: 'stay-out' })).toEqual(['kept-out +2', 'entry +96', 'message +96', 'remind:next +96', 'left:end +96'])
  expect(moments({ others: 'wait', atMost: '7 days' })?.slice(0, 2)).toEqual(['entry +2', 'delayed +2'])
  expect(moments({ others: 'wait', atMost: '7 days' })).toContain('message +49')
  const low = planRehearsal({ ...greeting, priority: 95 }, [...published, above({ others: 'stay-out' })], settings, null, window)
  expect([...low.running]).toEqual(['j'])
})

test('a learned order goes by what they had answered, and silence about messages that nobody got is not held against a channel', () => {
  const mail = { kind: 'template', id: 'mail', name: 'Mail', channel: 'email', subject: 'Hi', html: '<p>Hello</p>' } as const
  const learning = journeySchema.parse({
    kind: 'journey',
    id: 'j',
    name: 'Recover carts',
    entry: { on: { event: 'Product Added' }, reentry: { kind: 'always' } },
    start: 'say',
    steps: {
      say: {
        kind: 'best-message',
        channels: [
          { channel: 'email', template: 'mail' },
          { channel: 'inbox', template: 'note' },
        ],
        learned: { explore: 0 },
      },
    },
  })
  const answers = { email: { sent: 1_000, answered: 200, strength: 2 }, inbox: { sent: 1_000, answered: 100, strength: 2 } }
  const rehearse = planRehearsal(
    learning,
    [...published, { definition: mail, version: 1, epoch: 1 }],
    { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } },
    { epoch: 0, rankedAt: null, answers },
    window,
  )
  const carts = Array.from({ length: 9 }, (_, i) => event('Product Added', noon + i * day))
  const known = event('Identified', noon - 3 * day, { type: 'identify', properties: { email: 'jane@shop.com' } })
  const about = { type: 'outcome', source: 'throughline', properties: { message_id: 'm', channel: 'inbox' } } as const
  const read = [event('Message Sent', noon - 2 * day, about), event('Message Opened', noon + 5 * day - hour, about)]
  const channels = (events: readonly Event[]) =>
    (rehearsePerson('p1', events, rehearse, room)?.moments ?? []).flatMap((one) => (one.kind === 'message' ? [one.channel] : []))
  expect(channels([known, ...carts])).toEqual(Array.from({ length: 9 }, () => 'email'))
  // From the instant on at which they read one.
  expect(channels([known, ...carts, ...read])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => (i < 5 ? 'email' : 'inbox')))
})

test('goals are counted by their names where there are several: one person may reach each', () => {
  const goals = [
    { name: 'Looked', on: { event: 'Product Viewed' }, afterwards: 'stay' },
    { name: 'Bought', on: { event: 'Order Completed' } },
  ]
  const { goal: _, ...rest } = draft as { goal?: unknown }
  const several = planRehearsal(journeySchema.parse({ ...rest, goals }), published, settings, null, window)
  const tally = makeRehearsalTally(calendarOf('UTC'))
  for (const [index, names] of [
    ['Product Added', 'Product Viewed', 'Order Completed'],
    ['Product Added', 'Product Viewed'],
  ].entries()) {
    const events = names.map((name, minutes) => event(name, noon + hour + minutes * 60_000))
    tally.add(`p${index}`, rehearsePerson(`p${index}`, events, several, room)!)
  }
  expect(tally.figures().goals).toEqual([
    { goal: 'Looked', count: 2 },
    { goal: 'Bought', count: 1 },
  ])
})
