import { binary, type Db, type Statement } from '../../platform/postgres/index.ts'
import type { AppendOutcomes, OwnEvent } from '../outcomes.ts'

/** The end of a message. */
export interface FinalRecord {
  readonly shard: number
  readonly id: string
  /** When the provider took it, epoch ms; null: it did not. */
  readonly sentAt: number | null
  readonly status: 'sent' | 'held' | 'cancelled' | 'failed' | 'bounced'
  /** A sentence in place of the reason; null keeps why it was sent. */
  readonly reason: string | null
  readonly rule: string | null
  readonly error: string | null
  /** Counts as an attempt, unless it was known before that the provider has taken it. */
  readonly attempted: boolean
  /** What it looked like, as `messages/pack.ts` frames it. */
  readonly content: Uint8Array | null
  readonly provider: string | null
  readonly address: string | null
  readonly subject: string | null
  /** An address that turned out dead. */
  readonly suppress: {
    readonly channel: string
    readonly address: string
    readonly reason: string
    readonly at: number
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

// The first line of reason is why the message was decided; a delay stands on a second line and leaves with it. Unconditional on the
// claim: it happened, whoever owns the row now. Only once: whoever finds an end already writes nothing.
//
// One statement writes all of it: the end, what a message looked like, the sums of its send (in any shard, since they are summed up), and the addresses that turned out dead (a dead address weighs
// more than an opt-out: it takes its place; whoever has one is told, and whose message it was). One that is gone since its person was
// forgotten leaves nothing.
const endOf = ({ status, reason, sums }: { readonly status: string; readonly reason: string; readonly sums: string }): string => `
with ended as (
  update messages m set status = n.status, reason = ${reason}, rule = coalesce(n.rule, m.rule),
    last_error = n.error, attempts = m.attempts + case when n.attempted and m.sent_at is null then 1 else 0 end, claimed_by = null,
    claim_until = 0, sent_at = coalesce(m.sent_at, n.sent_at), provider = coalesce(n.provider, m.provider),
    address = coalesce(n.address, m.address), subject = coalesce(n.subject, m.subject)
  from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::text[], $10::text[],
      $11::bigint[], $12::bytea[], $13::text[], $14::text[], $15::text[], $16::bigint[])
    as n (shard, id, status, reason, rule, error, attempted, provider, address, subject, sent_at, content, dead_channel, dead_address, dead_reason, dead_at)
  where m.shard = n.shard and m.id = n.id and ${status}
  returning m.shard, m.id, m.profile_id, m.send_id, m.status, m.rule, m.called_back, n.content, n.dead_channel, n.dead_address, n.dead_reason, n.dead_at
), contents as (
  insert into message_contents (shard, message_id, content, created_at)
  select shard, id, content, (extract(epoch from clock_timestamp()) * 1000)::bigint from ended where content is not null
  on conflict (shard, message_id) do nothing
), counted as (
  insert into campaign_counts as c (shard, send_id, what, n)
  ${sums}
  on conflict (shard, send_id, what) do update set n = c.n + excluded.n
), dead as (
  insert into suppressions (channel, address, reason, source, at)
  select distinct on (dead_channel, dead_address) dead_channel, dead_address, dead_reason, 'provider', dead_at from ended where dead_address is not null
  on conflict (channel, address) do update set reason = excluded.reason, source = excluded.source, at = excluded.at
  where suppressions.reason <> 'complaint' returning channel, address
), told as (
  insert into address_changes (channel, address, profile_id)
  select d.channel, d.address, e.profile_id from dead d join ended e on e.dead_channel = d.channel and e.dead_address = d.address
)
select shard, id from ended`

const END = endOf({
  status: `m.status in ('queued', 'sending')`,
  reason: `coalesce(n.reason, split_part(m.reason, E'\\n', 1))`,
  sums: `select min(shard), send_id, what, count(*) from (
    select shard, send_id, case status when 'held' then 'm:held:' || coalesce(rule, '') when 'sent' then 'm:sent' when 'cancelled' then 'm:cancelled' else 'm:held:' || status end as what
    from ended where send_id is not null
  ) e group by send_id, what order by 1, 2, 3`,
})

// What was cancelled while somebody with an older claim was handing it over, and has left the house: it is one that was sent, and no longer
// one that was cancelled. A merge cancels too, without counting: only what was called back stands in the sums as cancelled.
const SENT_ALL_THE_SAME = endOf({
  status: `m.status = 'cancelled' and n.status = 'sent'`,
  reason: `'Sent: it was on its way already when it was cancelled: ' || regexp_replace(split_part(m.reason, E'\\n', 1), '^Not sent: ', '')`,
  sums: `select min(shard), send_id, what, sum(n) from (
    select shard, send_id, 'm:sent' as what, 1 as n from ended where send_id is not null
    union all select shard, send_id, 'm:cancelled', -1 from ended where send_id is not null and called_back is not null
  ) e group by send_id, what order by 1, 2, 3`,
})

/** An end, and the event that tells of it. */
export interface Ending {
  readonly final: FinalRecord
  /** The copy as it is kept. */
  readonly packed: Buffer | null
  readonly event: OwnEvent
}

/**
 * Writes how messages ended, what they looked like, the addresses that turned out dead, and the events that tell of it; all of it or
 * nothing, in a transaction of its own.
 * @param client a connection that nothing else uses meanwhile
 * @param append appends events within the transaction, as its last step
 */
export async function endMessages(client: Db, given: readonly Ending[], append: AppendOutcomes): Promise<void> {
  const endings = inOrder(given, ({ final }) => final)
  // Whatever is wrong with a value is found before the transaction begins.
  const statement = endStatement('messages-end', END, endings)
  let open = true
  try {
    const [, { rows }] = await Promise.all([client.query('begin'), client.query<Key>(statement)])
    const ended = new Set(rows.map(keyOf))
    // Mostly none: somebody else wrote their end before.
    const passed = ended.size === endings.length ? [] : endings.filter(({ final }) => final.status === 'sent' && !ended.has(keyOf(final)))
    if (passed.length > 0) {
      const late = await client.query<Key>(endStatement('messages-sent-all-the-same', SENT_ALL_THE_SAME, passed))
      for (const row of late.rows) ended.add(keyOf(row))
    }
    const told = endings.filter(({ final }) => ended.has(keyOf(final))).map(({ event }) => event)
    const tell = append(told)
    open = false
    await Promise.all([tell(client), client.query('commit')])
  } catch (error) {
    if (open) await client.query('rollback').catch(() => undefined)
    throw error
  }
}

interface Key {
  readonly shard: number
  readonly id: string
}

function keyOf({ shard, id }: Key): string {
  return `${shard}/${id}`
}

function endStatement(name: string, sql: string, endings: readonly Ending[]): Statement {
  const records = endings.map(({ final }) => final)
  const text = (pick: (record: FinalRecord) => string | null): Buffer => binary.textArray(records.map(pick))
  return {
    name,
    text: sql,
    values: [
      binary.int2Array(records.map((record) => record.shard)),
      text((record) => record.id),
      text((record) => record.status),
      text((record) => clean(record.reason)),
      text((record) => record.rule),
      text((record) => clean(record.error)),
      binary.boolArray(records.map((record) => record.attempted)),
      text((record) => record.provider),
      text((record) => clean(record.address)),
      text((record) => clean(record.subject)),
      binary.int8Array(records.map((record) => record.sentAt)),
      binary.byteaArray(endings.map(({ packed }) => packed)),
      text((record) => record.suppress?.channel ?? null),
      text((record) => record.suppress?.address ?? null),
      text((record) => record.suppress?.reason ?? null),
      binary.int8Array(records.map((record) => record.suppress?.at ?? null)),
    ],
  }
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
export async function returnMessages(db: Db, worker: string, given: readonly ReturnRecord[]): Promise<void> {
  const records = inOrder(given, (record) => record)
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
function inOrder<T>(records: readonly T[], keyOf: (record: T) => Key): T[] {
  return records.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)]
    return a.shard - b.shard || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  })
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
