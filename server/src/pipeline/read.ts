import type { InboxEntry } from '../inbox/index.ts'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { ShardState } from './shard-state.ts'

/** An entry as the pipeline takes it. */
export interface InboxRow extends InboxEntry {
  readonly triggers: boolean
  /** Whether it was addressed to a profile that was merged into this one. */
  readonly forwarded: boolean
}

/** An entry, or, when a shard has entries but none within its limit, nothing but how far its head is. */
type LaneRow = InboxRow & { readonly head: number }

// Streams without news cost one look at their head row. The bound on received_at leaves out partitions that are wholly
// taken; it holds because neither seq nor received_at of a stream ever runs backwards.
const ENTRIES = `
select h.seq as head, i.shard, i.lane, i.seq, i.received_at, i.profile_id, i.event_id, i.source, i.type, i.name, i.occurred_at,
  i.properties, i.context, i.triggers, i.forwarded
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::integer[]) as s (shard, seq, since, n)
join shard_heads h on h.shard = s.shard and h.lane = $5::smallint and h.seq > s.seq
cross join lateral (
  select * from inbox e where e.shard = s.shard and e.lane = $5::smallint and e.seq > s.seq and e.received_at >= s.since
  order by e.seq limit s.n
) i limit $6::int`

/** What to read of one stream of a shard. */
export interface StreamLook {
  readonly state: ShardState
  readonly limit: number
}

/** The next entries of one lane of several shards, in the order of the shards asked for, each in order, `total` at most. Sets how far each shard is behind. */
export async function readEntries(db: Db, lane: 0 | 1, looks: readonly StreamLook[], total: number): Promise<InboxRow[]> {
  if (looks.length === 0) return []
  const { rows } = await db.query<LaneRow>({
    name: 'pipeline-entries',
    text: ENTRIES,
    values: [
      binary.int2Array(looks.map((look) => look.state.shard)),
      binary.int8Array(looks.map((look) => (lane === 0 ? look.state.liveSeq : look.state.bulkSeq))),
      binary.int8Array(looks.map((look) => (lane === 0 ? look.state.clock : look.state.bulkReceivedAt))),
      binary.int4Array(looks.map((look) => look.limit)),
      lane,
      total,
    ],
  })
  const heads = new Map<number, number>()
  for (const row of rows) heads.set(row.shard, row.head)
  for (const { state } of looks) {
    const head = heads.get(state.shard)
    if (lane === 0) state.liveBehind = head === undefined ? 0 : head - state.liveSeq
    else state.bulkBehind = head === undefined ? 0 : head - state.bulkSeq
  }
  return rows
}

// Heads are locked in the order in which the acceptor locks them. Whoever accepts after this takes a later time than
// the one answered, because it stays in the row: below it nothing can arrive any more.
const LOCK_HEADS = `
with locked as (
  select shard, lane from shard_heads where lane = 0 and shard = any ($1::smallint[]) order by shard for update
)
update shard_heads h set clock = greatest(h.clock, (extract(epoch from clock_timestamp()) * 1000)::bigint)
from locked where h.shard = locked.shard and h.lane = locked.lane
returning h.shard, h.seq, h.clock`

export interface Horizon {
  readonly shard: number
  /** Live entries up to here are all there is below the instant. */
  readonly seq: number
  /** Nothing can be accepted any more with an earlier time, epoch ms. */
  readonly clock: number
}

/** Locks the live heads of these shards for a moment, to learn below which instant nothing can arrive any more. */
export async function readHorizons(db: Db, shards: readonly number[]): Promise<Map<number, Horizon>> {
  if (shards.length === 0) return new Map()
  const { rows } = await db.query<Horizon & { [key: string]: number }>({
    name: 'pipeline-horizons',
    text: LOCK_HEADS,
    values: [binary.int2Array(shards)],
  })
  return new Map(rows.map((row) => [row.shard, row]))
}

const TIMERS = `
select t.shard, t.profile_id, t.due_at from unnest($1::smallint[]) as s (shard)
cross join lateral (
  select x.shard, x.profile_id, x.due_at from timers x
  where x.shard = s.shard and x.due_at < (select h.clock from shard_heads h where h.shard = s.shard and h.lane = 0)
  order by x.due_at limit $2::int
) t`

export interface DueTimer {
  readonly shard: number
  readonly profile_id: string
  readonly due_at: number
}

/** Timers due before the time of their shard's live head, earliest first within a shard, at most `limit` each. */
export async function readDueTimers(db: Db, shards: readonly number[], limit: number): Promise<DueTimer[]> {
  if (shards.length === 0) return []
  const { rows } = await db.query<DueTimer & { [key: string]: unknown }>({
    name: 'pipeline-timers',
    text: TIMERS,
    values: [binary.int2Array(shards), limit],
  })
  return rows
}

const NEXT_TIMERS = `
select s.shard, (select min(t.due_at) from timers t where t.shard = s.shard) as due_at from unnest($1::smallint[]) as s (shard)`

/** When the earliest timer of each shard is due. */
export async function readNextTimers(db: Db, shards: readonly number[]): Promise<Map<number, number>> {
  if (shards.length === 0) return new Map()
  const { rows } = await db.query<{ shard: number; due_at: number | null }>({
    name: 'pipeline-next-timers',
    text: NEXT_TIMERS,
    values: [binary.int2Array(shards)],
  })
  return new Map(rows.map((row) => [row.shard, row.due_at ?? Infinity]))
}

export interface PersonRow {
  readonly shard: number
  readonly id: string
  readonly created_at: number
  readonly traits: Uint8Array
  readonly state: Uint8Array
  readonly merged_into: string | null
  readonly merged_at: number | null
  readonly due_at: number | null
}

const PEOPLE = `
select p.shard, p.id, p.created_at, p.traits, p.state, p.merged_into, p.merged_at, t.due_at
from unnest($1::smallint[], $2::uuid[]) as k (shard, id)
join profiles p on p.shard = k.shard and p.id = k.id
left join timers t on t.shard = p.shard and t.profile_id = p.id`

/** The stored rows of these people, with their timers; who has none is left out. */
export async function readPeople(db: Db, people: readonly { readonly shard: number; readonly id: string }[]): Promise<PersonRow[]> {
  if (people.length === 0) return []
  const { rows } = await db.query<PersonRow & { [key: string]: unknown }>({
    name: 'pipeline-people',
    text: PEOPLE,
    values: [binary.int2Array(people.map((person) => person.shard)), binary.uuidArray(people.map((person) => person.id))],
  })
  return rows
}

const NEXT_PEOPLE = `
select id from profiles where shard = $1::smallint and id > $2::uuid and merged_into is null order by id limit $3::int`

/** Ids of the next people of a shard behind this one, in order of their ids. */
export async function readPeopleAfter(db: Db, shard: number, after: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({ name: 'pipeline-people-after', text: NEXT_PEOPLE, values: [shard, after, limit] })
  return rows.map((row) => row.id)
}

/** The next people of a shard whom an order to move people has not come to. */
export async function readMoveRuns(db: Db, shard: number, move: string, limit: number): Promise<{ profileId: string; run: string }[]> {
  const { rows } = await db.query<{ profileId: string; run: string }>({
    name: 'pipeline-move-runs',
    text: `select profile_id as "profileId", run_id as run from journey_move_runs
where shard = $1::smallint and move_id = $2::text order by profile_id, run_id limit $3::int`,
    values: [shard, move, limit],
  })
  return rows
}
