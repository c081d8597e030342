import { callBackStatement, insertStatement, requestStatement } from '../channels/index.ts'
import { couponRequestStatement, couponUseStatement } from '../coupons/index.ts'
import { consentStatements, lateConsentStatement } from '../consent/index.ts'
import { taskRequestStatement } from '../tasks/index.ts'
import { lateListStatements, listStatements } from '../lists/index.ts'
import { binary, type Db, type Statement } from '../platform/postgres/index.ts'
import type { Batch, Fact, ShardMove } from './advance/batch.ts'
import { packPerson, type Person } from './advance/person.ts'
import { PipelineError } from './errors.ts'
import { appendEntries } from './append.ts'
import type { ShardState } from './shard-state.ts'

const LEASE_LOST = 'lease lost'

// The fence. Fewer rows than moves means that a shard is somebody else's by now, or that its cursors do not stand where
// we took up: the cast fails then, and with it everything behind it in this transaction.
const FENCE = `
with moved as (
  update shards s set live_seq = m.to_live, bulk_seq = m.to_bulk, derived_seq = m.derived, clock = m.clock, definitions_epoch = m.definitions
  from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
    as m (shard, epoch, from_live, from_bulk, to_live, to_bulk, derived, clock, definitions)
  where s.shard = m.shard and s.epoch = m.epoch and s.live_seq = m.from_live and s.bulk_seq = m.from_bulk
  returning 1
)
select (case when count(*) = $10::int then '0' else '${LEASE_LOST}' end)::int as ok, (extract(epoch from clock_timestamp()) * 1000)::bigint as now from moved`

// Those who have a row. Beside the insert below, which would do for them too, this locks no row and logs a third. The cast
// fails, and the transaction with it, when one of them has none.
const PEOPLE_KNOWN = `
with known as (
  update profiles p set traits = v.traits, state = v.state, merged_into = v.merged_into, merged_at = v.merged_at
  from unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[], $5::uuid[], $6::bigint[]) as v (shard, id, traits, state, merged_into, merged_at)
  where p.shard = v.shard and p.id = v.id
  returning 1
)
select (case when count(*) = $7::int then '0' else 'a person has no row' end)::int as ok from known`

const PEOPLE = `
insert into profiles as p (shard, id, created_at, traits, state, merged_into, merged_at)
select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[], $6::uuid[], $7::bigint[])
on conflict (shard, id) do update set traits = excluded.traits, state = excluded.state, merged_into = excluded.merged_into, merged_at = excluded.merged_at`

const TIMERS_SET = `
insert into timers (shard, profile_id, due_at) select * from unnest($1::smallint[], $2::uuid[], $3::bigint[])
on conflict (shard, profile_id) do update set due_at = excluded.due_at`

const TIMERS_CLEARED = `
delete from timers t using unnest($1::smallint[], $2::uuid[]) as k (shard, profile_id) where t.shard = k.shard and t.profile_id = k.profile_id`

const RUNS_SET = `
insert into runs (shard, profile_id, run_id, journey_id, version, step, entered_at, since, wakes_at, send_id)
select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
on conflict (shard, profile_id, run_id) do update set version = excluded.version, step = excluded.step, since = excluded.since, wakes_at = excluded.wakes_at`

const RUNS_OVER = `
delete from runs r using unnest($1::smallint[], $2::uuid[], $3::text[]) as k (shard, profile_id, run_id)
where r.shard = k.shard and r.profile_id = k.profile_id and r.run_id = k.run_id`

const EDGES = `
insert into edge_counts as e (shard, journey_id, version, edge, n)
select * from unnest($1::smallint[], $2::text[], $3::int[], $4::text[], $5::bigint[])
on conflict (shard, journey_id, version, edge) do update set n = e.n + excluded.n`

const SEGMENTS = `
insert into segment_counts as c (shard, segment_id, n) select * from unnest($1::smallint[], $2::text[], $3::bigint[])
on conflict (shard, segment_id) do update set n = c.n + excluded.n`

// Facts get the time at which they are written, so that the derived stream never runs backwards; when it happened, which
// a timer that was due while nobody worked puts earlier, stands in occurred_at.
const FACTS = `
insert into inbox (shard, lane, seq, received_at, profile_id, event_id, source, type, name, occurred_at, properties, context, triggers)
select f.shard, 2, f.seq, greatest(f.floor, (extract(epoch from clock_timestamp()) * 1000)::bigint), f.profile_id, f.event_id, 'throughline', 'fact', f.name, f.at, f.properties, '{}', false
from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[])
  as f (shard, seq, floor, profile_id, event_id, name, at, properties)`

// Only messages that nobody is handing over; the sender looks for tombstones once more before the provider. What was called back is left
// to it: it cancels that itself, says why on the timeline, and counts it among the cancelled of its send. These here count as having left.
const CANCEL = `
update messages m set status = 'cancelled', reason = 'The profile was merged into another one'
from unnest($1::smallint[], $2::uuid[]) as k (shard, profile_id)
where m.shard = k.shard and m.profile_id = k.profile_id and m.status = 'queued' and m.called_back is null
  and m.claim_until < (extract(epoch from clock_timestamp()) * 1000)::bigint`

const FILLS = `
insert into leaf_fills (shard, leaf, epoch, status)
select f.*, 'waiting' from unnest($1::smallint[], $2::text[], $3::bigint[]) as f
on conflict (shard, leaf) do update set epoch = excluded.epoch, walked_to = excluded.walked_to, status = 'waiting'`

const WALKED = `
update leaf_fills f set walked_to = w.walked_to, status = case when w.is_done then 'done' else f.status end
from unnest($1::smallint[], $2::bigint[], $3::uuid[], $4::bool[]) as w (shard, epoch, walked_to, is_done)
where f.shard = w.shard and f.epoch = w.epoch and f.status <> 'done'`

const REFOLDS = `
insert into profile_refolds (shard, profile_id, live_seq, bulk_seq) select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[])
on conflict (shard, profile_id) do update set live_seq = excluded.live_seq, bulk_seq = excluded.bulk_seq`

const ENTRY_REQUESTS = `
insert into entry_requests (shard, profile_id, run_id, journey_id, day, most, asked_at)
select r.*, (extract(epoch from clock_timestamp()) * 1000)::bigint
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::bigint[]) as r
on conflict do nothing`

const MOVES_DONE = `
delete from journey_move_runs r using unnest($1::smallint[], $2::text[], $3::uuid[], $4::text[]) as k (shard, move_id, profile_id, run_id)
where r.shard = k.shard and r.move_id = k.move_id and r.profile_id = k.profile_id and r.run_id = k.run_id`

const MOVES_COUNTED = `
insert into journey_move_counts as c (shard, move_id, moved, passed)
select shard, move_id, count(*) filter (where moved), count(*) filter (where not moved)
from unnest($1::smallint[], $2::text[], $3::bool[]) as k (shard, move_id, moved) where moved is not null group by shard, move_id
on conflict (shard, move_id) do update set moved = c.moved + excluded.moved, passed = c.passed + excluded.passed`
const SEND_TURNS = `
update campaign_cursors c set after = t.after, taken = t.turn, used = t.used, is_done = t.is_done
from unnest($1::smallint[], $2::text[], $3::int[], $4::uuid[], $5::int[], $6::bool[]) as t (shard, send_id, turn, after, used, is_done)
where c.shard = t.shard and c.send_id = t.send_id`

const SEND_COUNTS = `
insert into campaign_counts as c (shard, send_id, what, n) select * from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[])
on conflict (shard, send_id, what) do update set n = c.n + excluded.n`

const PARKED = `
insert into rejected_events (id, at, source, name, message_id, problems, raw)
select gen_random_uuid(), r.* from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[]) as r`

// Everything that is kept beside the rows of people who are forgotten, what this batch wrote for them included.
// What goes with a tombstone is counted on the receipt, as what the eraser deletes later is.
const placeIn = (place: string, n: string): string => `'${place}', coalesce((f.counts ->> '${place}')::bigint, 0) + ${n}`
const counted = (place: string, gone: string): string => `
with gone as (${gone} returning k.profile_id), sums as (
  select p.forget, count(*) as n from gone g join forgotten_profiles p on p.profile_id = g.profile_id group by p.forget
)
update forgets f set counts = f.counts || jsonb_build_object(${placeIn(place, 's.n')}) from sums s where f.id = s.forget`
const KEYS = 'unnest($1::smallint[], $2::uuid[]) as k (shard, profile_id)'
const ERASE = [
  'runs',
  'timers',
  'notifications',
  'profile_refolds',
  'entry_requests',
  'step_requests',
  'coupon_requests',
  'coupon_uses',
  'task_requests',
  'journey_move_runs',
  'consents',
  'list_members',
].map((table) => counted(table, `delete from ${table} t using ${KEYS} where t.shard = k.shard and t.profile_id = k.profile_id`))
// A code that was given stays given, and nobody knows any more to whom.
const ERASE_COUPONS = counted(
  'coupon_codes',
  `update coupon_codes c set profile_id = null, run_id = null from ${KEYS} where c.profile_id = k.profile_id`,
)
// Who did a task and when stays; whom it was about and what was said goes.
const ERASE_TASKS = [
  counted(
    'tasks',
    `update tasks t set profile_id = null, run_id = null, title = '', body = '', note = null, problem = null from ${KEYS} where t.profile_id = k.profile_id`,
  ),
  counted('task_news', `delete from task_news t using ${KEYS} where t.profile_id = k.profile_id`),
  counted(
    'staff_mails',
    `update staff_mails m set profile_id = null, subject = '', body = '' from ${KEYS} where m.profile_id = k.profile_id`,
  ),
]
const ERASE_MESSAGES = `
with gone as (
  delete from messages m using ${KEYS} where m.shard = k.shard and m.profile_id = k.profile_id returning m.shard, m.id, k.profile_id
), copies as (
  delete from message_contents c using gone where c.shard = gone.shard and c.message_id = gone.id returning gone.profile_id
), sums as (
  select p.forget, sum(g.message) as messages, sum(1 - g.message) as copies
  from (select profile_id, 1 as message from gone union all select profile_id, 0 from copies) g
  join forgotten_profiles p on p.profile_id = g.profile_id group by p.forget
)
update forgets f set counts = f.counts || jsonb_build_object(${placeIn('messages', 's.messages')}, ${placeIn('message_contents', 's.copies')})
from sums s where f.id = s.forget`
const DROP = `
delete from inbox i using unnest($1::smallint[], $2::smallint[], $3::bigint[], $4::bigint[]) as k (shard, lane, seq, received_at)
where i.shard = k.shard and i.lane = k.lane and i.seq = k.seq and i.received_at = k.received_at`

/** What became of a committed batch. */
export interface Committed {
  /** Ids of messages that are new; the others were decided before. */
  readonly messages: ReadonlySet<string>
  /** The database's clock in the transaction, epoch ms. */
  readonly now: number
}

/**
 * Writes a batch in one transaction, statements sent in one go.
 * @throws PipelineError `lease_lost` when a shard is not ours any more; TypeError, RangeError for what no statement can hold,
 * before anything is sent. Nothing is written then.
 */
export async function commitBatch(db: Db, batch: Batch, states: ReadonlyMap<number, ShardState>): Promise<Committed> {
  numberFacts(batch, states)
  // All statements stand before the first goes out: what cannot be put into one must not leave half a transaction on its way.
  const statements: Statement[] = []
  const run: Run = (name, text, values) => void statements.push({ name: `pipeline-${name}`, text, values })
  const fence = fenceOf([...batch.moves.values()])
  writePeople(run, [...batch.people.values()], batch.born)
  writeTimers(run, [...batch.timers.values()])
  writeReadSide(run, batch)
  if (batch.unsent.length > 0) statements.push(callBackStatement(batch.unsent))
  const messages = batch.messages.length > 0 ? insertStatement(batch.messages) : null
  if (messages) statements.push(messages)
  writeFacts(run, batch.facts, states)
  if (batch.stepRequests.length > 0) statements.push(requestStatement(batch.stepRequests))
  if (batch.couponRequests.length > 0) statements.push(couponRequestStatement(batch.couponRequests))
  if (batch.tasks.length > 0) statements.push(taskRequestStatement(batch.tasks))
  if (batch.couponUses.length > 0) statements.push(couponUseStatement(batch.couponUses))
  if (batch.lists.length > 0) statements.push(...listStatements(batch.lists))
  if (batch.consents.length > 0) statements.push(...consentStatements(batch.consents))
  const losers = [...batch.cancels.values()]
  if (losers.length > 0) statements.push(...lateListStatements(losers), lateConsentStatement(losers))
  writeRare(run, batch)
  writeForgotten(run, batch)

  const begun = db.query('begin')
  const fenced = db.query<{ now: number }>(fence)
  const written = statements.map((statement) => db.query<{ id: string }>(statement))
  const settled = await Promise.allSettled([begun, fenced, ...written, db.query('commit')])
  const failed = settled.find((answer) => answer.status === 'rejected')
  if (failed)
    throw isFence(failed.reason)
      ? new PipelineError('lease_lost', 'A shard was taken over by another worker; nothing of the batch was written.', {
          cause: failed.reason,
        })
      : failed.reason
  const inserted = messages ? (await written[statements.indexOf(messages)]!).rows : []
  return { messages: new Set(inserted.map(({ id }) => id)), now: (await fenced).rows[0]!.now }
}

function fenceOf(moves: readonly ShardMove[]): Statement {
  return {
    name: 'pipeline-fence',
    text: FENCE,
    values: [
      binary.int2Array(moves.map((move) => move.shard)),
      ...(['epoch', 'fromLive', 'fromBulk', 'toLive', 'toBulk', 'derivedSeq', 'clock', 'definitionsEpoch'] as const).map((key) =>
        binary.int8Array(moves.map((move) => move[key])),
      ),
      moves.length,
    ],
  }
}

type Run = (name: string, text: string, values: unknown[]) => void

function isFence(error: unknown): boolean {
  return error instanceof Error && error.message.includes(LEASE_LOST)
}

// In the order in which they happened within their shard.
function numberFacts(batch: Batch, states: ReadonlyMap<number, ShardState>): void {
  batch.facts.sort((a, b) => a.at - b.at)
  for (const fact of batch.facts) {
    const state = states.get(fact.shard)!
    batch.moves.get(fact.shard)!.derivedSeq = ++state.derivedSeq
    Object.assign(fact, { seq: state.derivedSeq })
  }
}

function writePeople(run: Run, people: readonly Person[], born: ReadonlySet<string>): void {
  const known = people.filter((person) => !born.has(person.id))
  const fresh = people.filter((person) => born.has(person.id))
  if (known.length > 0) {
    const { keys, content, merges } = columnsOf(known)
    run('people-known', PEOPLE_KNOWN, [...keys, ...content, ...merges, known.length])
  }
  if (fresh.length > 0) {
    const { keys, content, merges } = columnsOf(fresh)
    run('people-write', PEOPLE, [...keys, binary.int8Array(fresh.map((person) => person.createdAt)), ...content, ...merges])
  }
}

function columnsOf(people: readonly Person[]): { keys: Buffer[]; content: Buffer[]; merges: Buffer[] } {
  const packed = people.map(packPerson)
  return {
    keys: keysOf(people),
    content: [binary.byteaArray(packed.map((one) => one.traits)), binary.byteaArray(packed.map((one) => one.state))],
    merges: [binary.uuidArray(people.map((person) => person.mergedInto)), binary.int8Array(people.map((person) => person.mergedAt))],
  }
}

function writeTimers(run: Run, people: readonly Person[]): void {
  const set = people.filter((person) => person.timer !== null)
  const cleared = people.filter((person) => person.timer === null)
  if (set.length > 0) run('timers-set', TIMERS_SET, [...keysOf(set), binary.int8Array(set.map((person) => Math.ceil(person.timer!)))])
  if (cleared.length > 0) run('timers-cleared', TIMERS_CLEARED, keysOf(cleared))
}

function keysOf(people: readonly Person[]): Buffer[] {
  return [binary.int2Array(people.map((person) => person.shard)), binary.uuidArray(people.map((person) => person.id))]
}

function writeReadSide(run: Run, batch: Batch): void {
  const runs = [...batch.runs.values()]
  const over = runs.filter((row) => row.run === null)
  const set = runs.flatMap(({ run: current, ...row }) => (current === null ? [] : [{ ...row, run: current }]))
  const runKeys = (rows: readonly { shard: number; profileId: string; id: string }[]): Buffer[] => [
    binary.int2Array(rows.map((row) => row.shard)),
    binary.uuidArray(rows.map((row) => row.profileId)),
    binary.textArray(rows.map((row) => row.id)),
  ]
  if (over.length > 0) run('runs-over', RUNS_OVER, runKeys(over))
  if (set.length > 0) {
    run('runs-set', RUNS_SET, [
      ...runKeys(set),
      binary.textArray(set.map((row) => row.run.journey)),
      binary.int4Array(set.map((row) => row.run.version)),
      binary.textArray(set.map((row) => row.run.step)),
      binary.int8Array(set.map((row) => row.run.enteredAt)),
      binary.int8Array(set.map((row) => row.run.since)),
      binary.int8Array(set.map((row) => row.run.wakesAt)),
      binary.textArray(set.map((row) => row.run.send)),
    ])
  }
  const edges = [...batch.edges.values()]
  if (edges.length > 0) {
    run('edges', EDGES, [
      binary.int2Array(edges.map((edge) => edge.shard)),
      binary.textArray(edges.map((edge) => edge.journey)),
      binary.int4Array(edges.map((edge) => edge.version)),
      binary.textArray(edges.map((edge) => edge.edge)),
      binary.int8Array(edges.map((edge) => edge.n)),
    ])
  }
  const segments = [...batch.segments.values()].filter((segment) => segment.n !== 0)
  if (segments.length > 0) {
    run('segments', SEGMENTS, [
      binary.int2Array(segments.map((one) => one.shard)),
      binary.textArray(segments.map((one) => one.segment)),
      binary.int8Array(segments.map((one) => one.n)),
    ])
  }
}

function writeFacts(run: Run, facts: readonly (Fact & { seq?: number })[], states: ReadonlyMap<number, ShardState>): void {
  if (facts.length === 0) return
  run('facts', FACTS, [
    binary.int2Array(facts.map((fact) => fact.shard)),
    binary.int8Array(facts.map((fact) => fact.seq)),
    binary.int8Array(facts.map((fact) => states.get(fact.shard)!.clock)),
    binary.uuidArray(facts.map((fact) => fact.profileId)),
    binary.textArray(facts.map((fact) => `throughline:${fact.id}`)),
    binary.textArray(facts.map((fact) => fact.name)),
    binary.int8Array(facts.map((fact) => Math.floor(fact.at))),
    binary.textArray(facts.map((fact) => JSON.stringify(fact.properties))),
  ])
}

function writeForgotten(run: Run, { erased, dropped }: Batch): void {
  if (erased.size > 0) {
    const keys = keysOf([...erased.values()])
    ERASE.forEach((text, at) => run(`erase-${at}`, text, keys))
    run('erase-messages', ERASE_MESSAGES, keys)
    run('erase-coupons', ERASE_COUPONS, keys)
    ERASE_TASKS.forEach((text, at) => run(`erase-tasks-${at}`, text, keys))
  }
  if (dropped.length > 0) {
    run('drop', DROP, [
      binary.int2Array(dropped.map((entry) => entry.shard)),
      binary.int2Array(dropped.map((entry) => entry.lane)),
      binary.int8Array(dropped.map((entry) => entry.seq)),
      binary.int8Array(dropped.map((entry) => entry.receivedAt)),
    ])
  }
}

function writeRare(run: Run, batch: Batch): void {
  const { cancels, fills, walked, refolds, entryRequests, movedRuns, sendTurns, parked, appends } = batch
  const sendCounts = [...batch.sendCounts.values()]
  if (cancels.size > 0) run('cancel', CANCEL, keysOf([...cancels.values()]))
  if (fills.length > 0) {
    run('fills', FILLS, [
      binary.int2Array(fills.map((fill) => fill.shard)),
      binary.textArray(fills.map((fill) => fill.leaf)),
      binary.int8Array(fills.map((fill) => fill.epoch)),
    ])
  }
  if (walked.length > 0) {
    run('walked', WALKED, [
      binary.int2Array(walked.map((walk) => walk.shard)),
      binary.int8Array(walked.map((walk) => walk.epoch)),
      binary.uuidArray(walked.map((walk) => walk.to)),
      binary.boolArray(walked.map((walk) => walk.isDone)),
    ])
  }
  if (refolds.length > 0) {
    run('refolds', REFOLDS, [
      binary.int2Array(refolds.map((one) => one.shard)),
      binary.uuidArray(refolds.map((one) => one.profileId)),
      binary.int8Array(refolds.map((one) => one.liveSeq)),
      binary.int8Array(refolds.map((one) => one.bulkSeq)),
    ])
  }
  if (entryRequests.length > 0) {
    run('entry-requests', ENTRY_REQUESTS, [
      binary.int2Array(entryRequests.map((one) => one.shard)),
      binary.uuidArray(entryRequests.map((one) => one.profileId)),
      binary.textArray(entryRequests.map((one) => one.run)),
      binary.textArray(entryRequests.map((one) => one.journey)),
      binary.int4Array(entryRequests.map((one) => one.day)),
      binary.int8Array(entryRequests.map((one) => one.most)),
    ])
  }
  if (movedRuns.length > 0) {
    const [shards, moves] = [binary.int2Array(movedRuns.map((one) => one.shard)), binary.textArray(movedRuns.map((one) => one.move))]
    run('moves-done', MOVES_DONE, [
      shards,
      moves,
      binary.uuidArray(movedRuns.map((one) => one.profileId)),
      binary.textArray(movedRuns.map((one) => one.run)),
    ])
    run('moves-counted', MOVES_COUNTED, [shards, moves, binary.boolArray(movedRuns.map((one) => one.moved))])
  }
  if (sendTurns.length > 0) {
    run('send-turns', SEND_TURNS, [
      binary.int2Array(sendTurns.map((one) => one.shard)),
      binary.textArray(sendTurns.map((one) => one.send)),
      binary.int4Array(sendTurns.map((one) => one.turn)),
      binary.uuidArray(sendTurns.map((one) => one.after)),
      binary.int4Array(sendTurns.map((one) => one.used)),
      binary.boolArray(sendTurns.map((one) => one.isDone)),
    ])
  }
  if (sendCounts.length > 0) {
    run('send-counts', SEND_COUNTS, [
      binary.int2Array(sendCounts.map((one) => one.shard)),
      binary.textArray(sendCounts.map((one) => one.send)),
      binary.textArray(sendCounts.map((one) => one.what)),
      binary.int8Array(sendCounts.map((one) => one.n)),
    ])
  }
  if (parked.length > 0) {
    const problems = parked.map((one) =>
      JSON.stringify([{ field: 'event', value: one.name, allowed: 'what the engine can take', message: one.message }]),
    )
    run('parked', PARKED, [
      binary.int8Array(parked.map((one) => one.at)),
      binary.textArray(parked.map((one) => one.source)),
      binary.textArray(parked.map((one) => one.name)),
      binary.textArray(parked.map((one) => one.messageId)),
      binary.jsonbArray(problems),
      binary.textArray(parked.map((one) => one.raw)),
    ])
  }
  appendEntries(run, appends)
}
