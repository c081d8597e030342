import { makeClickHouse, type ClickHouse } from '../../server/src/platform/clickhouse/index.ts'
import { prepareHistory } from '../../server/src/pipeline/export/tables.ts'

const DAY = 86_400_000
/** How far history goes back. */
const DAYS = 365
/** Rows of one insert. */
const SLICE = 500_000

/** A history of a shop: so many people, a tenth of all events says who they are, the rest is what they do. */
export interface HistorySize {
  readonly people: number
  readonly events: number
  /** The instant at which it ends, epoch ms. */
  readonly now: number
}

/*
 * The n-th person, the same in both stores: a UUIDv7 whose time grows with n, all else from a hash, so that people are spread
 * over shards and compress as they do in a shop.
 */
export const personInPostgres = (n: string): string =>
  `('0190' || lpad(to_hex((${n})::bigint * 4000), 8, '0') || '7' || substr(md5((${n})::text), 1, 3) || '8' || substr(md5((${n})::text), 4, 15))::uuid`
const personInClickHouse = (n: string): string => {
  const md5 = `lower(hex(MD5(toString(${n}))))`
  const hex = `concat('0190', leftPad(lower(hex(toUInt64(${n}) * 4000)), 16, '0'), '7', substring(${md5}, 1, 3), '8', substring(${md5}, 4, 15))`
  return `toUUID(concat(substring(${hex}, 1, 4), substring(${hex}, 13, 4), '-', substring(${hex}, 17, 4), '-', substring(${hex}, 21, 4), '-', substring(${hex}, 25, 4), '-', substring(${hex}, 29, 12)))`
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
]
const COUNTRIES = ['DE', 'AT', 'CH', 'GB', 'FR', 'IT', 'NL', 'SE']
const CATEGORIES = ['shirts', 'shoes', 'hats', 'bags', 'coats', 'socks']
const list = (values: readonly string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`
const pick = (values: readonly string[], h: string): string => `${list(values)}[1 + ${h} % ${values.length}]`

const NAMES =
  `multiIf(h % 100 < 45, 'Product Viewed', h % 100 < 65, 'Page Viewed', h % 100 < 75, 'Product Added', h % 100 < 80, 'Checkout Started', ` +
  `h % 100 < 86, 'Order Completed', h % 100 < 95, 'Message Sent', h % 100 < 98, 'Message Opened', 'Message Clicked')`

/** Columns of `events` for the rows `n` of a slice; a row is somebody's word of themselves while `n < people`. */
function rowsOf({ people, events, now }: HistorySize): string {
  const isSaid = `n < ${people}`
  // A tenth of the people do half of what is done.
  const person = `if(${isSaid}, n, toUInt64(${people} * pow(cityHash64(n, 1) / 18446744073709551616., 3)))`
  // In the order of time, so that an insert makes parts of one month or two.
  const at = `${now - DAYS * DAY} + toInt64(n * ${(DAYS * DAY) / events}) - toInt64(cityHash64(n, 2) % ${DAY / 24})`
  const traits =
    `concat('{"email":"person', toString(n), '@mail.example","first_name":"Ada","last_name":"Lovelace","country":"', ${pick(COUNTRIES, 'h')}, ` +
    `'","city":"Hamburg","language":"de","plan":"', ${pick(['free', 'basic', 'gold'], 'intDiv(h, 8)')}, '","age":', toString(18 + h % 70), ',"phone":"+4915112345678","birthday":"19', toString(50 + h % 50), '-0', toString(1 + h % 9), '-1', toString(h % 10), '"}')`
  const product =
    `concat('{"product_id":"SKU-', toString(h % 5000), '","name":"Linen shirt, natural, regular fit","category":"', ${pick(CATEGORIES, 'intDiv(h, 100)')}, '","brand":"Nordlicht","price":', toString(intDiv(h, 1000) % 20000 / 100), ` +
    `',"currency":"EUR","quantity":', toString(1 + h % 3), ',"variant":"M","url":"https://shop.example/products/', toString(h % 5000), '"}')`
  const order = `concat('{"order_id":"', toString(h), '","total":', toString(intDiv(h, 1000) % 30000 / 100), ',"currency":"EUR","coupon":"', if(h % 5 = 0, 'WELCOME', ''), '","products":[{"product_id":"SKU-', toString(h % 5000), '","category":"', ${pick(CATEGORIES, 'intDiv(h, 100)')}, '","price":4995,"quantity":1}]}')`
  const page = `concat('{"name":"Home","path":"/c/', ${pick(CATEGORIES, 'intDiv(h, 100)')}, '","title":"Shop","url":"https://shop.example/"}')`
  const message = `concat('{"message_id":"', toString(h), '","channel":"', ${pick(['email', 'email', 'sms', 'inbox'], 'intDiv(h, 100)')}, '","journey":"welcome","by":"person"}')`
  const properties = `multiIf(${isSaid}, ${traits}, name = 'Order Completed', ${order}, name = 'Page Viewed', ${page}, startsWith(name, 'Message'), ${message}, ${product})`
  const context = `concat('{"ip":"203.0.113.7","userAgent":"', ${pick(AGENTS, 'cityHash64(person)')}, '","locale":"de-DE","library":{"name":"analytics.js","version":"2.11.1"},"page":{"path":"/c","title":"Shop","referrer":"https://shop.example/"}}')`
  return `select toUInt8(toUInt128(profile_id) % 64) as shard, toUInt8(if(startsWith(name, 'Message'), 1, 0)) as lane, n as seq, concat('web:', toString(h)) as event_id,
    ${personInClickHouse('person')} as profile_id, multiIf(${isSaid}, 'identify', startsWith(name, 'Message'), 'outcome', name = 'Page Viewed', 'page', 'track') as type,
    name, at as timestamp, at + 200 as received_at, 'web' as source, ${properties} as properties, if(startsWith(name, 'Message'), '{}', ${context}) as context
  from (select n, cityHash64(n) as h, ${person} as person, ${at} as at, if(${isSaid}, 'Identified', ${NAMES}) as name
    from (select number as n from numbers({from:UInt64}, {count:UInt64})))`
}

/**
 * Fills the tables that the export fills, by its own view, and merges the parts of these. Answers a client of the bulk lane.
 * @param from events that are there already
 * @param told hears after each slice how many are there
 */
export async function makeHistory(
  url: string,
  size: HistorySize,
  merged: readonly ('events' | 'events_by_name')[],
  from = 0,
  told: (rows: number) => void = () => undefined,
): Promise<ClickHouse> {
  const client = makeClickHouse(url, 'bulk')
  await prepareHistory(client, new URL(url).pathname.slice(1))
  for (let row = from; row < size.events; row += SLICE) {
    await client.command({
      query: `insert into events (shard, lane, seq, event_id, profile_id, type, name, timestamp, received_at, source, properties, context) ${rowsOf(size)}`,
      query_params: { from: row, count: Math.min(SLICE, size.events - row) },
      clickhouse_settings: {
        max_block_size: '65536',
        min_insert_block_size_rows: '250000',
        min_insert_block_size_bytes: '0',
        // A slice that was interrupted is made again: what is there of it is left out.
        insert_deduplicate: 1,
        insert_deduplication_token: `slice-${row}`,
        deduplicate_blocks_in_dependent_materialized_views: 1,
      },
    })
    told(row + SLICE)
  }
  if (from < size.events)
    for (const table of merged)
      await client.command({ query: `optimize table ${table} final`, clickhouse_settings: { max_execution_time: 600 } })
  return client
}
