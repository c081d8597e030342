import { randomUUID } from 'node:crypto'
import { eventNames, lanes, ownSource, shardCount, type JourneyDefinition, type Settings } from '@throughline/contracts'
import { shopEntriesOf, shopRequest, type ShopEvent } from '@throughline/engine'
import type { AcceptEvent, AcceptOutcome } from '../ingest/index.ts'
import { loadLatestOf, readJourneyStates } from '../journeys/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { openPast, readUpTo, type Asker } from '../segments/index.ts'
import { concernedIn } from './concerned.ts'
import { claimTurn, LEASE_MS, letAcceptedSettle, noteTurn, releaseTurn, type Turn } from './store.ts'

/** People asked for at a time, about: their entry events are accepted in some seconds. */
const AT_ONCE = 20_000
const A_BATCH = 500
/** How soon it is asked again whether the export has come so far, ms. */
const AGAIN_MS = 300
/** How soon a turn that failed is taken up again, ms: the others have theirs meanwhile. */
const AFTER_FAILURE_MS = 30_000
/** What nobody fanned out for so long lets nobody in: it would be out of date. */
const LATE_MS = 86_400_000

export interface FanOutDeps {
  readonly pool: Pool
  readonly ask: Asker
  readonly settings: () => Promise<Settings>
  readonly append: (events: AcceptEvent[]) => Promise<readonly AcceptOutcome[]>
}

/**
 * Lets in the next people whom an event of the shop concerns: one slice of one turn. Their entry events bear an id made of event, journey and
 * person, so that a slice which was killed in the middle, or is done twice, lets nobody in twice.
 * @returns whether there was something to do
 * @throws SegmentError `history_unavailable`; the turn is taken up again later, and the others go on
 */
export async function fanOutShopEvents(deps: FanOutDeps, signal: AbortSignal): Promise<boolean> {
  const lease = randomUUID()
  const turn = await claimTurn(deps.pool, lease)
  if (turn === undefined) return false
  try {
    return await work(deps, turn, lease, signal)
  } catch (error) {
    await releaseTurn(deps.pool, lease, AFTER_FAILURE_MS)
    throw error
  }
}

async function work({ pool, ask, settings, append }: FanOutDeps, turn: Turn, lease: string, signal: AbortSignal): Promise<boolean> {
  const { nextShard, receivedAt } = turn
  const end = (note: string): Promise<void> => noteTurn(pool, lease, { nextShard, reached: 0, end: { note } })
  const journey = await findLive(pool, turn.journey)
  if (typeof journey === 'string') {
    await end(journey)
    return true
  }
  if (Date.now() - receivedAt > LATE_MS) {
    await end('it had waited for more than a day')
    return true
  }
  // Everything that was accepted before the event has to be in history.
  if (nextShard === 0) await letAcceptedSettle(pool)
  if ((await readUpTo(pool)) < receivedAt) {
    await releaseTurn(pool, lease, AGAIN_MS)
    return false
  }
  const past = await openPast({ pool, ask, settings }, receivedAt)
  const said: ShopEvent = { name: turn.name, properties: turn.properties, at: receivedAt }
  const entries = shopEntriesOf(journey, said, past.contextAt(receivedAt))
  const misfits = entries.flatMap(({ misfit }) => misfit ?? [])
  if (misfits.length === entries.length) {
    await end(entries.length === 0 ? 'the journey has no entry for it any more' : [...new Set(misfits)].join(', and '))
    return true
  }
  // Of several ways in, one may do without what another one lacks.
  const note = misfits.length === 0 ? null : `another way in concerns nobody, since ${[...new Set(misfits)].join(', and ')}`
  const to = Math.min(shardCount, nextShard + (await shardsAtOnce(pool, nextShard))) - 1
  const concerned = [...(await concernedIn(past, entries, receivedAt, { shards: { from: nextShard, to }, signal }))]
  let reached = 0
  for (let from = 0; from < concerned.length; from += A_BATCH) {
    if (from > 0) await releaseTurn(pool, lease, LEASE_MS)
    const events = concerned.slice(from, from + A_BATCH).map(([profileId, keys]) => entryEvent(turn, said, profileId, keys))
    // A slice is noted once, so whoever was reached by an earlier attempt at it counts now.
    reached += (await append(events)).filter(({ kind }) => kind !== 'rejected').length
  }
  await noteTurn(pool, lease, { nextShard: to + 1, reached, ...(to === shardCount - 1 && { end: { note } }) })
  return true
}

/** The journey as it is published now, or why nobody comes in. */
async function findLive(pool: Pool, id: string): Promise<JourneyDefinition | string> {
  const [stored, states] = await Promise.all([loadLatestOf(pool, 'journey'), readJourneyStates(pool)])
  const state = states.get(id)?.state ?? 'live'
  const found = stored.find(({ definition }) => definition.id === id)?.definition
  if (found === undefined) return 'the journey is gone'
  return state === 'live' ? found : `the journey is ${state}`
}

/** How many shards are asked for at a time. People are spread evenly over them, so one is counted for all. */
async function shardsAtOnce(pool: Pool, shard: number): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'select count(*) as n from (select from profiles where shard = $1::smallint limit $2::int) s',
    [shard, AT_ONCE],
  )
  return Math.max(1, Math.min(shardCount, Math.floor(AT_ONCE / Math.max(1, rows[0]!.n))))
}

function entryEvent({ messageId, journey, receivedAt }: Turn, said: ShopEvent, profileId: string, keys: readonly string[]): AcceptEvent {
  return {
    source: ownSource,
    messageId: `shop-event:${journey}:${messageId}:${profileId}`,
    type: 'track',
    name: eventNames.journeyRequested,
    timestamp: receivedAt,
    // The id of a repeated event is looked for at one and the same day, for ever.
    dedupeAt: 0,
    properties: shopRequest(journey, keys, said),
    context: {},
    lane: lanes.bulk,
    triggers: true,
    who: { profileId },
  }
}
