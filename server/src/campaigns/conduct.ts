import { lanes, shardCount, type CampaignDefinition } from '@throughline/contracts'
import { appendControls, INBOX_CHANNEL, shardProfile } from '../ingest/index.ts'
import { loadLatestOf } from '../journeys/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { deadlineOf, markChecked, passGate, readMeant, recheckSends } from './approval/gate.ts'
import { loadApprovals, type Asker } from './approval/store.ts'
import { readSubject } from './approval/subject.ts'
import type { AskHistory } from './earnings.ts'
import { callBackSend, endWaiting } from './recall.ts'
import { fillResend } from './resend-people.ts'
import { endStage, firstStage, isInStage, skipStages } from './ramp/stages.ts'
import { watchRamps } from './ramp/watch.ts'
import { beginWeights, currentWeights } from './variants/learn.ts'
import { beginRest, endTest } from './variants/parts.ts'
import { readVersion } from './variants/standing.ts'
import { claimDue, findDue, insertSend, loadSend, lockCampaign, NOW, setState, type Send } from './store.ts'
import { isSeries, LATE_MS, timeOf } from './times.ts'

/** Messages of one send that may lie in the outbox: enough that the sender never waits for more, few enough to be called back at once. */
const OPEN = 4_000
/** Messages that one shard may let come about in one turn. */
const TURN = 250
/** How long the list of those whom a resend is for is written on end before other sends have their turn, ms. */
const FILL_MS = 500
/** Few shards have a turn of so many rather than all of them one of a few: each costs a transaction, however few it is for. */
const LEAST_TURN = 50
/** The throttle lets no more than what it allows in so long come at once, ms: what was missed is not made up for. */
const BURST_MS = 1_000

type Due = Send & { readonly now: number }

/**
 * One round of the conductor: begins sends whose time has come, hands out turns, and ends what is through. Each send is looked at by one
 * process at a time, and all that it knows stands in the database, so that it goes on where it was after a kill.
 * @param zone of the shop, IANA name
 * @param ask history, of who did what a campaign is for
 */
export async function conductSends(pool: Pool, zone: string, ask: AskHistory): Promise<void> {
  await recheckSends(pool)
  await watchRamps(pool)
  const ids = await findDue(pool)
  if (ids.length === 0) return
  const { rows } = await pool.query(`select 1 from sending_holds where what = '*'`)
  const isStopped = rows.length > 0
  const failures: unknown[] = []
  for (const id of ids) {
    // One that cannot go on (history is away) holds no other back.
    try {
      const until = performance.now() + FILL_MS
      while ((await conduct(pool, id, { zone, ask, isStopped })) && performance.now() < until);
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** Looks after one send, once. @returns whether there is more to do at once */
function conduct(
  pool: Pool,
  id: string,
  { zone, ask, isStopped }: { readonly zone: string; readonly ask: AskHistory; readonly isStopped: boolean },
): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const send = await claimDue(client, id)
    if (send === null) return false
    if (send.state === 'cancelled') await wind(client, send)
    else if (send.state === 'waiting') await missTime(client, send, zone)
    else if (isStopped) return false
    else if (send.state === 'scheduled') return begin(client, send, zone, ask)
    else await feed(client, send)
    return false
  })
}

// While history is read for segments or for where people are, or this version is on its way to a shard, who is meant is not known everywhere.
const READY = `
select not exists (select 1 from leaf_fills where status <> 'done' and $3::boolean)
  and not exists (select 1 from definitions d where d.epoch > (select min(definitions_epoch) from shards)
    and ($3::boolean or (d.kind = 'campaign' and d.id = $1::text and d.version = $2::int))) as ready`

const LATE = 'Its time came while Throughline was not running, more than a day ago.'

/** @returns whether it is still being written down whom the send is for */
async function begin(client: PoolClient, given: Due, zone: string, ask: AskHistory): Promise<boolean> {
  let send = given
  const giveUp = async (why: string): Promise<false> => {
    await setState(client, send.id, 'cancelled', why, true)
    return false
  }
  const isLate = send.now - send.startsAt > LATE_MS
  if (isLate && !send.isSeries) return giveUp(LATE)
  const latest = (await loadLatestOf(client, 'campaign')).find(({ definition }) => definition.id === send.campaign)
  if (send.isSeries) {
    const next = latest === undefined ? null : await orderNext(client, send, latest, zone, null)
    if (next === null || latest === undefined) return giveUp('The campaign does not go out again and again any more.')
    if (isLate) return giveUp(LATE)
    send = { ...send, version: latest.version }
  }
  const { rows: bodies } = await client.query<{ body: CampaignDefinition }>(
    `select body from definitions where kind = 'campaign' and id = $1::text and version = $2::int`,
    [send.campaign, send.version],
  )
  const body = bodies[0]?.body
  const audience = body?.audience
  const asksHistory = send.slot !== null || audience?.segment !== undefined || audience?.except !== undefined
  const { rows } = await client.query<{ ready: boolean }>(READY, [send.campaign, send.version, asksHistory])
  if (rows[0]?.ready !== true || body === undefined) return false
  if (send.filledTo === null && !(await passGate(client, send, body, null))) return false
  if (send.resendOf !== null && send.whom !== null) {
    const before = await loadSend(client, send.campaign, send.resendOf)
    if (!(await fillResend(client, ask, { send, before, whom: send.whom, goal: body.goal }))) return true
  }
  const { digest } = await readSubject(client, send, body)
  await client.query(
    `update campaign_sends set state = 'sending', version = $2::int, started_at = ${NOW}, allowance = 1, allowance_at = ${NOW}, part = $3::text, gate_digest = $4::text,
       ramp_stage = case when $5::float8 is null then null else 0 end, ramp_from = case when $5::float8 is null then null else 0 end, ramp_to = $5::float8
     where id = $1::text`,
    [
      send.id,
      send.version,
      body.winner === undefined || send.resendOf !== null ? null : 'test',
      digest,
      body.ramp === undefined || send.resendOf !== null ? null : firstStage(body.ramp).to,
    ],
  )
  if (body.learn !== undefined && send.resendOf === null) await beginWeights(client, send, body, body.learn)
  await client.query(
    'insert into campaign_cursors (shard, send_id) select s, $1::text from generate_series(0, $2::int) s on conflict do nothing',
    [send.id, shardCount - 1],
  )
  return false
}

/** The send after this one in a series; null when the campaign, as it is by now, is none. */
async function orderNext(
  client: PoolClient,
  send: Due,
  { definition, version }: { readonly definition: CampaignDefinition; readonly version: number },
  zone: string,
  asker: Asker | null,
): Promise<Send | null> {
  if (definition.archived === true || !isSeries(definition.when)) return null
  await lockCampaign(client, send.campaign)
  const { rows } = await client.query<{ n: number }>(
    'select max(number) as n from campaign_sends where campaign_id = $1::text and is_series',
    [send.campaign],
  )
  // It was ordered by an earlier round, in which this one could not begin yet.
  if (rows[0]!.n > send.number) return send
  const time = timeOf(definition.when, Math.max(send.now, send.startsAt) + 60_000, zone)
  if (time === null) return null
  const { campaign, by, properties } = send
  const next = await insertSend(client, { campaign, version, isSeries: true, by, key: null, properties, undoUntil: null, ...time })
  await markChecked(client, next.id)
  await passGate(client, next, definition, asker)
  return next
}

/** Nothing goes out late because its approval took long: a send whose time has passed stays at home and says so. Of a series the next one is ordered. */
async function missTime(client: PoolClient, send: Due, zone: string): Promise<void> {
  const definition = await readMeant(client, send)
  const isOver = definition === undefined || (send.isSeries && (definition.archived === true || !isSeries(definition.when)))
  const deadline = isOver ? send.now : deadlineOf(send, definition)
  if (deadline === null || send.now < deadline) return
  let next = 'Give it a later time and send it again.'
  if (send.isSeries && definition !== undefined) {
    const latest = (await loadLatestOf(client, 'campaign')).find((one) => one.definition.id === send.campaign)
    const asked = (await loadApprovals(client, [send.id])).get(send.id)
    // Whoever asked answers for what it said then.
    const isSame = asked?.state === 'asked' && asked.digest === (await readSubject(client, send, definition)).digest
    const ordered =
      latest === undefined
        ? null
        : await orderNext(client, send, latest, zone, isSame ? { name: asked.askedBy, account: asked.askedId } : null)
    next = ordered === null ? 'The campaign does not go out again and again any more.' : `The next one is send ${ordered.number}.`
  }
  await setState(client, send.id, 'cancelled', `Its time passed while it waited for an approval; nobody got it. ${next}`, true)
}

interface Standing {
  [column: string]: unknown
  readonly open: number
  readonly waiting: number
  readonly granted: number
  readonly unused: number
  readonly left: number
}

// Turns that were taken give back what they did not use; those on their way count as if they had used all.
const STANDING = `
select (select count(*) from messages where send_id = $1::text and status in ('queued', 'sending')) as open,
  (select count(*) from (select 1 from runs where send_id = $1::text limit 1) w) as waiting,
  coalesce(sum(granted) filter (where taken < issued), 0)::int as granted,
  coalesce(sum(granted - used) filter (where taken = issued), 0)::int as unused,
  count(*) filter (where not is_done) as left
from campaign_cursors where send_id = $1::text`

async function readStanding(client: PoolClient, id: string): Promise<Standing> {
  const { rows } = await client.query<Standing>({ name: 'campaign-cursors', text: STANDING, values: [id] })
  // What was given back is given back once.
  await client.query({
    name: 'campaign-settle',
    text: 'update campaign_cursors set granted = 0, used = 0 where send_id = $1::text and taken = issued and granted > 0',
    values: [id],
  })
  return rows[0]!
}

async function feed(client: PoolClient, send: Due): Promise<void> {
  const { open, waiting, granted, unused, left } = await readStanding(client, send.id)
  if (left === 0 && send.part === 'test') return endTest(client, send)
  const definition = left === 0 && !isInStage(send) ? undefined : await readVersion(client, send)
  if (left === 0 && isInStage(send) && definition?.ramp !== undefined)
    // What a stage comes to is not known before its messages are out.
    return open > 0 ? undefined : endStage(client, send, definition.ramp)
  if (left === 0 && open === 0 && waiting === 0) return setState(client, send.id, 'done', send.note, true)
  const perMinute = definition?.perMinute ?? null
  let room = Math.max(0, OPEN - open - granted)
  let allowance = send.allowance
  if (perMinute !== null) {
    allowance += unused + ((send.now - (send.allowanceAt ?? send.now)) * perMinute) / 60_000
    allowance = Math.min(allowance, Math.max(1, (perMinute * BURST_MS) / 60_000) + unused)
    room = Math.min(room, Math.floor(allowance))
  }
  const given = await handOut(client, send, room)
  await client.query({
    name: 'campaign-allowance',
    text: 'update campaign_sends set allowance = $2::float8, allowance_at = $3::bigint where id = $1::text',
    values: [send.id, perMinute === null ? 0 : allowance - given, send.now],
  })
}

/** Messages go on to be counted as cancelled until everybody in the audience was looked at. */
async function wind(client: PoolClient, send: Due): Promise<void> {
  const { open, waiting, left } = await readStanding(client, send.id)
  // Those who were to wait for the winner are counted as well.
  if (left === 0 && send.part === 'test') return beginRest(client, send)
  if (left === 0 && isInStage(send)) return skipStages(client, send, (await readVersion(client, send))?.ramp?.steps.length ?? 0)
  if (left === 0 && open === 0 && waiting === 0) return setState(client, send.id, 'cancelled', send.note, true)
  if (left > 0) await handOut(client, send, shardCount * LEAST_TURN)
  if (open > 0) await callBackSend(client, send.id, `Not sent: ${send.note ?? 'the campaign was cancelled.'}`)
  if (left === 0 && waiting > 0) await endWaiting(client, send)
}

/** Hands out turns to shards that have none, those that had fewest first. @returns how many messages they may let come about */
async function handOut(client: PoolClient, send: Due, room: number): Promise<number> {
  if (room <= 0) return 0
  const { rows: idle } = await client.query<{ shard: number; issued: number; after: string | null }>({
    name: 'campaign-idle',
    text: `select shard, issued, after from campaign_cursors where send_id = $1::text and not is_done and taken = issued order by issued, shard limit $2::int`,
    values: [send.id, Math.max(1, Math.floor(room / LEAST_TURN))],
  })
  if (idle.length === 0) return 0
  const most = Math.min(TURN, Math.floor(room / idle.length))
  // Whole slices: one for the few that are left over would read as many people as any other.
  const each = most < LEAST_TURN ? most : most - (most % LEAST_TURN)
  await client.query(
    `update campaign_cursors set issued = issued + 1, granted = $3::int, used = 0 where send_id = $1::text and shard = any ($2::smallint[])`,
    [send.id, idle.map(({ shard }) => shard), each],
  )
  const weights = send.learned === null ? null : await currentWeights(client, send)
  await appendControls(
    client,
    idle.map(({ shard, issued, after }) => ({
      name: 'campaign',
      id: `campaign:${send.id}:${shard}:${issued + 1}`,
      profileId: shardProfile(shard),
      lane: lanes.bulk,
      properties: {
        send: send.id,
        campaign: send.campaign,
        version: send.version,
        slot: send.slot,
        properties: send.properties,
        turn: issued + 1,
        resend: send.resendOf === null || send.whom === null ? null : { of: `${send.campaign}#${send.resendOf}`, to: send.whom },
        after,
        granted: each,
        used: 0,
        part: send.part ?? 'all',
        winner: send.winner,
        weights,
        band: send.ramp === null ? null : { from: send.ramp.from, to: send.ramp.to },
      },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
  return each * idle.length
}
