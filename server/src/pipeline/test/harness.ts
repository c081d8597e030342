import { hash, randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { definitionSchema, shardCount, shardOf } from '@throughline/contracts'
import { entriesOf, type DecisionSettings, type ProfileState } from '@throughline/engine'
import { makeLog, makeSilentLog } from '../../platform/log/index.ts'
import { withTransaction, type Pool } from '../../platform/postgres/index.ts'
import { appendEntries } from '../append.ts'
import type { Append } from '../advance/batch.ts'
import { unpackProfile } from '../codec.ts'
import { makeWorker, type Worker, type WorkerOptions } from '../worker.ts'

export const settings: DecisionSettings = { zone: 'UTC', consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' } }

/** A profile id of this shard, later ones larger. */
export function makeProfileId(shard?: number): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  const last = shard === undefined ? random.slice(18, 20) : shard.toString(16).padStart(2, '0')
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 16)}${last}`
}

/**
 * Ids of so many people, the same in every run, some for each name: who belongs to a share of everybody is drawn by a hash of the id, and of
 * people made anew each time the share is now and then none.
 */
export function makeSameProfileIds(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const hex = hash('sha256', `${name} ${n}`)
    return `01900000-0000-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`
  })
}

export interface TestEvent {
  readonly profileId: string
  readonly name: string
  readonly properties?: object
  readonly id?: string
  readonly type?: string
  readonly lane?: 0 | 1
  readonly triggers?: boolean
  readonly at?: number
}

/** Nobody answers there: what does without ClickHouse goes on. */
const NO_CLICKHOUSE = 'http://127.0.0.1:1/none'

let counter = 0

/** Appends events as the acceptor does: numbered and dated by the heads, in one transaction. */
export async function append(pool: Pool, events: readonly TestEvent[]): Promise<void> {
  const entries = events.map((event): Append => ({
    shard: shardOf(event.profileId),
    lane: event.lane ?? 0,
    profileId: event.profileId,
    eventId: event.id ?? `web:${counter++}`,
    source: event.type === 'control' ? 'throughline' : 'web',
    type: event.type ?? 'track',
    name: event.name,
    occurredAt: event.at ?? null,
    properties: JSON.stringify(event.properties ?? {}),
    context: '{}',
    triggers: event.triggers ?? true,
    forwarded: false,
  }))
  await withTransaction(pool, async (client) => {
    const waiting: Promise<unknown>[] = []
    appendEntries((_name, text, values) => void waiting.push(client.query({ text, values })), entries)
    await Promise.all(waiting)
  })
}

/** Publishes definitions as `throughline apply` does, and tells every shard. */
export async function publish(pool: Pool, ...definitions: readonly object[]): Promise<number> {
  const { rows } = await pool.query<{ epoch: number }>(
    `insert into workspace (settings, definitions_epoch) values ('{}', 1) on conflict (id) do update set definitions_epoch = workspace.definitions_epoch + 1 returning definitions_epoch as epoch`,
  )
  const epoch = rows[0]!.epoch
  for (const raw of definitions) {
    const body = definitionSchema.parse(raw)
    await pool.query(
      `insert into definitions (kind, id, version, epoch, body, published_by)
       values ($1, $2, (select coalesce(max(version), 0) + 1 from definitions where kind = $1 and id = $2), $3, $4, 'test')`,
      [body.kind, body.id, epoch, JSON.stringify(body)],
    )
  }
  await append(
    pool,
    Array.from({ length: shardCount }, (_, shard): TestEvent => ({
      profileId: `00000000-0000-0000-0000-0000000000${shard.toString(16).padStart(2, '0')}`,
      type: 'control',
      name: 'definitions-published',
      properties: { epoch },
      id: `throughline:published:${epoch}:${shard}`,
    })),
  )
  return epoch
}

/** A worker over a test database. */
export function makeTestWorker(pool: Pool, options: Partial<WorkerOptions> = {}): Worker {
  return makeWorker({
    pool,
    log: process.env.TEST_LOG ? makeLog({ format: 'text' }).log : makeSilentLog(),
    metrics: new Registry(),
    loadSettings: async () => settings,
    deliver: () => undefined,
    clickhouse: { url: NO_CLICKHOUSE },
    unseal: (sealed) => Buffer.from(sealed).toString('utf8'),
    archive: { folder: join(tmpdir(), 'throughline-test-archive'), days: 14 },
    ...options,
  })
}

/** Waits until a question is answered with yes; fails after `ms` with what was asked. */
export async function until(what: string, ask: () => Promise<boolean> | boolean, ms = 60_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Waited ${ms} ms for: ${what}`)
    await sleep(20)
  }
}

/** Waits until everything accepted has been taken. */
export async function untilTaken(pool: Pool, ms?: number): Promise<void> {
  await until(
    'everything accepted to be taken',
    async () => {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*) as n from shards s join shard_heads h on h.shard = s.shard where h.seq > case h.lane when 0 then s.live_seq else s.bulk_seq end`,
      )
      return rows[0]!.n === 0
    },
    ms,
  )
}

interface StoredProfile extends Omit<ProfileState, 'segments'> {
  readonly segments: { readonly [segment: string]: number }
  readonly mergedInto: string | null
}

export async function readProfile(pool: Pool, id: string): Promise<StoredProfile | undefined> {
  const { rows } = await pool.query<{ created_at: number; traits: Buffer; state: Buffer; merged_into: string | null }>(
    'select created_at, traits, state, merged_into from profiles where shard = $1 and id = $2',
    [shardOf(id), id],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const profile = unpackProfile(id, row.created_at, row)
  return { ...profile, segments: Object.fromEntries(entriesOf(profile.segments)), mergedInto: row.merged_into }
}

/** Names of the facts of a profile in the order of the derived stream. */
export async function readFacts(pool: Pool, id: string): Promise<{ name: string; at: number; properties: Record<string, unknown> }[]> {
  const { rows } = await pool.query<{ name: string; occurred_at: number; properties: string }>(
    'select name, occurred_at, properties from inbox where shard = $1 and lane = 2 and profile_id = $2 order by seq',
    [shardOf(id), id],
  )
  return rows.map((row) => ({ name: row.name, at: row.occurred_at, properties: JSON.parse(row.properties) as Record<string, unknown> }))
}
