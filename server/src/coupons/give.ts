import type { JsonObject } from '@throughline/contracts'
import type { StepAnswer } from '@throughline/engine'
import { binary, withTransaction, type Db, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { countCodes } from './counts.ts'
import { findWaiting, type Waiting } from './find-waiting.ts'
import { noteLevels } from './levels.ts'
import { openCode, takeFree } from './put-aside.ts'
import type { Sealing } from './seal.ts'

export interface GiveDeps {
  readonly pool: Pool
  readonly secrets: Sealing
  settings(): Promise<{ readonly zone: string }>
  /** Tells the shards of people what came of their requests, as the last thing in the transaction. */
  tell(client: PoolClient, answers: readonly (StepAnswer & { readonly profileId: string })[]): Promise<void>
}

/** Requests that are answered in one transaction. */
const MOST = 500
/** How long a request waits for a merge that is under way, or behind codes that do not open, ms. */
const PAUSE_MS = 1_000

interface Request {
  readonly shard: number
  readonly profileId: string
  readonly id: string
  readonly run: string
  readonly step: string
  readonly journey: string
  readonly pool: string
  readonly perRun: boolean
  readonly until: number
}

// Locked until their answers are written: another process takes others, and whoever comes after a kill takes these.
const TAKE = `
select shard, profile_id as "profileId", id, run_id as run, step, journey_id as journey, pool_id as pool, per_run as "perRun", until
from coupon_requests where due_at <= $1::bigint order by due_at limit $2::int for update skip locked`

// One at a time gives out of a pool, so that somebody who asks twice at once is given one code. Codes may be added meanwhile.
const POOLS = `
select id, name, value, expires_on as expires from coupon_pools where id = any($1::text[]) and deleted_at is null order by id for no key update`

// What people have, also what those had who were merged into them; the latest first.
const HELD = `
with recursive standing as (
  select id as person, id as profile from unnest($1::uuid[]) as q (id)
  union
  select s.person, m.loser from standing s join merges m on m.winner = s.profile and m.undone_at is null
)
select s.person, c.pool_id as pool, c.run_id as run, c.code, c.redeemed_at is not null as redeemed
from standing s join coupon_codes c on c.profile_id = s.profile and c.pool_id = any($2::text[])
order by c.given_at desc, c.n desc`

const GIVE = `
update coupon_codes c set given_at = $6::bigint, profile_id = g.profile_id, run_id = g.run_id, journey_id = g.journey_id
from unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[]) as g (pool_id, n, profile_id, run_id, journey_id)
where c.pool_id = g.pool_id and c.n = g.n`

const END = `
delete from coupon_requests r using unnest($1::smallint[], $2::uuid[], $3::text[]) as k (shard, profile_id, id)
where r.shard = k.shard and r.profile_id = k.profile_id and r.id = k.id`

const PUT_OFF = `
update coupon_requests r set due_at = $4::bigint from unnest($1::smallint[], $2::uuid[], $3::text[]) as k (shard, profile_id, id)
where r.shard = k.shard and r.profile_id = k.profile_id and r.id = k.id`

interface PoolRow {
  readonly [column: string]: unknown
  readonly id: string
  readonly name: string
  readonly value: string
  readonly expires: string | null
}

/**
 * Answers runs that wait for codes: a code, its request and its answer are written in one transaction, so that a kill at any moment gives
 * nobody two and loses none.
 * @returns whether there may be more
 */
export async function giveCodes({ pool, secrets, settings, tell }: GiveDeps): Promise<boolean> {
  const now = Date.now()
  const { zone } = await settings()
  return withTransaction(pool, async (client) => {
    const { rows: requests } = await client.query<Request & { [column: string]: unknown }>({
      name: 'coupon-requests-take',
      text: TAKE,
      values: [now, MOST],
    })
    if (requests.length === 0) return false
    const today = dayOf(now, zone)
    const pools = await lockPools(client, requests)
    const waiting = await findWaiting(client, requests)
    const asking = requests.flatMap((request, at) => {
      const who = waiting[at]!
      return isPerson(who) ? [{ request, person: who.id }] : []
    })
    const { answers, unserved } = await answerAll(client, asking, pools, today, now, secrets)
    const isLate = (request: Request, at: number): boolean => (waiting[at] === 'moving' && request.until > now) || unserved.has(request)
    const late = requests.filter(isLate)
    const ended = requests.filter((request, at) => !isLate(request, at))
    if (late.length > 0) await client.query(PUT_OFF, [...keysOf(late), now + PAUSE_MS])
    if (ended.length > 0) await client.query(END, keysOf(ended))
    await noteLevels(client, [...pools.keys()], now)
    if (answers.length > 0) await tell(client, answers)
    return requests.length === MOST
  })
}

interface Asking {
  readonly request: Request
  readonly person: string
}

interface Answered {
  readonly answers: (StepAnswer & { readonly profileId: string })[]
  /** Codes that do not open were in their way: they are asked again at the next turn. */
  readonly unserved: ReadonlySet<Request>
}

async function answerAll(
  client: Db,
  asking: readonly Asking[],
  pools: ReadonlyMap<string, PoolRow>,
  today: string,
  now: number,
  secrets: Sealing,
): Promise<Answered> {
  if (asking.length === 0) return { answers: [], unserved: new Set() }
  const held = await findHeld(client, asking, [...pools.keys()])
  const isOver = ({ expires }: PoolRow): boolean => expires !== null && expires < today
  // Who has none yet, each once, by the pool that it comes from.
  const wanting = new Map<string, Map<string, Asking>>()
  for (const one of asking) {
    const pool = pools.get(one.request.pool)
    const key = keyOf(one)
    if (pool === undefined || isOver(pool) || held.has(key)) continue
    const wants = wanting.get(pool.id) ?? new Map<string, Asking>()
    if (!wants.has(key)) wants.set(key, one)
    wanting.set(pool.id, wants)
  }
  const given: { pool: string; n: number; asking: Asking }[] = []
  const behind = new Set<string>()
  for (const [pool, wants] of wanting) {
    const { codes, isCutShort } = await takeFree(client, secrets, pool, wants.size, now)
    const keys = [...wants]
    codes.forEach(({ n, sealed }, at) => {
      const [key, one] = keys[at]!
      held.set(key, { code: sealed, redeemed: false })
      given.push({ pool, n, asking: one })
    })
    if (isCutShort) for (const [key] of keys.slice(codes.length)) behind.add(key)
  }
  if (given.length > 0) {
    await client.query(GIVE, [
      binary.textArray(given.map(({ pool }) => pool)),
      binary.int8Array(given.map(({ n }) => n)),
      binary.uuidArray(given.map((one) => one.asking.person)),
      binary.textArray(given.map((one) => one.asking.request.run)),
      binary.textArray(given.map((one) => one.asking.request.journey)),
      now,
    ])
    await countCodes(
      client,
      given.map(({ pool }) => ({ pool, free: -1, given: 1 })),
    )
  }
  const unserved = new Set(asking.filter((one) => behind.has(keyOf(one))).map(({ request }) => request))
  const answers = asking.flatMap((one) => (unserved.has(one.request) ? [] : [answer(one)]))
  return { answers, unserved }

  function answer(one: Asking) {
    const { id, step, profileId, pool: asked } = one.request
    const pool = pools.get(asked)
    const has = held.get(keyOf(one))
    const refuse = (reason: string) => ({ id, step, profileId, ok: false, fields: {}, reason })
    if (pool === undefined) return refuse(`there is no pool "${asked}"`)
    if (isOver(pool)) return refuse(`the codes of "${pool.name}" were good until ${pool.expires}`)
    if (has === undefined) return refuse(`the pool "${pool.name}" is empty`)
    if (has.redeemed) return refuse(`their code of "${pool.name}" was redeemed already`)
    const code = openCode(secrets, has.code)
    if (code === null) return refuse(`their code of "${pool.name}" cannot be opened`)
    return { id, step, profileId, ok: true, fields: fieldsOf(code, pool) }
  }
}

function fieldsOf(code: string, { value, expires }: PoolRow): JsonObject {
  return { code, ...(value !== '' && { value }), ...(expires !== null && { expires }) }
}

async function lockPools(client: Db, requests: readonly Request[]): Promise<ReadonlyMap<string, PoolRow>> {
  const ids = [...new Set(requests.map(({ pool }) => pool))]
  const { rows } = await client.query<PoolRow>(POOLS, [binary.textArray(ids)])
  return new Map(rows.map((row) => [row.id, row]))
}

interface Held {
  readonly code: Buffer
  readonly redeemed: boolean
}

async function findHeld(client: Db, asking: readonly Asking[], pools: readonly string[]): Promise<Map<string, Held>> {
  const people = [...new Set(asking.map(({ person }) => person))]
  const { rows } = await client.query<Held & { person: string; pool: string; run: string | null; [column: string]: unknown }>(HELD, [
    binary.uuidArray(people),
    binary.textArray([...pools]),
  ])
  const held = new Map<string, Held>()
  for (const { person, pool, run, code, redeemed } of rows)
    for (const key of [`${pool} person ${person}`, `${pool} run ${run}`]) if (!held.has(key)) held.set(key, { code, redeemed })
  return held
}

const keyOf = ({ request: { pool, perRun, run }, person }: Asking): string => `${pool} ${perRun ? `run ${run}` : `person ${person}`}`
const isPerson = (waiting: Waiting): waiting is { readonly id: string } => typeof waiting === 'object'

function keysOf(requests: readonly Request[]): Buffer[] {
  return [
    binary.int2Array(requests.map(({ shard }) => shard)),
    binary.uuidArray(requests.map(({ profileId }) => profileId)),
    binary.textArray(requests.map(({ id }) => id)),
  ]
}

/** The day that clocks of a zone show at an instant: 2026-11-22. */
function dayOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}
