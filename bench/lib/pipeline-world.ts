import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definitionSchema, type Definition } from '../../contracts/src/index.ts'
import { makeSilentLog } from '../../server/src/platform/log/index.ts'
import { startEmbeddedClickHouse } from '../../server/src/platform/clickhouse/index.ts'
import type { Pool } from '../../server/src/platform/postgres/index.ts'
import { startBenchDatabase } from './database.ts'
import { stopAtEnd } from './ending.ts'

const PROPERTIES = JSON.stringify({
  product_id: 'SKU-48213',
  name: 'Linen shirt, natural, regular fit',
  category: 'shirts',
  brand: 'Nordlicht',
  price: 4995,
  currency: 'EUR',
  quantity: 1,
  variant: 'M',
  url: 'https://shop.example/products/linen-shirt-natural',
  image_url: 'https://cdn.example/p/48213.jpg',
  rare: 0,
})
const CONTEXT = JSON.stringify({
  ip: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  locale: 'de-DE',
  library: { name: 'analytics.js', version: '2.11.1' },
  page: { path: '/products/linen-shirt-natural', title: 'Linen shirt', referrer: 'https://shop.example/shirts' },
})

export interface World {
  readonly pool: Pool
  readonly clickhouseUrl: string
  clickhousePid(): number | undefined
  stop(): Promise<void>
}

/**
 * A durable embedded PostgreSQL and an embedded ClickHouse, empty.
 * @param kept a folder whose data are used, and stay there
 */
export async function startWorld(kept?: string): Promise<World> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const database = await startBenchDatabase(kept === undefined ? undefined : join(kept, 'postgres'))
  const starting = startEmbeddedClickHouse({ folder: join(folder, 'clickhouse'), log: makeSilentLog() })
  const stopClickHouse = stopAtEnd(async () => {
    await (await starting).stop()
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  })
  const clickhouse = await starting
  return {
    pool: database.pool,
    clickhouseUrl: clickhouse.url,
    clickhousePid: clickhouse.pid,
    async stop() {
      await database.stop()
      await stopClickHouse()
    },
  }
}

/** Names of the events that are sent: five segments look at each. */
export function eventNames(segments: number): string[] {
  return Array.from({ length: segments / 5 }, (_, i) => (i === 0 ? 'Product Viewed' : `Product Viewed ${i}`))
}

/** So many segments, five on each event, of which two have windows; twenty journeys that one event in a hundred enters. */
export function makeDefinitions(segments: number): Definition[] {
  const names = eventNames(segments)
  const made: object[] = []
  for (let i = 0; i < segments; i++) {
    const event = names[Math.floor(i / 5)]!
    const n = (i % 5) + 1
    made.push({
      kind: 'segment',
      id: `segment-${i}`,
      name: `Segment ${i}`,
      where: { kind: 'event', event, times: { op: 'at-least', n }, ...(i % 5 < 2 ? { within: '30 days' } : {}) },
    })
  }
  made.push({ kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hello', body: 'Hello' })
  for (let i = 0; i < 20; i++) {
    made.push({
      kind: 'journey',
      id: `journey-${i}`,
      name: `Journey ${i}`,
      entry: {
        on: { event: names[i % names.length], where: [{ property: 'rare', compare: { op: 'is', value: i + 1 } }] },
        reentry: { kind: 'always' },
      },
      goal: { on: { event: 'Order Completed' } },
      start: 'wait',
      steps: { wait: { kind: 'wait', for: '1 day', next: 'say' }, say: { kind: 'message', channel: 'inbox', template: 'note' } },
    })
  }
  return made.map((one) => definitionSchema.parse(one))
}

// The n-th person; the last byte, which decides the shard, runs through all values.
const PERSON = `('01900000-0000-7000-8000-' || lpad(to_hex(n / 256), 10, '0') || lpad(to_hex(n % 256), 2, '0'))::uuid`
const SHARD = `((n % 256) & 63)::smallint`

/** Puts definitions in force in every shard, and people into the database who all have this state. */
export async function populate(
  world: World,
  definitions: readonly Definition[],
  people: number,
  state: { traits: Uint8Array; state: Uint8Array },
): Promise<void> {
  const { pool } = world
  await pool.query(`truncate profiles, timers, runs, inbox, edge_counts, segment_counts, definitions, leaf_fills, messages, export_batches`)
  await pool.query(`insert into workspace (settings, definitions_epoch) values ('{}', 1) on conflict do nothing`)
  for (const body of definitions) {
    await pool.query(`insert into definitions (kind, id, version, epoch, body, published_by) values ($1, $2, 1, 1, $3, 'bench')`, [
      body.kind,
      body.id,
      JSON.stringify(body),
    ])
  }
  await pool.query(
    `update shards set definitions_epoch = 1, live_seq = 0, bulk_seq = 0, derived_seq = 0, clock = 0, worker = null, lease_until = 0`,
  )
  await pool.query(`update shard_heads set seq = 0, clock = 0`)
  await pool.query(`update export_cursors set seq = 0`)
  for (let from = 0; from < people; from += 100_000) {
    await pool.query(
      `insert into profiles (shard, id, created_at, traits, state) select ${SHARD}, ${PERSON}, 1700000000000, $3::bytea, $4::bytea from generate_series($1::int, $2::int) n`,
      [from, Math.min(people, from + 100_000) - 1, state.traits, state.state],
    )
  }
  await pool.query('vacuum (analyze) profiles')
}

/** Appends so many live events of random people to the inboxes, as accepted now. */
export async function appendEvents(world: World, count: number, people: number, names: readonly string[], round: number): Promise<void> {
  await world.pool.query(
    `with drawn as (
       select i, floor(random() * $2::int)::int as n, 1 + floor(random() * $3::int)::int as name from generate_series(1, $1::int) i
     ), placed as (
       select d.*, ${SHARD} as shard, ${PERSON} as person, row_number() over (partition by ${SHARD} order by i) as place from drawn d
     ), heads as (
       update shard_heads h set seq = h.seq + c.k, clock = (extract(epoch from clock_timestamp()) * 1000)::bigint
       from (select shard, count(*) as k from placed group by shard) c where h.shard = c.shard and h.lane = 0 returning h.shard, h.seq - c.k as base, h.clock
     )
     insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
     select p.shard, 0, h.base + p.place, h.clock, p.person, 'bench:' || $4::int || '-' || p.i, 'bench', 'track', ($5::text[])[p.name], h.clock - 250,
       case when p.i % 100 = 0 then replace($6::text, '"rare":0', '"rare":' || (1 + (p.i / 100) % 20)) else $6::text end, $7::text, true
     from placed p join heads h on h.shard = p.shard`,
    [count, people, names.length, round, names, PROPERTIES, CONTEXT],
  )
}

/** Rows that the export has not handed over yet, all streams together. */
export async function countUnexported(world: World): Promise<number> {
  const { rows } = await world.pool.query<{ n: number }>(
    `select coalesce(sum(case c.lane when 2 then s.derived_seq else h.seq end - c.seq), 0)::bigint as n
     from export_cursors c join shards s on s.shard = c.shard left join shard_heads h on h.shard = c.shard and h.lane = c.lane`,
  )
  return rows[0]!.n
}

/** Entries accepted and not yet taken. */
export async function countUntaken(world: World): Promise<number> {
  const { rows } = await world.pool.query<{ n: number }>(
    `select coalesce(sum(h.seq - s.live_seq), 0)::bigint as n from shards s join shard_heads h on h.shard = s.shard and h.lane = 0`,
  )
  return rows[0]!.n
}
