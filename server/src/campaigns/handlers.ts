import {
  shardCount,
  usualGoal,
  type CampaignDefinition,
  type CampaignSummary,
  type Definition,
  type JsonObject,
} from '@throughline/contracts'
import { findProblems } from '../ingest/index.ts'
import { loadLatest, loadLatestOf, type StoredDefinition } from '../journeys/index.ts'
import type { Handlers } from '../platform/http/index.ts'
import { makeFigure } from '../platform/figure/index.ts'
import { withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { act } from './act.ts'
import { askerOf } from './approval/decide.ts'
import { markChecked, passGate } from './approval/gate.ts'
import { makeApprovalHandlers } from './approval/handlers.ts'
import type { Asker } from './approval/store.ts'
import { readCalendar } from './calendar.ts'
import { readEarnings, type AskHistory } from './earnings.ts'
import { CampaignError, unknownCampaign, unknownSend } from './errors.ts'
import { estimate, type EstimateDeps, type Nearby } from './estimate.ts'
import { readFullStop, setFullStop } from './full-stop.ts'
import { readRedirects, setRedirect } from './redirects.ts'
import { estimateResend, findResendable, orderResend } from './resend.ts'
import { findByKey, insertSend, loadLatestSends, loadSend, loadSends, lockCampaign, readNow, type Send } from './store.ts'
import { tallySends } from './tally.ts'
import { isSeries, timeOf, UNDO_MS } from './times.ts'
import { makeVariantHandlers, type VariantDeps } from './variants/handlers.ts'
import { describeCampaign } from './words.ts'

export interface CampaignDeps extends EstimateDeps, VariantDeps {
  readonly pool: Pool
  readonly ask: AskHistory
}

const DAY_MS = 86_400_000
// The key begins with the shard.
const COUNT_PEOPLE = `
select sum((select count(*) from campaign_people p where p.shard = s.s::smallint and p.send_id = $1::text))::bigint as n
from generate_series(0, ${shardCount - 1}) s`

type Stored = StoredDefinition<CampaignDefinition>

/** Handlers of campaigns, their sends, and the full stop. */
export function makeCampaignHandlers(deps: CampaignDeps) {
  const { pool } = deps
  const countPeople = makeFigure(async () => {
    const { rows } = await pool.query<{ n: number }>('select count(*) as n from profiles where merged_into is null')
    return rows[0]!.n
  })

  return {
    ...makeVariantHandlers(deps),
    ...makeApprovalHandlers(deps),
    async campaigns() {
      const [stored, sends, definitions] = await Promise.all([loadLatestOf(pool, 'campaign'), loadLatestSends(pool), loadAll(pool)])
      return { items: stored.map((one) => summaryOf(one, sends.get(one.definition.id), definitions)) }
    },
    async campaign({ params }) {
      const stored = await find(pool, params.id)
      const [sends, definitions, redirects] = await Promise.all([loadSends(pool, params.id), loadAll(pool), readRedirects(pool, params.id)])
      return {
        ...summaryOf(stored, sends[0], definitions),
        definition: stored.definition,
        redirects,
        sends: await tallySends(pool, sends, stored.definition, expectedOf(stored.definition)),
      }
    },
    async estimateCampaign({ body, signal }) {
      const { zone } = await deps.settings()
      const at = timeOf(body.definition.when, Date.now() + UNDO_MS, zone)?.startsAt ?? Date.now()
      const span = body.overlapDays * DAY_MS
      const [planned, sends, definitions] = await Promise.all([
        readCalendar(pool, { from: at - span, to: at + span }, zone),
        loadLatestSends(pool),
        loadAll(pool),
      ])
      const nameOf = (id: string): string => definitions.find((one) => one.kind === 'campaign' && one.id === id)?.name ?? id
      const others: Nearby[] = [
        ...planned.filter(({ kind, state }) => kind === 'campaign' && state !== 'cancelled'),
        // What began before and has not come to its end yet, as a slow one or one that is paused.
        ...[...sends.values()]
          .filter(({ state, startsAt }) => (state === 'sending' || state === 'paused') && startsAt < at - span)
          .map(({ campaign, startsAt }) => ({ id: campaign, name: nameOf(campaign), at: startsAt })),
      ]
      const nearest = others.toSorted((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))
      return estimate(deps, body.definition, definitions, nearest, signal)
    },
    async sendCampaign({ params, body, auth, audit }) {
      const { zone } = await deps.settings()
      const { outcome, send, definition } = await withTransaction(pool, async (client) => {
        await lockCampaign(client, params.id)
        const stored = await find(client, params.id)
        const repeated = body.key === undefined ? null : await findByKey(client, params.id, body.key)
        if (repeated !== null) return { outcome: 'repeated' as const, send: repeated, definition: stored.definition }
        const send = await order(client, stored, { ...body, by: askerOf(auth), zone })
        audit.note({ subject: params.id, after: { send: send.number, version: send.version, startsAt: send.startsAt, state: send.state } })
        await audit.commit(client)
        return { outcome: 'ordered' as const, send, definition: stored.definition }
      })
      return { outcome, send: (await tallySends(pool, [send], definition, expectedOf(definition)))[0]! }
    },
    async actOnSend({ params, body, auth, audit }) {
      const { definition } = await find(pool, params.id)
      const asked = { campaign: params.id, number: params.number, action: body.action, by: auth.name }
      const before = await act(pool, asked, async (client, from, to) => {
        audit.note({ subject: `${params.id}#${params.number}`, before: { state: from }, after: { state: to } })
        await audit.commit(client)
      })
      const send = (await loadSends(pool, params.id)).find(({ number }) => number === params.number)!
      return { before, send: (await tallySends(pool, [send], definition, expectedOf(definition)))[0]! }
    },
    async campaignEarnings({ params, query, signal }) {
      const [{ definition }, sends, { currency }] = await Promise.all([find(pool, params.id), loadSends(pool, params.id), deps.settings()])
      const send = sends.find(({ number }) => number === params.number)
      if (send === undefined) throw unknownSend(params.id, params.number)
      const goal = { ...usualGoal, ...definition.goal, ...(query.within !== undefined && { within: query.within }) }
      return readEarnings(deps.ask, send, goal, { currency, now: await readNow(pool), signal })
    },
    async estimateResend({ params, body, signal }) {
      const stored = await find(pool, params.id)
      return estimateResend(pool, deps, stored, await findResendable(pool, stored, params.number), body, signal)
    },
    async resendCampaign({ params, body, auth, audit }) {
      const stored = await find(pool, params.id)
      const { outcome, send } = await withTransaction(pool, async (client) => {
        await lockCampaign(client, params.id)
        const repeated = body.key === undefined ? null : await findByKey(client, params.id, body.key)
        if (repeated !== null) return { outcome: 'repeated' as const, send: repeated }
        checkInUse(stored.definition)
        const before = await findResendable(client, stored, params.number)
        const ordered = await orderResend(client, stored, before, body, auth.name, body.key ?? null)
        const send = await gated(client, ordered, stored.definition, askerOf(auth))
        audit.note({
          subject: `${params.id}#${params.number}`,
          after: { send: send.number, to: body.to, exceptGoal: body.exceptGoal, state: send.state },
        })
        await audit.commit(client)
        return { outcome: 'ordered' as const, send }
      })
      return { outcome, send: (await tallySends(pool, [send], stored.definition, expectedOf(stored.definition)))[0]! }
    },
    async redirectLink({ params, body, auth, audit }) {
      await find(pool, params.id)
      await withTransaction(pool, async (client) => {
        await setRedirect(client, { campaign: params.id, by: auth.name, ...body })
        audit.note({ subject: params.id, after: body })
        await audit.commit(client)
      })
      return { redirects: await readRedirects(pool, params.id) }
    },
    async calendar({ query: { from, to } }) {
      const most = 100 * DAY_MS
      if (to <= from || to - from > most)
        throw new CampaignError(
          'bad-input',
          'calendar_span',
          'A calendar shows up to 100 days: `to` has to come after `from`, and not so long after it.',
          {
            field: 'to',
            value: to,
            allowed: `${from + 1} to ${from + most}`,
          },
        )
      const { zone } = await deps.settings()
      return { items: await readCalendar(pool, { from, to }, zone) }
    },
    fullStop: () => readFullStop(pool),
    setFullStop: ({ body, auth, audit }) =>
      setFullStop(pool, body.stopped, auth.name, async (client, before, journeys) => {
        audit.note({ before: { stopped: before }, after: { stopped: body.stopped, journeys } })
        await audit.commit(client)
      }),
  } satisfies Handlers<
    | 'campaigns'
    | 'campaign'
    | 'estimateCampaign'
    | 'sendCampaign'
    | 'actOnSend'
    | 'campaignEarnings'
    | 'estimateResend'
    | 'resendCampaign'
    | 'redirectLink'
    | 'calendar'
    | 'fullStop'
    | 'setFullStop'
  >

  function expectedOf({ audience }: CampaignDefinition): (send: Send) => Promise<number> {
    return async ({ id, resendOf }) => {
      if (resendOf === null) return expected(audience)
      const { rows } = await pool.query<{ n: number }>(COUNT_PEOPLE, [id])
      return rows[0]!.n
    }
  }

  async function expected(audience: CampaignDefinition['audience']): Promise<number> {
    if (audience.segment === undefined) return countPeople()
    const { rows } = await pool.query<{ n: number }>(
      'select coalesce(sum(n), 0)::bigint as n from segment_counts where segment_id = $1::text',
      [audience.segment],
    )
    return rows[0]!.n
  }
}

async function loadAll(db: Db): Promise<readonly Definition[]> {
  return (await loadLatest(db)).map(({ definition }) => definition)
}

async function find(db: Db, id: string): Promise<Stored> {
  const stored = (await loadLatestOf(db, 'campaign')).find(({ definition }) => definition.id === id)
  if (stored === undefined) throw unknownCampaign(id)
  return stored
}

function summaryOf(
  { definition, version, publishedAt }: Stored,
  send: Send | undefined,
  definitions: readonly Definition[],
): CampaignSummary {
  return {
    id: definition.id,
    name: definition.name,
    channel: definition.message.channel,
    version,
    publishedAt,
    archived: definition.archived === true,
    state: send?.state ?? null,
    startsAt: send?.startsAt ?? null,
    sentence: describeCampaign(definition, definitions),
  }
}

/** Orders a send, within the transaction that has locked the campaign. */
async function order(
  db: Db,
  { definition, version }: Stored,
  asked: {
    readonly version?: number | undefined
    readonly key?: string | undefined
    readonly properties: JsonObject
    readonly by: Asker
    readonly zone: string
  },
): Promise<Send> {
  const { id, when } = definition
  checkInUse(definition)
  if (asked.version !== undefined && asked.version !== version)
    throw new CampaignError(
      'conflict',
      'campaign_changed',
      `The campaign "${id}" was published anew: version ${version} is the latest. Look at it, then send that one.`,
      { field: 'version', value: asked.version, allowed: String(version) },
    )
  const problems = findProblems(asked.properties, JSON.stringify(asked.properties), 'properties').map(({ problem }) => problem)
  if (problems[0] !== undefined)
    throw new CampaignError('bad-input', 'campaign_properties_invalid', `Nothing was sent. ${problems[0].message}`, {
      field: problems[0].field,
      allowed: problems[0].allowed,
      problems,
    })
  const isByProgram = when.kind === 'api'
  const open = (await loadSends(db, id)).find(({ endedAt }) => endedAt === null)
  if (open !== undefined && !isByProgram)
    throw new CampaignError(
      'conflict',
      'campaign_under_way',
      `Send ${open.number} of the campaign "${id}" is ${open.state}. Wait for its end, or cancel it first.`,
      { field: 'id', value: id },
    )
  const waiting = isByProgram ? (await loadSends(db, id)).find(({ state }) => state === 'waiting') : undefined
  if (waiting !== undefined)
    throw new CampaignError(
      'conflict',
      'campaign_waits',
      `Send ${waiting.number} of the campaign "${id}" waits for its approval by a second person. Once it has it, programs can send this version.`,
      { field: 'id', value: id },
    )
  const now = await readNow(db)
  const undoUntil = isByProgram ? null : now + UNDO_MS
  const time = timeOf(when, undoUntil ?? now, asked.zone)
  if (time === null)
    throw new CampaignError(
      'conflict',
      'campaign_time_past',
      `The time of the campaign "${id}" is over everywhere. Publish it with a later one.`,
      {
        field: 'when.at',
        value: 'at' in when ? when.at : undefined,
        allowed: 'a time to come',
      },
    )
  const send = await insertSend(db, {
    campaign: id,
    version,
    isSeries: isSeries(when),
    by: asked.by.name,
    key: asked.key ?? null,
    properties: asked.properties,
    undoUntil,
    ...time,
  })
  return gated(db, send, definition, asked.by)
}

/** A send as it stands once it is known whether a second person has to approve it. */
async function gated(db: Db, send: Send, definition: CampaignDefinition, by: Asker): Promise<Send> {
  await markChecked(db, send.id)
  return (await passGate(db, send, definition, by)) ? send : loadSend(db, send.campaign, send.number)
}

function checkInUse({ id, archived }: CampaignDefinition): void {
  if (archived === true)
    throw new CampaignError(
      'conflict',
      'campaign_archived',
      `The campaign "${id}" is archived. Publish it without "archived" to send it.`,
      { field: 'id', value: id },
    )
}
