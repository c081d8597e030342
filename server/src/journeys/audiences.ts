import { lanes, readDate, shardCount, type JourneyDefinition, type JourneyEntryOf } from '@throughline/contracts'
import { latestOccasion, type JourneyStanding } from '@throughline/engine'
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
  readonly published_at: number
}

// Those of the journeys whose latest version lets audiences in: few, however many journeys there are.
const SCHEDULED = `
select body, published_at from (
  select distinct on (id) id, body, (extract(epoch from published_at) * 1000)::bigint as published_at
  from definitions where kind = 'journey' order by id, version desc
) latest
where jsonb_path_exists(body, '$.entries[*] ? (@.kind == "audience")')`

// While history is read for segments, or a publication is on its way to a shard, who is in a segment is not known of everybody.
const READING = `
select exists (select 1 from leaf_fills where status <> 'done')
  or exists (select 1 from definitions d where d.epoch > (select min(definitions_epoch) from shards)) as reading`

const ANNOUNCED = `
insert into journey_slots (journey_id, entry, slot, announced_at)
values ($1::text, $2::int, $3::bigint, (extract(epoch from clock_timestamp()) * 1000)::bigint)
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
  for (const { body, published_at: publishedAt } of rows) {
    const standing = states.get(body.id)
    if (standing !== undefined && standing.state !== 'live') continue
    for (const [entry, start] of (body.entries ?? []).entries()) {
      const slot = start.kind === 'audience' ? dueSlot(start, { publishedAt, standing, zone, now }) : null
      if (slot === null || start.kind !== 'audience') continue
      if (start.segment !== undefined) reading ??= (await pool.query<{ reading: boolean }>(READING)).rows[0]!.reading
      if (start.segment === undefined || reading === false) await announce(pool, body.id, entry, slot)
    }
  }
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

async function announce(pool: Pool, journey: string, entry: number, slot: number): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { rowCount } = await client.query({ name: 'journeys-slot', text: ANNOUNCED, values: [journey, entry, slot] })
    if (rowCount === 0) return
    await appendControls(
      client,
      Array.from({ length: shardCount }, (_, shard) => ({
        name: 'audience',
        id: `audience:${journey}:${entry}:${slot}:${shard}:`,
        profileId: shardProfile(shard),
        lane: lanes.bulk,
        properties: { journey, entry, slot, after: null },
      })),
    )
    await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
  })
}
