import { expect, it } from 'vitest'
import { conditionSchema } from '../conditions/index.ts'
import { concernsSchema, eventValuePath } from './concerns.ts'
import { journeySchema } from './journey.ts'

const trait = (compare: object) => ({ kind: 'trait', trait: 'wished_price', compare })
const viewed = (compare: object, more: object = {}) => ({
  kind: 'event',
  event: 'Product Viewed',
  where: [{ kind: 'all', of: [{ kind: 'some', in: 'products', where: [{ property: 'price', compare }] }] }],
  times: { op: 'at-least', n: 1 },
  ...more,
})
const price = '{event.price}'
const day = '{event.sale.ends}'
const compared = [
  { op: 'greater', value: price },
  { op: 'at-least', value: price },
  { op: 'less', value: price },
  { op: 'at-most', value: price },
  { op: 'between', from: price, to: 100 },
  { op: 'between', from: 1, to: price },
  { op: 'before', date: day },
  { op: 'after', date: day },
  { op: 'between-dates', from: '2026-01-01', to: day },
  { op: 'version-less', version: '{event.version}' },
  { op: 'version-at-least', version: '{event.version}' },
]

it.each(compared)('of a shop event, %j may be compared with what the event says, wherever comparisons stand', (compare) => {
  const measure = { of: 'share', event: 'Order Completed', matching: [{ property: 'total', compare }] }
  const places = [
    trait(compare),
    viewed(compare),
    { kind: 'not', of: { kind: 'any', of: [trait(compare)] } },
    { kind: 'computed', trait: 'spent', compare },
    { kind: 'context', field: 'app-version', compare },
    { kind: 'measure', measure: { of: 'max', property: 'total', event: 'Order Completed' }, compare },
    { kind: 'measure', measure, compare: { op: 'greater', value: 50 } },
    { kind: 'page', times: { op: 'at-least', n: 1 }, where: [{ property: 'price', compare }] },
    { kind: 'sequence', steps: [{ event: 'Product Added', where: [{ property: 'price', compare }] }, { event: 'Order Completed' }] },
  ]
  for (const place of places) {
    expect(concernsSchema.parse(place)).toEqual(place)
    expect(conditionSchema.safeParse(place).success).toBe(false)
  }
})

it('a window may begin or end on a day of the event', () => {
  for (const between of [{ from: day }, { to: day }, { from: '2026-01-01', to: day }]) {
    const condition = viewed({ op: 'is', value: price }, { between })
    expect(concernsSchema.parse(condition)).toEqual(condition)
    expect(conditionSchema.safeParse(condition).success).toBe(false)
  }
})

it('takes whatever an ordinary condition is, with its defaults and its rules', () => {
  expect(concernsSchema.parse({ kind: 'event', event: 'Product Viewed' })).toEqual(
    conditionSchema.parse({ kind: 'event', event: 'Product Viewed' }),
  )
  expect(concernsSchema.parse(trait({ op: 'between', from: 1, to: 2 }))).toEqual(trait({ op: 'between', from: 1, to: 2 }))
  const two = viewed({ op: 'greater', value: price }, { within: '1 day', calendarDays: 2 })
  expect(concernsSchema.safeParse(two).error?.issues.map(({ message }) => message)).toEqual([
    'say at most one of within, calendarDays, between and since',
  ])
  expect(concernsSchema.safeParse(trait({ op: 'greater', value: price, more: 1 })).success).toBe(false)
})

it('refuses what is half a reference, or stands where nothing is compared, and says what is allowed', () => {
  const messages = (condition: object) =>
    concernsSchema.safeParse(condition).error?.issues.map(({ path, message }) => [path.join('.'), message])
  const allowed = 'write a number, or a property of the event such as {event.price}'
  for (const value of ['{event.price', '{event.price} EUR', '{event.}', '{{event.price}}', '{price}', 'cheap', '49', null])
    expect(messages(trait({ op: 'greater', value }))).toEqual([['compare.value', allowed]])
  expect(messages(trait({ op: 'before', date: 'soon' }))).toEqual([
    ['compare.date', 'write a day such as "2026-05-01", or a property of the event such as {event.price}'],
  ])
  const often = { kind: 'event', event: 'Product Viewed', times: { op: 'at-least', n: '{event.times}' } }
  expect(messages(often)).toMatchObject([['times.n', 'Invalid input: expected number, received string']])
  expect(messages({ kind: 'near', point: { lat: 1, lng: 1 }, km: '{event.km}' })).toHaveLength(1)
})

it('anywhere else a number is asked for in the words of before', () => {
  const wished = trait({ op: 'greater', value: price })
  const journey = (entry: object) =>
    journeySchema.safeParse({ kind: 'journey', id: 'j', name: 'J', entries: [entry], start: 'w', steps: { w: { kind: 'exit' } } })
  const on = { event: 'Price Dropped' }
  expect(journey({ kind: 'shop-event', on, concerns: wished }).data?.entries).toEqual([{ kind: 'shop-event', on, concerns: wished }])
  for (const [entry, path] of [
    [{ kind: 'shop-event', on, concerns: wished, if: wished }, 'entries.0.if.compare.value'],
    [
      { kind: 'shop-event', on: { ...on, where: [{ property: 'price', compare: wished.compare }] }, concerns: wished },
      'entries.0.on.where.0.compare.value',
    ],
    [{ kind: 'event', on, if: wished }, 'entries.0.if.compare.value'],
  ] as const)
    expect(journey(entry).error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([
      [path, 'Invalid input: expected number, received string'],
    ])
})

it('the JSON Schema of a journey allows a reference in concerns alone', () => {
  const { $defs = {} } = journeySchema.toJSONSchema({ io: 'input' }) as unknown as { $defs?: Record<string, object> }
  const about = (name: string) => JSON.stringify($defs[name])
  expect(about('EventValue')).toContain(JSON.stringify('^\\{event\\.([^{}\\s]+)\\}$'))
  expect(about('ConcernsComparison')).toContain('#/$defs/EventValue')
  expect(about('ConcernsCondition')).not.toContain('"#/$defs/Comparison"')
  expect(about('Comparison')).not.toContain('EventValue')
})

it('reads the path of a whole reference', () => {
  expect(['{event.a.b}', 'x {event.a}', '{event.a}{event.b}', '{event. a}'].map(eventValuePath)).toEqual([
    'a.b',
    undefined,
    undefined,
    undefined,
  ])
})
