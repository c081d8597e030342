import { contextFields, type Comparison, type Condition, type Definition, type Json, type JsonObject } from '@throughline/contracts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeTestClickHouse, type TestClickHouse } from '../../test/clickhouse.ts'
import { begin, compareAnswers, createHistory, hour, type Spoken } from './test/agreement.ts'

/*
 * The two answers of conditions about how somebody stands: segments, lists, journeys, consents, shares drawn at random,
 * and the technique and place that events tell of.
 */
const seed = 20261122

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
  fc.oneof(
    fc.record({
      kind: fc.constant('context' as const),
      field: fc.constantFrom(...contextFields),
      compare: fc.constantFrom<Comparison>(
        { op: 'exists' },
        { op: 'one-of', values: ['iOS', 'mobile', 'desktop', 'Safari', 'de', 'CH', 'Bern'] },
        { op: 'matches', pattern: '(?i)^[ad]' },
      ),
    }),
    fc.constant<Condition>({ kind: 'context', field: 'app-version', compare: { op: 'version-at-least', version: '2.10' } }),
  ),
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
const standing: fc.Arbitrary<readonly [string, JsonObject]> = fc.tuple(
  fc.constantFrom('Address Suppressed', 'Address Suppressed', 'Address Released'),
  fc.record(
    {
      channel: fc.constantFrom('email', 'email', 'email', 'inbox'),
      address: fc.constantFrom(...addresses),
      reason: fc.constantFrom('bounced', 'unsubscribed'),
    },
    { requiredKeys: ['channel', 'address'] },
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
const context: fc.Arbitrary<JsonObject> = fc.record(
  {
    userAgent: fc.constantFrom<Json>(...agents, 5),
    os: fc.constantFrom<Json>({ name: 'Android' }, { name: '' }, 'x'),
    app: fc.constantFrom<Json>({ name: 'Shop', version: '2.9' }, { version: '2.10.1' }),
    locale: fc.constantFrom('de-CH', 'EN_us', '12', ''),
    timezone: fc.constantFrom('Europe/Zurich'),
    location: fc.constantFrom<Json>({ country: 'CH', region: 'BE', city: 'Bern' }, { country: null, city: 'Köln' }),
  },
  { requiredKeys: [] },
)
const spoken: fc.Arbitrary<Spoken> = fc
  .record({
    hours: fc.integer({ min: 1, max: 60 }),
    late: fc.constantFrom(0, 0, 0, 3, 24),
    said: fc.oneof({ weight: 4, arbitrary: said }, { weight: 1, arbitrary: standing }),
    context,
    email: fc.option(email, { freq: 3, nil: undefined }),
    again: fc.boolean(),
  })
  .map(({ hours, late, said: [name, properties], context: about, email: address, again }) => ({
    type: 'track',
    name,
    receivedAt: begin + hours * hour,
    timestamp: begin + (hours - late) * hour,
    properties,
    context: address === undefined ? about : { ...about, traits: { email: address } },
    again,
  }))
const history = fc.array(spoken, { maxLength: 14 }).map((events) => events.toSorted((a, b) => a.receivedAt - b.receivedAt))

let store: TestClickHouse
beforeAll(async () => {
  store = await makeTestClickHouse()
  await createHistory(store)
})
afterAll(() => store.drop())

it('answers how somebody stands in the engine as in ClickHouse, while they join, agree, enter and leave', async () => {
  const { compared, differences } = await compareAnswers(store, {
    conditions: fc.sample(conditions, { seed, numRuns: 54 }),
    histories: fc.sample(history, { seed, numRuns: 90 }),
    nows: [20, 60, 90].map((hours) => begin + hours * hour),
    definitions,
  })
  expect(differences.slice(0, 3)).toEqual([])
  expect(compared).toBeGreaterThan(6_000)
}, 120_000)
