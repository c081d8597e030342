import { lanes, readDate, shardCount, type JourneyDefinition, type JourneyEntryOf } from '@throughline/contracts'
import { audienceKey, latestOccasion, type AudienceCall, type JourneyStanding } from '@throughline/engine'
import { appendControls, INBOX_CHANNEL, shardProfile } from '../ingest/index.ts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'
import { readJourneyStates } from './state-store.ts'

/** An audience that nobody let in for so long stays out: what it was told would be out of date. */
const LATE_MS = 86_400_000
/** No clocks are so far ahead of others: before it is 09:00 anywhere, everybody has to know when it is 09:00 for them. */
const AHEAD_MS = 14 * 3_600_000

interface Scheduled {
  [key: string]: unknown
  readonly body: JourneyDefinition
  readonly version: number
  readonly published_at: number
}

/** A journey in its latest version, with what it was before. */
interface Journey {
  readonly definition: JourneyDefinition
  readonly version: number
  /** Keys of the audiences of each version and when it was published, epoch ms; the latest first. */
  readonly versions: readonly { readonly keys: ReadonlySet<string>; readonly publishedAt: number }[]
}

// All versions of those journeys whose latest lets audiences in, the latest first: few, however many journeys there are.
const SCHEDULED = `
select d.body, d.version, (extract(epoch from d.published_at) * 1000)::bigint as published_at
from (
  select distinct on (id) id, body from definitions where kind = 'journey' order by id, version desc
) latest
join definitions d on d.kind = 'journey' and d.id = latest.id
where jsonb_path_exists(latest.body, '$.entries[*] ? (@.kind == "audience")')
order by d.id, d.version desc`

// While history is read for segments, or a publication is on its way to a shard, who is in a segment is not known of everybody.
const READING = `
select exists (select 1 from leaf_fills where status <> 'done')
  or exists (select 1 from definitions d where d.epoch > (select min(definitions_epoch) from shards)) as reading`

// Audiences of an earlier release are known by their place alone: whichever it was, it has had this time.
const ANNOUNCED = `
insert into journey_slots (journey_id, key, slot, announced_at)
select $1::text, $2::text, $3::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint
where not exists (select 1 from journey_slots where journey_id = $1::text and slot = $3::bigint and key like 'entry %')
on conflict do nothing`

/**
 * Lets in the audiences whose time has come: an entry in every shard's bulk lane, from which its people come in a slice at a time. Each time
 * of each entry once, however many processes look. An audience of a segment waits until all know who is in it.
 * @param zone of the shop, IANA name
 */
export async function announceAudiences(pool: Pool, zone: string): Promise<void> {
  const { rows } = await pool.query<Scheduled>({ name: 'journeys-scheduled', text: SCHEDULED })
  if (rows.length === 0) return
  const states = await readJourneyStates(pool)
  const now = Date.now()
  let reading: boolean | undefined
  for (const { definition, version, versions } of gather(rows)) {
    const { id } = definition
    const standing = states.get(id)
    if (standing !== undefined && standing.state !== 'live') continue
    for (const start of audiencesOf(definition)) {
      const key = audienceKey(start)
      const slot = dueSlot(start, { publishedAt: inForceSince(versions, key), standing, zone, now })
      if (slot === null) continue
      if (start.segment !== undefined) reading ??= (await pool.query<{ reading: boolean }>(READING)).rows[0]!.reading
      if (start.segment === undefined || reading === false) await announce(pool, { journey: id, version, key, slot })
    }
  }
}

function audiencesOf({ entries }: JourneyDefinition): readonly JourneyEntryOf<'audience'>[] {
  return (entries ?? []).flatMap((entry) => (entry.kind === 'audience' ? [entry] : []))
}

/** @param rows all versions of each journey together, the latest first */
function gather(rows: readonly Scheduled[]): readonly Journey[] {
  const journeys = new Map<string, { definition: JourneyDefinition; version: number; versions: Journey['versions'][number][] }>()
  for (const { body, version, published_at: publishedAt } of rows) {
    const journey = journeys.get(body.id) ?? { definition: body, version, versions: [] }
    journey.versions.push({ keys: new Set(audiencesOf(body).map(audienceKey)), publishedAt })
    journeys.set(body.id, journey)
  }
  return [...journeys.values()]
}

/**
 * Since when an audience has been in every version, epoch ms: a version that says the same of it takes no time away that waits for a
 * segment's history.
 */
function inForceSince(versions: Journey['versions'], key: string): number {
  let since = Infinity
  for (const { keys, publishedAt } of versions) {
    if (!keys.has(key)) break
    since = publishedAt
  }
  return since
}

/** The time that has come and is not to be missed; null: none. Times from before it was published, or resumed, are over. */
function dueSlot(
  { when, zone }: JourneyEntryOf<'audience'>,
  at: { readonly publishedAt: number; readonly standing: JourneyStanding | undefined; readonly zone: string; readonly now: number },
): number | null {
  // As soon as it is published: once and for all.
  if (when.kind === 'once' && when.at === undefined) return 0
  const since = Math.max(at.publishedAt, at.standing?.since ?? 0, at.now - LATE_MS)
  const isInstant = when.kind === 'once' && when.at !== undefined && readDate(when.at)?.isInstant === true
  if (zone === 'shop' || isInstant) {
    const slot = latestOccasion(when, at.zone, at.now)
    return slot !== null && slot > since ? slot : null
  }
  // By each person's own clocks: told before the first of them show it.
  const slot = latestOccasion(when, 'UTC', at.now + AHEAD_MS)
  return slot !== null && slot > since ? slot : null
}

async function announce(pool: Pool, call: AudienceCall): Promise<void> {
  const { journey, key, slot } = call
  await withTransaction(pool, async (client) => {
    const { rowCount } = await client.query({ name: 'journeys-slot', text: ANNOUNCED, values: [journey, key, slot] })
    if (rowCount === 0) return
    await appendControls(
      client,
      Array.from({ length: shardCount }, (_, shard) => ({
        name: 'audience',
        id: `audience:${journey}:${key}:${slot}:${shard}:`,
        profileId: shardProfile(shard),
        lane: lanes.bulk,
        properties: { ...call, after: null },
      })),
    )
    await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
  })
}
