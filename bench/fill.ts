import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { shardCount } from '../contracts/src/index.ts'
import { emptyProfile } from '../engine/src/index.ts'
import { packState, packTraits } from '../server/src/pipeline/codec.ts'
import { makeWorker } from '../server/src/pipeline/worker.ts'
import { makeClickHouse } from '../server/src/platform/clickhouse/index.ts'
import { makeLog, makeSilentLog } from '../server/src/platform/log/index.ts'
import { probe, publishSegments, untilDecided, writeBareMembers } from './lib/filling.ts'
import { makeHistory, personInPostgres } from './lib/history.ts'
import { isAsked } from './lib/only.ts'
import { populate, startWorld, type World } from './lib/pipeline-world.ts'
import { median, report } from './lib/report.ts'

/*
 * New segments for everyone: from their publication until the last person has been decided by them, while live events go on coming.
 * Against the bare ClickHouse query of the same question, and a bare write of as many rows as there are members.
 * `--data=FOLDER` keeps the people and their history for twelve hours: each run works on a copy. `--only=TEXT|TEXT` measures those that contain one.
 */
const small = process.argv.includes('--small')
const askedPeople = Number(process.argv.find((argument) => argument.startsWith('--people='))?.slice('--people='.length))
const people = askedPeople > 0 ? askedPeople : small ? 20_000 : 1_000_000
const events = people * 10
const LIMIT_MS = 600_000
/** Older, and the last weeks of a kept history lie too far back. */
const FRESH_MS = 12 * 3_600_000
const kept = process.argv.find((one) => one.startsWith('--data='))?.slice('--data='.length)
let now = Date.now() - 60_000
const DAY = 86_400_000
const settings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } } as const
const countries = ['DE', 'AT', 'CH', 'GB', 'FR', 'IT', 'NL', 'SE']

const bought = (n: number, within: string): object => ({ kind: 'event', event: 'Order Completed', times: { op: 'at-least', n }, within })
const never = (event: string): object => ({ kind: 'event', event, times: { op: 'exactly', n: 0 } })
const trait = (name: string, value: string): object => ({ kind: 'trait', trait: name, compare: { op: 'is', value } })
const favourite = (event: string, value: string): object => ({
  kind: 'measure',
  measure: { of: 'most-frequent', event, property: 'category' },
  compare: { op: 'is', value },
})
const spent = (value: number, within: string): object => ({
  kind: 'measure',
  measure: { of: 'sum', event: 'Order Completed', property: 'total', within },
  compare: { op: 'at-least', value },
})
const ofOrders = (having: string, days: number): string =>
  `select count() as n from (select profile_id from events_by_name where tells = 0 and name = 'Order Completed' and at > ${now} - ${days * DAY} group by profile_id having ${having})`
const ofFavourite = (event: string, value: string): string =>
  `select countIf(c = '"${value}"') as n from (select profile_id, argMax(v, k) as c from (select profile_id, properties['category'] as v, count() as k from events_by_name where tells = 0 and name = '${event}' group by profile_id, v) group by profile_id)`
const ofTrait = (name: string, value: string): string =>
  `select countIf(v = '"${value}"') as n from (select profile_id, argMax(said['${name}'], at) as v from events_by_name where tells = 1 and said['${name}'] != '' group by profile_id)`
const ofNever = (event: string): string =>
  `select ${people} - uniqExact(profile_id) as n from events_by_name where tells = 0 and name = '${event}'`
const total = `sum(toFloat64OrZero(properties['total']))`

const kindsOf = (): readonly { readonly name: string; readonly wheres: readonly object[]; readonly bare: readonly string[] }[] => [
  { name: 'bought twice in 90 days', wheres: [bought(2, '90 days')], bare: [ofOrders('count() >= 2', 90)] },
  { name: 'never bought', wheres: [never('Order Completed')], bare: [ofNever('Order Completed')] },
  { name: 'lives in Germany (a trait)', wheres: [trait('country', 'DE')], bare: [ofTrait('country', 'DE')] },
  { name: 'looks at shoes most', wheres: [favourite('Product Viewed', 'shoes')], bare: [ofFavourite('Product Viewed', 'shoes')] },
  { name: 'spent 300 in 365 days', wheres: [spent(300, '365 days')], bare: [ofOrders(`${total} >= 300`, 365)] },
  {
    name: 'five such segments at once',
    wheres: [
      bought(3, '60 days'),
      never('Product Viewed'),
      trait('country', 'AT'),
      favourite('Product Added', 'hats'),
      spent(100, '180 days'),
    ],
    bare: [
      ofOrders('count() >= 3', 60),
      ofNever('Product Viewed'),
      ofTrait('country', 'AT'),
      ofFavourite('Product Added', 'hats'),
      ofOrders(`${total} >= 100`, 180),
    ],
  },
]

const world = await openWorld()
const clickhouse = makeClickHouse(world.clickhouseUrl, 'bulk')
const worker = makeWorker({
  unseal: (sealed) => Buffer.from(sealed).toString('utf8'),
  pool: world.pool,
  log: process.env.BENCH_LOG ? makeLog({ format: 'text' }).log : makeSilentLog(),
  metrics: new Registry(),
  alone: true,
  loadSettings: async () => settings,
  deliver: () => undefined,
  clickhouse: { url: world.clickhouseUrl },
  archive: { folder: join(tmpdir(), 'throughline-bench-archive'), days: 14 },
})
let most = 0
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100)
try {
  const { rows: some } = await world.pool.query<{ id: string }>('select id::text as id from profiles order by md5(id::text) limit 500')
  const ids = some.map(({ id }) => id)
  await publishSegments(world, 1, [{ id: 'known', where: { kind: 'trait', trait: 'email', compare: { op: 'exists' } } }])
  await worker.start()
  while (worker.status().shards.length < shardCount) await sleep(20)
  await untilDecided(world, 1, performance.now(), LIMIT_MS)
  const quiet = probe(world, ids, 100)
  await sleep(4_000)
  const before = await quiet.stop()
  const measured = []
  for (const [index, { name, wheres, bare }] of kindsOf()
    .filter((one) => isAsked(one.name))
    .entries()) {
    const asked = await askBare(bare)
    const since = performance.now()
    const live = probe(world, ids, 100)
    const segments = wheres.map((where, i) => ({ id: `kind-${index}-${i}`, where }))
    await publishSegments(world, index + 2, segments)
    const ms = await untilDecided(world, index + 2, since, LIMIT_MS)
    const meanwhile = await live.stop()
    const { rows } = await world.pool.query<{ n: number }>(
      'select coalesce(sum(n), 0)::bigint as n from segment_counts where segment_id = any ($1::text[])',
      [segments.map(({ id }) => id)],
    )
    const members = rows[0]!.n
    const bareMs = asked + (await writeBareMembers(world, members))
    const seconds = (milliseconds: number): number => Math.round(milliseconds / 10) / 100
    const one = {
      segments: name,
      members,
      seconds: seconds(ms),
      peoplePerSecond: Math.round((people / ms) * 1_000),
      bareSeconds: seconds(bareMs),
      ratio: Math.round((ms / bareMs) * 10) / 10,
      liveMs: meanwhile,
    }
    measured.push(one)
    console.error(JSON.stringify(one))
  }
  report({
    bench: 'fill',
    value: median(measured.map((one) => one.seconds)),
    unit: 'seconds until everybody is decided by new segments, the median kind',
    reference: median(measured.map((one) => one.bareSeconds)),
    detail: {
      reference: 'the ClickHouse query of the same question by hand, and a bare write of as many rows as there are members',
      people,
      events,
      liveMsBefore: before,
      mostMemoryMiB: Math.round(most / 1_048_576),
      kinds: measured,
    },
  })
} finally {
  clearInterval(watch)
  await worker.stop()
  await clickhouse.close()
  await world.stop()
}

async function askBare(queries: readonly string[]): Promise<number> {
  const since = performance.now()
  for (const query of queries) await (await clickhouse.query({ query, format: 'JSONEachRow' })).json()
  return performance.now() - since
}

/** People with a history that ends now, in stores of their own. */
async function openWorld(): Promise<World> {
  if (kept === undefined) {
    const made = await startWorld()
    await prepare(made)
    return made
  }
  if (!isFresh(kept)) {
    rmSync(kept, { recursive: true, force: true })
    mkdirSync(kept, { recursive: true })
    const made = await startWorld(kept)
    await prepare(made)
    await made.stop()
    writeFileSync(join(kept, 'made.json'), JSON.stringify({ people, now }))
  }
  const copy = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  // With their owner, as which PostgreSQL runs.
  execFileSync('cp', ['-a', `${kept}/.`, copy])
  const opened = await startWorld(copy)
  return {
    ...opened,
    async stop() {
      await opened.stop()
      rmSync(copy, { recursive: true, force: true })
    },
  }
}

function isFresh(folder: string): boolean {
  const file = join(folder, 'made.json')
  if (!existsSync(file)) return false
  const made: { people: number; now: number } = JSON.parse(readFileSync(file, 'utf8'))
  if (made.people !== people || Date.now() - made.now > FRESH_MS) return false
  now = made.now
  return true
}

/** Everybody of the history, of whom nothing but traits is remembered. */
async function prepare(world: World): Promise<void> {
  const began = performance.now()
  await (await makeHistory(world.clickhouseUrl, { people, events, now }, ['events', 'events_by_name'])).close()

  await populate(world, [], 0, { traits: new Uint8Array(), state: new Uint8Array() })
  await world.pool.query('update shards set definitions_epoch = 0')
  const state = packState(emptyProfile('01900000-0000-7000-8000-000000000000', 1))
  const traits = countries.map((country) => packTraits({ email: ['ada@mail.example', 1], country: [country, 1], first_name: ['Ada', 1] }))
  for (let from = 0; from < people; from += 50_000)
    await world.pool.query(
      `insert into profiles (shard, id, created_at, traits, state)
       select (get_byte(uuid_send(id), 15) & 63)::smallint, id, 1700000000000, ($3::bytea[])[1 + n % 8], $4::bytea
       from (select n, ${personInPostgres('n')} as id from generate_series($1::int, $2::int - 1) n) made`,
      [from, Math.min(people, from + 50_000), traits.map((one) => Buffer.from(one)), Buffer.from(state)],
    )
  // The history was made where the export ends: as if it had come in, been taken and been exported.
  await world.pool.query('update shards set live_seq = $1, bulk_seq = $1', [events])
  await world.pool.query('update shard_heads set seq = $1', [events])
  await world.pool.query('update export_cursors set seq = $1 where lane <> 2', [events])
  await world.pool.query('vacuum (analyze) profiles')
  console.error(`${people} people and ${events} events made in ${Math.round((performance.now() - began) / 1_000)} s`)
}
