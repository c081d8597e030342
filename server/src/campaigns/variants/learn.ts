import { durationToMs, type CampaignDefinition, type CampaignLearn, type LearnedWeights } from '@throughline/contracts'
import { chancesOfBest, sharesOf, stepOf, type Tried } from '@throughline/engine'
import { withTransaction, type Db, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import type { AskHistory } from '../earnings.ts'
import { loadLearning, NOW, type Learned, type Send } from '../store.ts'
import { readReached } from './counts.ts'
import { readVersion } from './standing.ts'

/*
 * A send whose weights are learned:
 *
 *   begins: version 1, by what earlier sends came to ──▶ counted again and again: version 2, 3, … ──▶ over: counted until its last message has had its time
 *
 * Each turn of a shard is given the weights that hold when it is handed out, so that a turn that is taken again draws the same.
 */

/** What an earlier send came to counts half for each so long since it began, ms. */
const HALF_LIFE_MS = 30 * 86_400_000
/** So many earlier sends are asked. */
const EARLIER = 200
/** Weights that moved less than this stay as they are. */
const LEAST_CHANGE = 0.001
/** So many versions are shown. */
const SHOWN = 200

type Weighed = LearnedWeights['versions'][number]['variants'][number]

/** The first weights of a send that begins, in the transaction in which it does. */
export async function beginWeights(
  client: PoolClient,
  send: Pick<Send, 'id' | 'campaign'> & { readonly now: number },
  definition: CampaignDefinition,
  learn: CampaignLearn,
): Promise<void> {
  const learned = learnedOf(definition, learn, new Map())
  await client.query('update campaign_sends set learned = $2::jsonb, learn_due = $3::bigint where id = $1::text', [
    send.id,
    JSON.stringify(learned),
    send.now + durationToMs(learn.every),
  ])
  await weigh(client, send, learned, learn)
}

/** The weights that hold in a send, in the order of its variants. */
export async function currentWeights(db: Db, { id }: Pick<Send, 'id'>): Promise<readonly number[] | null> {
  const latest = await readLatest(db, id)
  return latest === undefined ? null : latest.variants.map(({ share }) => share)
}

/**
 * Counts what came of the variants of sends whose time for that has come, and weighs them anew while these go out. Opens and clicks are known here; the
 * goal is asked of history, and while that is away the weights stay as they are.
 * @param currency of the shop
 */
export async function learnWeights(pool: Pool, ask: AskHistory, currency: string): Promise<void> {
  const failed: unknown[] = []
  for (const send of await loadLearning(pool)) {
    try {
      await learn(pool, ask, send, currency)
    } catch (error) {
      // One that cannot be counted (history is away) holds no other back.
      failed.push(error)
    }
  }
  if (failed.length > 0) throw failed[0]
}

async function learn(pool: Pool, ask: AskHistory, send: Send & { readonly now: number }, currency: string): Promise<void> {
  const definition = await readVersion(pool, send)
  if (definition?.learn === undefined) return
  const { learn: how } = definition
  const learned = learnedOf(definition, how, await readTried(pool, ask, send, definition, how, currency))
  await withTransaction(pool, async (client) => {
    // Another process may have counted it meanwhile.
    const { rows } = await client.query(
      'update campaign_sends set learned = $2::jsonb, learn_due = $3::bigint where id = $1::text and learn_due = $4::bigint returning id',
      [send.id, JSON.stringify(learned), dueAfter(send, how), send.learnDue],
    )
    if (rows.length > 0 && send.endedAt === null) await weigh(client, send, learned, how)
  })
}

/** When a send is counted next; null: its last message has had its time. Pure. */
export function dueAfter(
  { endedAt, now }: Pick<Send, 'endedAt'> & { readonly now: number },
  { every, within }: CampaignLearn,
): number | null {
  const next = now + durationToMs(every)
  if (endedAt === null) return next
  const last = endedAt + durationToMs(within)
  return now >= last ? null : Math.min(next, last)
}

function learnedOf(
  { message, variants = [] }: CampaignDefinition,
  { by, within }: CampaignLearn,
  tried: ReadonlyMap<string, Tried>,
): Learned {
  return {
    by,
    within,
    variants: variants.map(({ name, template }) => ({
      name,
      template: template ?? message.template,
      ...(tried.get(name) ?? { people: 0, answered: 0 }),
    })),
  }
}

// Every message is looked at for the same time: those that have not had it are left out, and what came later is not counted. So no variant is behind
// because more of its messages went out just now.
const TRIED = `
select step, count(*) as people,
  count(*) filter (where case $4::text when 'opened' then opened_at else clicked_at end <= sent_at + $5::bigint) as answered
from messages where created_at >= $2::bigint and created_at <= $3::bigint and send_id = $1::text and sent_at <= $3::bigint group by step`

async function readTried(
  db: Db,
  ask: AskHistory,
  send: Send & { readonly now: number },
  definition: CampaignDefinition,
  { by, within: time }: CampaignLearn,
  currency: string,
): Promise<ReadonlyMap<string, Tried>> {
  const within = durationToMs(time)
  const until = send.now - within
  const names = (definition.variants ?? []).map(({ name }) => name)
  if (by === 'goal') {
    const reached = await readReached(ask, send, definition, currency, undefined, { until, within })
    return new Map(
      names.flatMap((name) => {
        const found = reached.get(`variant ${name}`)
        return found === undefined ? [] : [[name, { people: found.people, answered: found.converted }] as const]
      }),
    )
  }
  const { rows } = await db.query<{ step: string } & Tried>(TRIED, [send.id, send.startedAt, until, by, within])
  const steps = new Map(rows.map(({ step, people, answered }) => [step, { people, answered }]))
  return new Map(
    names.flatMap((name, index) => {
      const found = steps.get(stepOf('variant', index))
      return found === undefined ? [] : [[name, found] as const]
    }),
  )
}

/** What came of a send that began so long ago. */
interface Earlier {
  readonly learned: Learned
  readonly ageMs: number
}

/**
 * What variants are weighed by: what came of them in this send, and in earlier ones, which count less the older they are. Of another send those count that
 * have the same name and template, learned by the same thing in the same time. Pure.
 */
export function addUp({ by, within, variants }: Learned, earlier: readonly Earlier[]): readonly Tried[] {
  const alike = earlier.filter(({ learned }) => learned.by === by && learned.within === within)
  return variants.map(({ name, template, people, answered }) => {
    const sum = { people, answered }
    for (const { learned, ageMs } of alike) {
      const same = learned.variants.find((one) => one.name === name && one.template === template)
      const weight = 0.5 ** (Math.max(0, ageMs) / HALF_LIFE_MS)
      sum.people += weight * (same?.people ?? 0)
      sum.answered += weight * (same?.answered ?? 0)
    }
    return sum
  })
}

/** Writes down the weights that follow from what is known, where they moved. */
async function weigh(
  client: PoolClient,
  { id, campaign, now }: Pick<Send, 'id' | 'campaign'> & { readonly now: number },
  learned: Learned,
  { floor }: CampaignLearn,
): Promise<void> {
  const { rows: earlier } = await client.query<{ learned: Learned; ageMs: number }>(
    `select learned, $3::bigint - started_at as "ageMs" from campaign_sends where campaign_id = $1::text and id <> $2::text and learned is not null
     order by number desc limit $4::int`,
    [campaign, id, now, EARLIER],
  )
  const tried = addUp(learned, earlier)
  const chances = chancesOfBest(tried)
  const shares = sharesOf(chances, floor)
  const variants: Weighed[] = learned.variants.map(({ name }, index) => ({
    name,
    share: shares[index]!,
    best: chances[index]!,
    ...tried[index]!,
  }))
  const latest = await readLatest(client, id)
  if (latest?.variants.every(({ share }, index) => Math.abs(share - shares[index]!) < LEAST_CHANGE) === true) return
  await client.query(`insert into campaign_weights (send_id, version, at, variants) values ($1::text, $2::int, ${NOW}, $3::jsonb)`, [
    id,
    (latest?.version ?? 0) + 1,
    JSON.stringify(variants),
  ])
}

async function readLatest(db: Db, id: string): Promise<{ version: number; variants: Weighed[] } | undefined> {
  const { rows } = await db.query<{ version: number; variants: Weighed[] }>({
    name: 'campaign-weights',
    text: 'select version, variants from campaign_weights where send_id = $1::text order by version desc limit 1',
    values: [id],
  })
  return rows[0]
}

/** The weights of a send over time; null: it learns none. */
export async function readWeights(db: Db, send: Send, { learn: how }: CampaignDefinition): Promise<LearnedWeights | null> {
  if (how === undefined || send.learned === null) return null
  const { rows } = await db.query<{ version: number; at: number; variants: Weighed[] }>(
    'select version, at, variants from campaign_weights where send_id = $1::text order by version desc limit $2::int',
    [send.id, SHOWN],
  )
  return { ...how, nextAt: send.endedAt === null ? send.learnDue : null, versions: rows.toReversed() }
}
