import { lanes, ownSource, shardOf } from '@throughline/contracts'
import { applyConsentChanges } from '../consent/index.ts'
import { identify } from '../identity/index.ts'
import { binary, type PoolClient } from '../platform/postgres/index.ts'
import type { AcceptOutcome, Prepared } from './accept-event.ts'
import { controlEntry } from './controls.ts'
import { appendEntries, type Entry } from './streams.ts'

const { int4Array, textArray } = binary
const DAY_MS = 86_400_000

export interface GroupResult {
  readonly outcomes: readonly AcceptOutcome[]
  readonly shards: ReadonlySet<number>
}

/**
 * The accepting transaction, between begin and commit: de-duplicate → identify → write consents → number and append.
 * Each step takes its locks in one order, and the steps come in this order everywhere, so that groups of several servers
 * never wait for each other in a circle.
 */
export async function commitGroup(client: PoolClient, group: readonly Prepared[]): Promise<GroupResult> {
  const now = Date.now()
  const fresh = await keepUnseen(client, group)
  const outcomes: AcceptOutcome[] = group.map(({ eventId }) => ({ kind: 'duplicate', eventId }))
  if (fresh.length === 0) return { outcomes, shards: new Set() }

  const { profiles, merges } = await identify(
    client,
    fresh.map((index) => group[index]!.item),
    now,
  )
  fresh.forEach((index, at) => (outcomes[index] = { kind: 'accepted', eventId: group[index]!.eventId, profileId: profiles[at]! }))
  const consents = fresh.flatMap((index, at) => {
    const { consent, event } = group[index]!
    const profileId = profiles[at]!
    return consent
      ? [
          {
            ...consent,
            shard: shardOf(profileId),
            profileId,
            at: Math.min(event.timestamp, now),
            history: event.lane === lanes.bulk, // A write key is public: nobody may silence, or sign up again, other people's addresses with it.
            trusted: event.source === ownSource,
          },
        ]
      : []
  })
  await applyConsentChanges(client, consents)

  const entries = fresh.map((index, at) => toEntry(group[index]!, profiles[at]!))
  for (const merge of merges) {
    entries.push(
      controlEntry(
        { name: 'merge-out', id: `merge-out:${merge.id}`, profileId: merge.loser, properties: { merge: merge.id, winner: merge.winner } },
        now,
      ),
    )
  }
  return { outcomes, shards: await appendEntries(client, entries) }
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
async function keepUnseen(client: PoolClient, group: readonly Prepared[]): Promise<number[]> {
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
  // One order for everybody: two servers that get the same retries at once wait for each other, never in a circle.
  rows.sort((a, b) => a.day - b.day || compare(a.source, b.source) || compare(a.messageId, b.messageId))

  const duplicates = new Set<number>()
  const drifting = rows.filter(({ drifts }) => drifts)
  if (drifting.length > 0) {
    for (const at of await findSeen(
      client,
      drifting.map((row) => ({ ...row, day: row.day - 1 })),
    ))
      duplicates.add(drifting[at]!.index)
  }
  const candidates = duplicates.size === 0 ? rows : rows.filter(({ index }) => !duplicates.has(index))
  const taken = await insertSeen(client, candidates)
  for (const at of taken) duplicates.add(candidates[at]!.index)
  return [...first.values()].filter((index) => !duplicates.has(index))
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
async function insertSeen(client: PoolClient, rows: readonly SeenRow[]): Promise<number[]> {
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

/** The places of those ids that stand in `seen`. */
async function findSeen(client: PoolClient, rows: readonly SeenRow[]): Promise<number[]> {
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
