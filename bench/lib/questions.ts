/** Questions as shops ask them, from narrow to wide, each with what a person would write by hand for it. */
export interface BenchQuestion {
  readonly name: string
  readonly where: object
  /** ClickHouse SQL of the number of people over the same table: `{now}` is the instant, `{people}` how many there are. */
  readonly bare: string
}

const event = (name: string, n: number, more: object = {}): object => ({
  kind: 'event',
  event: name,
  times: { op: 'at-least', n },
  ...more,
})
const trait = (name: string, value: string): object => ({ kind: 'trait', trait: name, compare: { op: 'is', value } })
const since = (days: number): string => `at > {now} - ${days * 86_400_000}`
const LATEST = (name: string): string =>
  `select profile_id, argMax(said['${name}'], at) as v from events_by_name where tells = 1 and said['${name}'] != '' group by profile_id`

export const questions: readonly BenchQuestion[] = [
  {
    name: 'bought in the last 30 days',
    where: event('Order Completed', 1, { within: '30 days' }),
    bare: `select uniqExact(profile_id) as n from events_by_name where tells = 0 and name = 'Order Completed' and ${since(30)} and received_at > {now} - ${30 * 86_400_000}`,
  },
  {
    name: 'bought at least twice',
    where: event('Order Completed', 2),
    bare: `select count() as n from (select profile_id from events_by_name where tells = 0 and name = 'Order Completed' group by profile_id having count() >= 2)`,
  },
  {
    name: 'never bought',
    where: { kind: 'event', event: 'Order Completed', times: { op: 'exactly', n: 0 } },
    bare: `select {people} - uniqExact(profile_id) as n from events_by_name where tells = 0 and name = 'Order Completed'`,
  },
  {
    name: 'opened an e-mail in the last 90 days',
    where: { kind: 'message', outcome: 'opened', channel: 'email', times: { op: 'at-least', n: 1 }, within: '90 days' },
    bare: `select uniqExact(profile_id) as n from events_by_name where tells = 0 and name = 'Message Opened' and ${since(90)} and properties['channel'] = '"email"'`,
  },
  {
    name: 'viewed three products in the last 7 days',
    where: event('Product Viewed', 3, { within: '7 days' }),
    bare: `select count() as n from (select profile_id from events_by_name where tells = 0 and name = 'Product Viewed' and ${since(7)} and received_at > {now} - ${7 * 86_400_000} group by profile_id having count() >= 3)`,
  },
  {
    name: 'lives in Germany',
    where: trait('country', 'DE'),
    bare: `select countIf(v = '"DE"') as n from (${LATEST('country')})`,
  },
  {
    name: 'lives in Germany, on the gold plan, older than 40',
    where: {
      kind: 'all',
      of: [trait('country', 'DE'), trait('plan', 'gold'), { kind: 'trait', trait: 'age', compare: { op: 'greater', value: 40 } }],
    },
    bare: `select count() as n from (select profile_id, argMaxIf(said['country'], at, said['country'] != '') as c, argMaxIf(said['plan'], at, said['plan'] != '') as p, argMaxIf(said['age'], at, said['age'] != '') as a from events_by_name where tells = 1 group by profile_id) where c = '"DE"' and p = '"gold"' and toFloat64OrZero(a) > 40`,
  },
  {
    name: 'spent 300 or more',
    where: {
      kind: 'measure',
      measure: { of: 'sum', event: 'Order Completed', property: 'total' },
      compare: { op: 'at-least', value: 300 },
    },
    bare: `select count() as n from (select profile_id, sum(toFloat64OrZero(properties['total'])) as s from events_by_name where tells = 0 and name = 'Order Completed' group by profile_id) where s >= 300`,
  },
  {
    name: 'bought a hat',
    where: event('Order Completed', 1, { where: [{ property: 'products[].category', compare: { op: 'is', value: 'hats' } }] }),
    bare: `select uniqExact(profile_id) as n from events_by_name where tells = 0 and name = 'Order Completed' and arrayExists(x -> JSONExtractString(x, 'category') = 'hats', JSONExtractArrayRaw(properties['products']))`,
  },
  {
    name: 'ever viewed a product for more than 150',
    where: event('Product Viewed', 1, { where: [{ property: 'price', compare: { op: 'greater', value: 150 } }] }),
    bare: `select uniqExact(profile_id) as n from events_by_name where tells = 0 and name = 'Product Viewed' and toFloat64OrZero(properties['price']) > 150`,
  },
  {
    name: 'looks at shoes most',
    where: {
      kind: 'measure',
      measure: { of: 'most-frequent', event: 'Product Viewed', property: 'category' },
      compare: { op: 'is', value: 'shoes' },
    },
    // Of values that came equally often the first one counts, as with us: without that rule the answer is another one each time.
    bare: `select countIf(arraySort(x -> (-toInt64(x.2), x.1), arrayZip(mapKeys(m), mapValues(m)))[1].1 = '"shoes"') as n from (select profile_id, sumMap(map(properties['category'], toUInt64(1))) as m from events_by_name where tells = 0 and name = 'Product Viewed' group by profile_id)`,
  },
  {
    name: 'did anything in the last 30 days',
    where: event('*', 1, { within: '30 days' }),
    bare: `select uniqExact(profile_id) as n from events_by_name where ${since(30)} and received_at > {now} - ${30 * 86_400_000} and not startsWith(name, 'Message')`,
  },
  {
    name: 'uses a phone',
    where: { kind: 'context', field: 'device', compare: { op: 'is', value: 'mobile' } },
    bare: `select countIf(position(u, 'Mobile') > 0) as n from (select profile_id, argMax(agent, at) as u from events_by_name where agent != '' group by profile_id)`,
  },
  {
    name: 'viewed and added lately, did not buy, in Germany',
    where: {
      kind: 'all',
      of: [
        event('Product Viewed', 2, { within: '30 days' }),
        event('Product Added', 1, { within: '30 days' }),
        { kind: 'event', event: 'Order Completed', times: { op: 'exactly', n: 0 }, within: '30 days' },
        trait('country', 'DE'),
      ],
    },
    bare: `select count() as n from (select profile_id, countIf(name = 'Product Viewed') as v, countIf(name = 'Product Added') as a, countIf(name = 'Order Completed') as o from events_by_name where tells = 0 and name in ('Product Viewed', 'Product Added', 'Order Completed') and ${since(30)} and received_at > {now} - ${30 * 86_400_000} group by profile_id having v >= 2 and a >= 1 and o = 0) where profile_id in (select profile_id from (${LATEST('country')}) where v = '"DE"')`,
  },
]
