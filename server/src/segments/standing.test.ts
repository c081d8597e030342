import {
  channelKinds,
  contextFields,
  eachChannel,
  type Comparison,
  type Condition,
  type Definition,
  type Json,
  type JsonObject,
} from '@throughline/contracts'
import { distanceKm } from '@throughline/engine'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { begin, compareAnswers, createHistory, hour, idOfPerson, type Spoken } from './test/agreement.ts'

/*
 * The two answers of conditions about how somebody stands: segments, lists, journeys, consents, shares drawn at random,
 * and the technique and place that events tell of.
 */
const seed = 20261122

const zurich = { lat: 47.37689, lng: 8.54169 }
const order: Condition = { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 1 }, within: '1 day' }
const definitions: readonly Definition[] = [
  { kind: 'segment', id: 'buyers', name: 'Buyers', where: order },
  { kind: 'segment', id: 'lapsed', name: 'Lapsed', where: { kind: 'not', of: { kind: 'segment', segment: 'buyers' } } },
  {
    kind: 'journey',
    id: 'search',
    name: 'Search',
    start: 'wait',
    entry: { on: { event: 'Search' }, reentry: { kind: 'always' } },
    goal: { on: { event: 'Order Completed' } },
    steps: { wait: { kind: 'wait', for: '5 hours' } },
  },
]
// The latest, ever, or in a window of any sort, also one that begins at a date of theirs.
const when = fc.constantFrom(
  {},
  {},
  { ever: true as const },
  { within: '1 day' },
  { calendarDays: 2 },
  { between: { from: '2026-01-02', to: '2026-01-02' } },
  { since: { trait: 'moved' } },
  { since: { trait: 'a.moved' } },
)
const contextual: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .record({
      kind: fc.constant('context' as const),
      field: fc.constantFrom(...contextFields),
      compare: fc.constantFrom<Comparison>(
        { op: 'exists' },
        { op: 'missing' },
        { op: 'is-not', value: 'iOS' },
        { op: 'one-of', values: ['iOS', 'mobile', 'desktop', 'Safari', 'de', 'CH', 'Bern'] },
        { op: 'matches', pattern: '(?i)^[ad]' },
      ),
    })
    .chain((plain) => when.map((time) => ({ ...plain, ...time }))),
  when.map((time): Condition => ({ kind: 'context', field: 'app-version', compare: { op: 'version-at-least', version: '2.10' }, ...time })),
)
const bern = { lat: 46.94809, lng: 7.44744 }
const near: fc.Arbitrary<Condition> = fc
  .record({
    kind: fc.constant('near' as const),
    point: fc.constantFrom(bern, { lat: 0, lng: 180 }, { lat: 90, lng: 0 }),
    // Among them the very distance of Bern from Zurich, in both directions.
    km: fc.constantFrom(0.5, 95.491, distanceKm(bern, zurich), distanceKm(zurich, bern), 112, 5000, 20_000),
  })
  .chain((plain) =>
    fc.oneof(when, fc.constantFrom({ trait: 'home' }, { trait: 'home' }, { trait: 'a.b' })).map((rest) => ({ ...plain, ...rest })),
  )
const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant('segment' as const), segment: fc.constantFrom('buyers', 'lapsed', 'none') }),
  fc.record({ kind: fc.constant('list' as const), list: fc.constantFrom('vip', 'staff') }),
  fc.record({
    kind: fc.constant('journey' as const),
    journey: fc.constant('search'),
    is: fc.constantFrom('in' as const, 'was-in' as const, 'never-in' as const, 'reached-goal' as const),
  }),
  fc.record({
    kind: fc.constant('consent' as const),
    channel: fc.constantFrom('email', 'sms'),
    topic: fc.constantFrom(undefined, 'news'),
    is: fc.constantFrom('allowed' as const, 'granted' as const, 'withdrawn' as const, 'unsaid' as const),
  }),
  fc.record({
    kind: fc.constant('reachable' as const),
    channel: fc.constantFrom('email' as const, 'email' as const, 'email' as const, 'inbox' as const, 'webhook' as const),
    topic: fc.constantFrom(undefined, undefined, 'news'),
  }),
  contextual,
  contextual,
  near,
  fc.record({
    kind: fc.constant('random' as const),
    salt: fc.constantFrom('a', 'b-2'),
    from: fc.constantFrom(0, 25),
    to: fc.constantFrom(25, 50, 100),
  }),
)
const said: fc.Arbitrary<readonly [string, JsonObject]> = fc.oneof(
  fc.constantFrom<readonly [string, JsonObject]>(['Order Completed', {}], ['Search', {}], ['Search', {}]),
  fc.tuple(fc.constantFrom('List Joined', 'List Left'), fc.record({ list: fc.constantFrom('vip', 'staff') })),
  fc.tuple(
    fc.constantFrom('Consent Changed', 'Consent Changed', 'Unsubscribed'),
    fc.record(
      {
        channel: fc.constantFrom('email', 'sms', '', 5),
        topic: fc.constantFrom('news', 'news', ''),
        state: fc.constantFrom('granted', 'withdrawn', 'maybe'),
      },
      { requiredKeys: ['state'] },
    ),
  ),
)
const addresses = ['lena@shop.example', 'li@shop.example']
/** Everything but the e-mail address by which channels reach people, right and wrong, as shops send it. */
const reach: fc.Arbitrary<JsonObject> = fc.record(
  {
    phone: fc.constantFrom<Json>(' tel:+49 (151) 234-56.789', '0049/151 23456789', '+4915123456789', '0151 23456789', '+1', 5, null),
    web_push_token: fc.constantFrom<Json>('w1', ' w1\n', '', 7),
    app_push_token: fc.constantFrom<Json>('a1', null),
    address: fc.constantFrom<Json>(
      { street: ' Neue Str. 5\n2. Stock', postalCode: '20095', city: 'Hamburg' },
      { street: 'Neue Str. 5', postalCode: '20095', city: 'Hamburg', country: 'DE' },
      { street: 'Neue Str. 5', postalCode: ' ', city: 'Hamburg' },
      { street: 'Neue Str. 5', postalCode: 20095, city: 'Hamburg' },
      'Hamburg',
    ),
    'address.city': fc.constantFrom<Json>('Bremen', null),
  },
  { requiredKeys: [] },
)
/** Stands for the person's own id, by which their inbox is blocked. */
const own = 'own'
/** What is found out when an address is told: it is nobody's identifier, so people hear of it only then. */
const suppressionsAt = (now: number): ReadonlyMap<string, string> => {
  const hours = (now - begin) / hour
  return new Map([
    ['email:lena@shop.example', hours > 10 && hours <= 30 ? 'unsubscribed' : ''],
    ['email:li@shop.example', hours > 40 ? 'bounced' : ''],
    ['sms:+4915123456789', hours > 30 ? 'bounced' : ''],
    ['ad-audience:lena@shop.example', hours > 20 ? 'unsubscribed' : ''],
    ['direct-mail:Neue Str. 5, 20095 Hamburg, DE', hours > 20 ? 'moved' : ''],
  ])
}
const standing: fc.Arbitrary<readonly [string, JsonObject]> = fc.tuple(
  fc.constantFrom('Address Suppressed', 'Address Suppressed', 'Address Released'),
  fc.record(
    {
      channel: fc.constantFrom('email', 'email', 'email', 'inbox', 'inbox'),
      address: fc.constantFrom(...addresses, own),
      reason: fc.constantFrom('bounced', 'unsubscribed'),
    },
    { requiredKeys: ['channel', 'address'] },
  ),
)
const elsewhere = fc.tuple(
  fc.constantFrom('Address Suppressed', 'Address Released'),
  fc.constantFrom<JsonObject>(
    { channel: 'sms', address: '+4915123456789', reason: 'stop' },
    { channel: 'whatsapp', address: '+4915123456789', reason: 'stop' },
    { channel: 'web-push', address: 'w1', reason: 'gone' },
    { channel: 'direct-mail', address: 'Neue Str. 5\n2. Stock, 20095 Hamburg', reason: 'moved' },
    { channel: 'on-site', address: own, reason: 'unsubscribed' },
  ),
)
const email = fc.constantFrom<Json>(
  ...addresses,
  ...addresses,
  '\u00a0Lena@Shop.example\n',
  'LI@shop.example ',
  'li@ shop.example',
  'li',
  null,
  5,
  ['li@shop.example'],
)
const agents = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'curl/8.5',
]
const zurichText: Json = { latitude: zurich.lat, longitude: zurich.lng }
const placed = fc.constantFrom<Json>(
  { latitude: 46.94809, longitude: 7.44744 },
  zurichText,
  zurichText,
  { lat: 46.9480904, lng: 7.4474396 },
  { lat: 0.5, lon: -180, longitude: '7.4' },
  { lat: 0, lng: 179.9999999 },
  { latitude: -90, lng: 5 },
  { latitude: 89.9, longitude: -123 },
  { latitude: 91, longitude: 0 },
  { latitude: 46.9 },
  [46.9, 7.4],
  'Bern',
)
const context: fc.Arbitrary<JsonObject> = fc.record(
  {
    userAgent: fc.constantFrom<Json>(...agents, 5),
    os: fc.constantFrom<Json>({ name: 'Android' }, { name: '' }, 'x'),
    app: fc.constantFrom<Json>({ name: 'Shop', version: '2.9' }, { version: '2.10.1' }),
    locale: fc.constantFrom('de-CH', 'EN_us', '12', ''),
    timezone: fc.constantFrom('Europe/Zurich'),
    location: fc.oneof(fc.constantFrom<Json>({ country: 'CH', region: 'BE', city: 'Bern' }, { country: null, city: 'Köln' }), placed),
    // Keys that hold the dot themselves come first, as in traits.
    'os.name': fc.constantFrom<Json>('iOS', '', null),
    'location.city': fc.constantFrom<Json>('Bern', 5),
  },
  { requiredKeys: [] },
)
const spoken: fc.Arbitrary<Spoken> = fc
  .record({
    hours: fc.integer({ min: 1, max: 60 }),
    late: fc.constantFrom(0, 0, 0, 3, 24),
    said: fc.oneof({ weight: 4, arbitrary: said }, { weight: 1, arbitrary: standing }, { weight: 1, arbitrary: elsewhere }),
    context,
    email: fc.option(email, { freq: 3, nil: undefined }),
    home: fc.option(placed, { freq: 2, nil: undefined }),
    reached: fc.option(reach, { freq: 2, nil: undefined }),
    // Some dates lie ahead, and some say no date.
    moved: fc.option(
      fc.constantFrom<Json>(
        ...[2, 10, 25, 45, 70].map((hours) => new Date(begin + hours * hour).toISOString()),
        '2026-01-02',
        null,
        'soon',
      ),
      {
        freq: 2,
        nil: undefined,
      },
    ),
    again: fc.boolean(),
  })
  .map(({ hours, late, said: [name, properties], context: about, email: address, home, reached, moved, again }) => ({
    type: 'track',
    name,
    receivedAt: begin + hours * hour,
    timestamp: begin + (hours - late) * hour,
    properties,
    context: {
      ...about,
      ...((address ?? home ?? reached ?? moved) !== undefined && {
        traits: {
          ...reached,
          ...(address !== undefined && { email: address }),
          ...(home !== undefined && { home }),
          ...(moved !== undefined && { moved }),
          ...((home ?? moved) !== undefined && { a: { b: home ?? null, moved: moved ?? null } }),
        },
      }),
    },
    again,
  }))
const history = fc.array(spoken, { maxLength: 14 }).map((events) => events.toSorted((a, b) => a.receivedAt - b.receivedAt))

function nameOwn(one: Spoken, id: string): Spoken {
  return one.properties['address'] === own ? { ...one, properties: { ...one.properties, address: id } } : one
}

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
})
afterAll(() => store.drop())

it('answers how somebody stands in the engine as in ClickHouse, while they join, agree, enter and leave', async () => {
  const { compared, differences } = await compareAnswers(store, {
    conditions: [
      ...fc.sample(conditions, { seed, numRuns: 54 }),
      ...channelKinds.map((channel) => ({ kind: 'reachable' as const, channel })),
    ],
    histories: fc.sample(history, { seed, numRuns: 70 }).map((events, i) => events.map((one) => nameOwn(one, idOfPerson(i)))),
    suppressionsAt,
    consentDefaults: eachChannel(() => 'granted' as const),
    nows: [20, 60, 90].map((hours) => begin + hours * hour),
    definitions,
  })
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(8_000)
}, 180_000)
