import { rehearsalDays, shardCount, type JsonObject, type ShopEventEntry } from '@throughline/contracts'
import { withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'

/** How long whoever works on a turn may be silent before somebody else takes it over, ms. */
export const LEASE_MS = 120_000

interface Fresh {
  readonly messageId: string
  readonly event: string
  readonly properties: JsonObject
  readonly sentBy: string
  /** Ids of the journeys that it lets people into. */
  readonly journeys: readonly string[]
}

// Dated by the database's clock, as what people do is: history is asked for what came before.
const INSERT = `
insert into shop_events (message_id, name, properties, received_at, sent_by)
values ($1::text, $2::text, $3::jsonb, (extract(epoch from clock_timestamp()) * 1000)::bigint, $4::text)
on conflict (message_id) do nothing returning received_at`

/** Keeps an event with a turn for each journey, once for each message id. */
export async function insertShopEvent(
  pool: Pool,
  { messageId, event, properties, sentBy, journeys }: Fresh,
): Promise<{ readonly outcome: 'taken' | 'repeated'; readonly journeys: string[] }> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ received_at: number }>(INSERT, [messageId, event, JSON.stringify(properties), sentBy])
    if (rows[0] === undefined) {
      const before = await client.query<{ journey_id: string }>(
        'select journey_id from shop_event_turns where message_id = $1::text order by journey_id',
        [messageId],
      )
      return { outcome: 'repeated', journeys: before.rows.map(({ journey_id: id }) => id) }
    }
    for (const journey of journeys)
      await client.query('insert into shop_event_turns (message_id, journey_id, received_at) values ($1::text, $2::text, $3::bigint)', [
        messageId,
        journey,
        rows[0].received_at,
      ])
    return { outcome: 'taken', journeys: [...journeys] }
  })
}

/** Events that are older than this, ms, are dropped: no rehearsal looks back so far, and one that is told again is a new one then. */
export const KEPT_MS = (rehearsalDays.most + 1) * 86_400_000

const DROP = `
with old as (select message_id from shop_events where received_at < $1::bigint order by received_at limit $2::int),
  turns as (delete from shop_event_turns t using old where t.message_id = old.message_id)
delete from shop_events e using old where e.message_id = old.message_id`

/** Drops some of the events that are not kept any longer, with their turns. @param now epoch ms @returns whether there may be more */
export async function dropOldShopEvents(db: Db, now: number, atOnce = 1_000): Promise<boolean> {
  const { rowCount } = await db.query(DROP, [now - KEPT_MS, atOnce])
  return rowCount === atOnce
}

interface ListRow {
  readonly [column: string]: unknown
  readonly message_id: string
  readonly name: string
  readonly properties: JsonObject
  readonly received_at: number
  readonly sent_by: string
  readonly turns: readonly { journey: string; reached: number; next: number; endedAt: number | null; note: string | null }[] | null
}

/** Events before a place in the list, newest first. */
export async function readShopEvents(
  db: Db,
  {
    before,
    event,
    limit,
  }: { readonly before: readonly [number, string] | null; readonly event: string | undefined; readonly limit: number },
): Promise<ShopEventEntry[]> {
  const { rows } = await db.query<ListRow>(
    `select e.*, t.turns from shop_events e
     left join lateral (
       select jsonb_agg(jsonb_build_object('journey', journey_id, 'reached', reached, 'next', next_shard, 'endedAt', ended_at, 'note', note) order by journey_id) as turns
       from shop_event_turns t where t.message_id = e.message_id
     ) t on true
     where ($1::bigint is null or (e.received_at, e.message_id) < ($1::bigint, $2::text)) and ($3::text is null or e.name = $3::text)
     order by e.received_at desc, e.message_id desc limit $4::int`,
    [before?.[0] ?? null, before?.[1] ?? null, event ?? null, limit],
  )
  return rows.map((row) => ({
    messageId: row.message_id,
    event: row.name,
    properties: row.properties,
    receivedAt: row.received_at,
    sentBy: row.sent_by,
    journeys: (row.turns ?? []).map(({ next, ...turn }) => ({ ...turn, asked: next / shardCount })),
  }))
}

/** A turn that this process works on until its lease is over. */
export interface Turn {
  readonly messageId: string
  readonly journey: string
  readonly name: string
  readonly properties: JsonObject
  readonly receivedAt: number
  /** The first shard whose people have not been asked for. */
  readonly nextShard: number
}

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

// The oldest first; one that another process has just locked is passed over.
const CLAIM = `
with due as (
  select message_id, journey_id from shop_event_turns where ended_at is null and leased_until <= ${NOW}
  order by received_at, message_id, journey_id limit 1 for update skip locked
)
update shop_event_turns t set lease = $1::uuid, leased_until = ${NOW} + $2::bigint
from due, shop_events e
where t.message_id = due.message_id and t.journey_id = due.journey_id and e.message_id = t.message_id
returning t.message_id, t.journey_id, t.next_shard, e.name, e.properties, e.received_at`

/** Takes the oldest turn that nobody works on. @param lease a fresh id, by which this process is known as the one that holds it */
export async function claimTurn(db: Db, lease: string): Promise<Turn | undefined> {
  const { rows } = await db.query<{
    message_id: string
    journey_id: string
    next_shard: number
    name: string
    properties: JsonObject
    received_at: number
  }>({ name: 'shop-event-turns-claim', text: CLAIM, values: [lease, LEASE_MS] })
  const [row] = rows
  if (row === undefined) return undefined
  return {
    messageId: row.message_id,
    journey: row.journey_id,
    name: row.name,
    properties: row.properties,
    receivedAt: row.received_at,
    nextShard: row.next_shard,
  }
}

/** Lets a turn go; it is taken up again after a while. @param afterMs how long that is; from a turn that goes on, the length of a lease */
export async function releaseTurn(db: Db, lease: string, afterMs: number): Promise<void> {
  await db.query(`update shop_event_turns set leased_until = ${NOW} + $2::bigint where lease = $1::uuid and ended_at is null`, [
    lease,
    afterMs,
  ])
}

/**
 * Notes that the people of the shards before `nextShard` have been asked for, and lets the turn go; whoever has lost the lease notes nothing.
 * @param end whether it is over, and why if it is before everybody was asked for
 */
export async function noteTurn(
  db: Db,
  lease: string,
  { nextShard, reached, end }: { readonly nextShard: number; readonly reached: number; readonly end?: { readonly note: string | null } },
): Promise<void> {
  await db.query(
    `update shop_event_turns set next_shard = $2::smallint, reached = reached + $3::bigint, leased_until = 0, lease = null,
       ended_at = case when $4::boolean then ${NOW} end, note = $5::text
     where lease = $1::uuid and ended_at is null`,
    [lease, nextShard, reached, end !== undefined, end?.note ?? null],
  )
}

/**
 * Waits for everything that is being accepted at this moment: what is accepted afterwards is dated later. Events are dated while the head of
 * their stream is locked.
 */
export async function letAcceptedSettle(db: Db): Promise<void> {
  await db.query('select 1 from shard_heads order by shard, lane for share')
}
