import { lanes, ownSource, shardOf } from '@throughline/contracts'
import { applyConsentChanges, type ConsentChange } from '../consent/index.ts'
import { identify, lookUp, type HashIdentifier, type Merge } from '../identity/index.ts'
import { applyListChanges, mergeMemberships } from '../lists/index.ts'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { AcceptOutcome, Prepared } from './accept-event.ts'
import { controlEntry } from './controls.ts'
import { orderClaims } from './orders.ts'
import { FOR_EVER } from './read-event.ts'
import { append, makeAppending, type Entry } from './streams.ts'

const { int4Array, textArray } = binary
const DAY_MS = 86_400_000
const UNIQUE_VIOLATION = '23505'

export interface GroupResult {
  readonly outcomes: readonly AcceptOutcome[]
  readonly shards: ReadonlySet<number>
  /** Whether an event of the group had been accepted before. */
  readonly repeated: boolean
}

/** An id stood in `seen` already, where none was expected; whoever committed the group commits it once more, carefully. */
export class SeenBefore extends Error {}

/**
 * Commits a group in a transaction of its own: de-duplicate → identify → write consents → number and append → commit.
 * Each step takes its locks in one order, and the steps come in this order everywhere, so that groups of several servers
 * never wait for each other in a circle. What needs no answer goes out with what follows it: mostly two flights in all.
 * @param careful whether ids that were seen before are expected; when not, they make the whole group fail, at half the price
 * @param myTurn is asked before the locks of consents and of the heads of streams, for which the next group of this process would
 * wait; whatever it throws undoes the group
 * @param hash how forgotten identifiers are recognised
 * @throws SeenBefore, ForgottenMet, what PostgreSQL throws, and what `myTurn` does; the transaction is over then
 */
export async function commitGroup(
  client: Db,
  group: readonly Prepared[],
  careful: boolean,
  myTurn: () => Promise<void>,
  hash: HashIdentifier | undefined,
): Promise<GroupResult> {
  let open = true
  try {
    const now = Date.now()
    const [, fresh, known] = await together([
      client.query('begin'),
      keepUnseen(client, group, careful),
      lookUp(
        client,
        group.map(({ item }) => item),
      ),
    ])
    const outcomes: AcceptOutcome[] = group.map(({ eventId }) => ({ kind: 'duplicate', eventId }))
    const entries: Entry[] = []
    if (fresh.length > 0) {
      const { profiles, merges } = await identify(
        client,
        fresh.map((index) => group[index]!.item),
        now,
        known,
        hash,
      )
      await myTurn()
      await mergeMemberships(client, merges)
      const idle = await unchangedLists(client, fresh, group, profiles, now)
      fresh.forEach((index, at) => {
        if (idle.has(index)) return
        outcomes[index] = { kind: 'accepted', eventId: group[index]!.eventId, profileId: profiles[at]! }
        entries.push(toEntry(group[index]!, profiles[at]!))
      })
      for (const merge of merges) entries.push(mergeOut(merge, now))
      await applyConsentChanges(client, consentsOf(fresh, group, profiles, now))
    }
    // Made before anything goes out: the commit must not follow what could not be sent.
    const appending = makeAppending(entries)
    open = false
    await together([append(client, appending), client.query('commit')])
    return { outcomes, shards: appending.shards, repeated: fresh.length < group.length }
  } catch (error) {
    if (open) await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/** Waits for all, also when one fails, so that nothing is sent any more when the transaction is undone; then throws the first failure. */
async function together<T extends readonly unknown[]>(work: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(work)
  for (const result of settled) if (result.status === 'rejected') throw result.reason
  return Promise.all(work) as unknown as Promise<T>
}

function mergeOut({ id, loser, winner }: Merge, now: number): Entry {
  return controlEntry({ name: 'merge-out', id: `merge-out:${id}`, profileId: loser, properties: { merge: id, winner } }, now)
}

function consentsOf(fresh: readonly number[], group: readonly Prepared[], profiles: readonly string[], now: number): ConsentChange[] {
  return fresh.flatMap((index, at) => {
    const { consent, event } = group[index]!
    if (!consent) return []
    const profileId = profiles[at]!
    return {
      ...consent,
      shard: shardOf(profileId),
      profileId,
      at: Math.min(event.timestamp, now),
      history: event.lane === lanes.bulk,
      // A write key is public: nobody may silence, or sign up again, other people's addresses with it.
      trusted: event.source === ownSource || event.trusted === true,
    }
  })
}

/** Writes who joined or left a list, and answers the places of those events after which nobody's membership is another: they are none. */
async function unchangedLists(
  client: Db,
  fresh: readonly number[],
  group: readonly Prepared[],
  profiles: readonly string[],
  now: number,
): Promise<Set<number>> {
  const changes = fresh.flatMap((index, at) => {
    const { list } = group[index]!
    return list === null ? [] : { ...list, index, profileId: profiles[at]!, at: now }
  })
  if (changes.length === 0) return new Set()
  const changed = await applyListChanges(client, changes)
  return new Set(changes.filter((_, at) => !changed[at]).map(({ index }) => index))
}

function toEntry({ event, eventId, properties, context }: Prepared, profileId: string): Entry {
  return {
    lane: event.lane === lanes.bulk ? lanes.bulk : lanes.live,
    profileId,
    eventId,
    source: event.source,
    type: event.type,
    name: event.name,
    timestamp: event.timestamp,
    properties,
    context,
    triggers: event.triggers,
  }
}

/** Notes the ids of a group as seen and answers the places of those that were not, in order. */
async function keepUnseen(client: Db, group: readonly Prepared[], careful: boolean): Promise<number[]> {
  const first = new Map<string, number>()
  group.forEach(({ eventId }, index) => {
    if (!first.has(eventId)) first.set(eventId, index)
  })
  const rows = [...first.values()].map((index) => {
    const { event } = group[index]!
    return {
      index,
      day: dayOf(event.dedupeAt ?? event.timestamp),
      source: event.source,
      messageId: event.messageId,
      drifts: event.dedupeAt === undefined,
    }
  })
  const again = await keepUntold(client, group, rows)
  // One order for everybody: two servers that get the same retries at once wait for each other, never in a circle.
  rows.sort((a, b) => a.day - b.day || compare(a.source, b.source) || compare(a.messageId, b.messageId))

  const duplicates = new Set<number>(again)
  const drifting = rows.filter(({ drifts }) => drifts)
  if (drifting.length > 0) {
    for (const at of await findSeen(
      client,
      drifting.map((row) => ({ ...row, day: row.day - 1 })),
    ))
      duplicates.add(drifting[at]!.index)
  }
  const candidates = duplicates.size === 0 ? rows : rows.filter(({ index }) => !duplicates.has(index))
  if (careful) for (const at of await insertSeen(client, candidates)) duplicates.add(candidates[at]!.index)
  else await insertUnseen(client, candidates)
  return [...first.values()].filter((index) => !duplicates.has(index))
}

/**
 * Notes which orders a group tells and answers the places of those that count already: imported ones that anybody has told, and those
 * of clients that were imported. An order that clients tell twice is two events, as ever. These ids stand under the first day of all, so
 * that all locks of `seen` are still taken in one order.
 */
async function keepUntold(client: Db, group: readonly Prepared[], rows: readonly { readonly index: number }[]): Promise<number[]> {
  const told = rows.flatMap(({ index }) => {
    const { order } = group[index]!
    return order === null ? [] : { index, ...order }
  })
  if (told.length === 0) return []
  const claim = (source: string) => (id: string) => ({ day: FOR_EVER, source, messageId: id })
  const firsts = new Map<string, number>()
  // Of two in one group the client's is the one that counts.
  for (const { index, id, imported } of told) if (!imported || !firsts.has(id)) firsts.set(id, index)
  const ids = [...firsts.keys()].sort(compare)
  const known = new Set((await insertSeen(client, ids.map(claim(orderClaims.told)))).map((at) => ids[at]!))
  const counts = ({ index, id }: { readonly index: number; readonly id: string }) => !known.has(id) && firsts.get(id) === index
  const fresh = told.filter((one) => one.imported && counts(one)).map(({ id }) => id)
  if (fresh.length > 0) await insertSeen(client, fresh.sort(compare).map(claim(orderClaims.imported)))
  const asked = told.filter(({ id, imported }) => !imported && known.has(id))
  const claims = asked.map(({ id }) => claim(orderClaims.imported)(id))
  const before = new Set(claims.length === 0 ? [] : (await findSeen(client, claims)).map((at) => asked[at]!.index))
  return told.filter((one) => (one.imported ? !counts(one) : before.has(one.index))).map(({ index }) => index)
}

interface SeenRow {
  readonly day: number
  readonly source: string
  readonly messageId: string
}

const seenColumns = (rows: readonly SeenRow[]): [Buffer, Buffer, Buffer] => [
  int4Array(rows.map(({ day }) => day)),
  textArray(rows.map(({ source }) => source)),
  textArray(rows.map(({ messageId }) => messageId)),
]

/** Inserts ids and answers the places of those that were there already. */
async function insertSeen(client: Db, rows: readonly SeenRow[]): Promise<number[]> {
  // "not in" is a hashed look-up whatever the planner thinks of the number of rows, and only duplicates travel back.
  const result = await client.query<{ at: number }>({
    name: 'accept-seen',
    text: `with k as materialized (
             select * from unnest($1::int4[], $2::text[], $3::text[]) with ordinality as k (day, source, message_id, at)
           ), ins as (
             insert into seen (day, source, message_id) select day, source, message_id from k
             on conflict (day, source, message_id) do nothing returning day, source, message_id
           )
           select k.at::int4 as at from k where (k.day, k.source, k.message_id) not in (select day, source, message_id from ins)`,
    values: seenColumns(rows),
  })
  return result.rows.map(({ at }) => at - 1)
}

/** Inserts ids that are thought to be new: "on conflict" looks each of them up and writes it in two steps, twice the work. */
async function insertUnseen(client: Db, rows: readonly SeenRow[]): Promise<void> {
  try {
    await client.query({
      name: 'accept-unseen',
      text: 'insert into seen (day, source, message_id) select * from unnest($1::int4[], $2::text[], $3::text[])',
      values: seenColumns(rows),
    })
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION ? new SeenBefore() : error
  }
}

/** The places of those ids that stand in `seen`. */
async function findSeen(client: Db, rows: readonly SeenRow[]): Promise<number[]> {
  const result = await client.query<{ at: number }>({
    name: 'accept-find-seen',
    text: `select k.at::int4 as at
           from unnest($1::int4[], $2::text[], $3::text[]) with ordinality as k (day, source, message_id, at)
           cross join lateral (select from seen where day = k.day and source = k.source and message_id = k.message_id limit 1) s`,
    values: seenColumns(rows),
  })
  return result.rows.map(({ at }) => at - 1)
}

const FIRST_DAY = -25_000_000
function dayOf(at: number): number {
  return Math.max(FIRST_DAY, Math.min(-FIRST_DAY, Math.floor(at / DAY_MS)))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
