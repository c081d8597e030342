import { binary, type Db } from '../../platform/postgres/index.ts'

/** A message that the provider has taken. */
export interface SentRecord {
  readonly shard: number
  readonly id: string
  readonly at: number
  readonly provider: string
  readonly address: string
  readonly subject: string
}

/** The end of a message, written after its outcome was accepted. */
export interface FinalRecord {
  readonly shard: number
  readonly id: string
  readonly status: 'sent' | 'held' | 'cancelled' | 'failed' | 'bounced'
  /** A sentence in place of the reason; null keeps why it was sent. */
  readonly reason: string | null
  readonly rule: string | null
  readonly error: string | null
  /** Counts as an attempt. */
  readonly attempted: boolean
  /** gzip of the JSON of what it looked like. */
  readonly content: Buffer | null
  readonly provider: string | null
  readonly address: string | null
  readonly subject: string | null
  /** An address that turned out dead, and the person whose message told so. */
  readonly suppress: {
    readonly channel: string
    readonly address: string
    readonly reason: string
    readonly at: number
    readonly profileId: string
  } | null
}

/** A message that goes back to the queue. */
export interface ReturnRecord {
  readonly shard: number
  readonly id: string
  /** Epoch ms of the next try; null leaves it due as it was. */
  readonly dueAt: number | null
  readonly attempted: boolean
  /** A sentence that says why it is late; null when nothing happened to it. */
  readonly delay: string | null
  readonly error: string | null
}

// Marks what left the house and touches no indexed column, so the row is updated in place. Unconditional on the claim:
// it happened, whoever owns the row now.
const SENT = `
update messages m set sent_at = n.sent_at, provider = n.provider, address = n.address, subject = n.subject,
  attempts = m.attempts + 1, last_error = null
from unnest($1::smallint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[]) as n (shard, id, sent_at, provider, address, subject)
where m.shard = n.shard and m.id = n.id and m.sent_at is null`

/** Marks messages as handed over; from here on nobody hands them over again. */
export async function markSent(db: Db, given: readonly SentRecord[]): Promise<void> {
  const records = inOrder(given)
  await db.query({
    name: 'messages-sent',
    text: SENT,
    values: [
      binary.int2Array(records.map((record) => record.shard)),
      binary.textArray(records.map((record) => record.id)),
      binary.int8Array(records.map((record) => record.at)),
      binary.textArray(records.map((record) => record.provider)),
      binary.textArray(records.map((record) => clean(record.address))),
      binary.textArray(records.map((record) => clean(record.subject))),
    ],
  })
}

// The first line of reason is why the message was decided; a delay stands on a second line and leaves with it.
//
// One statement writes all of it: what a message looked like (one that is gone since its person was forgotten leaves nothing), the addresses that turned out dead (a dead address weighs more
// than an opt-out: it takes its place; whoever has one is told, and whose message it was), and its end.
const FINISH = `
with contents as (
  insert into message_contents (shard, message_id, content, created_at)
  select n.shard, n.id, n.content, (extract(epoch from clock_timestamp()) * 1000)::bigint
  from unnest($11::smallint[], $12::text[], $13::bytea[]) as n (shard, id, content)
  where exists (select from messages m where m.shard = n.shard and m.id = n.id)
  on conflict (shard, message_id) do nothing
), dead as (
  insert into suppressions (channel, address, reason, source, at)
  select distinct on (n.channel, n.address) n.channel, n.address, n.reason, 'provider', n.at
  from unnest($14::text[], $15::text[], $16::text[], $17::bigint[]) as n (channel, address, reason, at)
  on conflict (channel, address) do update set reason = excluded.reason, source = excluded.source, at = excluded.at
  where suppressions.reason <> 'complaint' returning channel, address
), told as (
  insert into address_changes (channel, address, profile_id)
  select d.channel, d.address, n.profile_id from dead d
  join unnest($14::text[], $15::text[], $18::uuid[]) as n (channel, address, profile_id) on n.channel = d.channel and n.address = d.address
)
update messages m set status = n.status, reason = coalesce(n.reason, split_part(m.reason, E'\\n', 1)), rule = coalesce(n.rule, m.rule),
  last_error = n.error, attempts = m.attempts + case when n.attempted then 1 else 0 end, claimed_by = null, claim_until = 0,
  provider = coalesce(n.provider, m.provider), address = coalesce(n.address, m.address), subject = coalesce(n.subject, m.subject)
from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::text[], $10::text[])
  as n (shard, id, status, reason, rule, error, attempted, provider, address, subject)
where m.shard = n.shard and m.id = n.id and (m.status in ('queued', 'sending') or (m.status = 'cancelled' and n.status = 'sent'))`

/** Writes how messages ended, what they looked like, and the addresses that turned out dead; all of it or nothing. */
export async function finishMessages(db: Db, given: readonly FinalRecord[]): Promise<void> {
  const records = inOrder(given)
  const contents = records.filter((record) => record.content !== null)
  const dead = records.flatMap((record) => (record.suppress === null ? [] : [record.suppress]))
  await db.query({
    name: 'messages-finish',
    text: FINISH,
    values: [
      binary.int2Array(records.map((record) => record.shard)),
      binary.textArray(records.map((record) => record.id)),
      binary.textArray(records.map((record) => record.status)),
      binary.textArray(records.map((record) => clean(record.reason))),
      binary.textArray(records.map((record) => record.rule)),
      binary.textArray(records.map((record) => clean(record.error))),
      binary.boolArray(records.map((record) => record.attempted)),
      binary.textArray(records.map((record) => record.provider)),
      binary.textArray(records.map((record) => clean(record.address))),
      binary.textArray(records.map((record) => clean(record.subject))),
      binary.int2Array(contents.map((record) => record.shard)),
      binary.textArray(contents.map((record) => record.id)),
      binary.byteaArray(contents.map((record) => record.content)),
      binary.textArray(dead.map((entry) => entry.channel)),
      binary.textArray(dead.map((entry) => entry.address)),
      binary.textArray(dead.map((entry) => entry.reason)),
      binary.int8Array(dead.map((entry) => entry.at)),
      binary.uuidArray(dead.map((entry) => entry.profileId)),
    ],
  })
}

// Only what is still ours: after the claim ran out somebody else decides. What was called back meanwhile is not tried again.
// Locked in order, whatever the plan: many may be given back at once while the pipeline calls many of them back.
const RETURN = `
update messages m set status = 'queued', claimed_by = null, claim_until = 0,
  due_at = case when m.called_back is null then coalesce(n.due_at, m.due_at) else m.due_at end,
  attempts = m.attempts + case when n.attempted then 1 else 0 end, last_error = coalesce(n.error, m.last_error),
  reason = case when n.delay is null then m.reason else split_part(m.reason, E'\\n', 1) || E'\\n' || n.delay end
from (
  select m.shard, m.id, n.due_at, n.attempted, n.delay, n.error
  from unnest($2::smallint[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::text[]) as n (shard, id, due_at, attempted, delay, error)
  join messages m on m.shard = n.shard and m.id = n.id
  where m.claimed_by = $1::text and m.status in ('queued', 'sending') and m.sent_at is null
  order by m.shard, m.id collate "C" for update of m
) n
where m.shard = n.shard and m.id = n.id`

/** Gives messages back to the queue. */
export async function returnMessages(db: Db, worker: string, records: readonly ReturnRecord[]): Promise<void> {
  await db.query({
    name: 'messages-return',
    text: RETURN,
    values: [
      worker,
      binary.int2Array(records.map((record) => record.shard)),
      binary.textArray(records.map((record) => record.id)),
      binary.int8Array(records.map((record) => record.dueAt)),
      binary.boolArray(records.map((record) => record.attempted)),
      binary.textArray(records.map((record) => clean(record.delay))),
      binary.textArray(records.map((record) => clean(record.error))),
    ],
  })
}

// In a large table rows are reached, and locked, in the order in which they are given: the pipeline, which calls messages
// back, waits for rows in this order too. Should two still wait for each other, PostgreSQL ends one, which tries again.
function inOrder<T extends { readonly shard: number; readonly id: string }>(records: readonly T[]): T[] {
  return records.toSorted((a, b) => a.shard - b.shard || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

// Providers' replies are foreign text: PostgreSQL takes no NUL, and one line is enough.
function clean(text: string): string
function clean(text: string | null): string | null
function clean(text: string | null): string | null {
  return text === null
    ? null
    : text
        .replaceAll('\0', '')
        .replace(/[\r\n]+/g, ' ')
        .slice(0, 1_000)
}
