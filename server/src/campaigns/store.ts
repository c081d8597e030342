import type { JsonObject, LearnMetric, ResendTo, SendState } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'

/** A row of `campaign_sends`; times are epoch milliseconds. */
export interface Send {
  readonly id: string
  readonly campaign: string
  readonly number: number
  readonly version: number
  readonly state: SendState
  readonly isSeries: boolean
  readonly by: string
  readonly orderedAt: number
  readonly properties: JsonObject
  readonly undoUntil: number | null
  readonly startsAt: number
  readonly slot: number | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly note: string | null
  readonly allowance: number
  readonly allowanceAt: number | null
  readonly recalledAt: number
  /** Which part of the audience has its turn, where a winner is to be chosen; null: all of it. */
  readonly part: 'test' | 'rest' | null
  /** When everybody in the test had had their turn. */
  readonly testedAt: number | null
  /** When the winner was chosen, or it was found that a person has to. */
  readonly judgedAt: number | null
  readonly winner: string | null
  /** Why it was decided so: a sentence. */
  readonly choice: string | null
  /** Of a send to those who did not answer an earlier one: its number, who that is, whether those who reached the goal are left out, and its line. */
  readonly resendOf: number | null
  readonly whom: ResendTo | null
  readonly exceptGoal: boolean
  readonly subject: string | null
  /** How far it has been written down whom a resend is for: messages up to then (epoch ms), and who reached the goal up to this id. */
  readonly filledTo: number | null
  readonly reachedTo: string | null
  /** Where it stands in its ramp; null: it has none. */
  readonly ramp: {
    /** The index of the step; behind the last step come all others. */
    readonly stage: number
    /** Whose turn it is, per cent. */
    readonly from: number
    readonly to: number
    /** When all of the stage had had their turn. */
    readonly stagedAt: number | null
    /** Whether it waits no more between stages. */
    readonly isAll: boolean
  } | null
  /** Since when what goes wrong counts, where not from the beginning. */
  readonly watchSince: number | null
  /** When it was paused because of what went wrong. */
  readonly haltedAt: number | null
  /** Of what it said, and to whom, when it was let go. */
  readonly gateDigest: string | null
  /** What came of its variants, where their weights are learned; null: they are not. */
  readonly learned: Learned | null
  /** When that is counted next; null: not any more. */
  readonly learnDue: number | null
}

/** What came of the variants of one send, as far as its messages have had their time, and what that is counted by. */
export interface Learned {
  readonly by: LearnMetric
  readonly within: string
  readonly variants: readonly { readonly name: string; readonly template: string; readonly people: number; readonly answered: number }[]
}

interface Row {
  [column: string]: unknown
  id: string
  campaign_id: string
  number: number
  version: number
  state: SendState
  is_series: boolean
  ordered_by: string
  ordered_at: number
  properties: JsonObject
  undo_until: number | null
  starts_at: number
  slot: number | null
  started_at: number | null
  ended_at: number | null
  note: string | null
  allowance: number
  allowance_at: number | null
  recalled_at: number
  part: 'test' | 'rest' | null
  tested_at: number | null
  judged_at: number | null
  winner: string | null
  choice: string | null
  resend_of: number | null
  whom: ResendTo | null
  except_goal: boolean
  subject: string | null
  filled_to: number | null
  reached_to: string | null
  gate_digest: string | null
  ramp_stage: number | null
  ramp_from: number | null
  ramp_to: number | null
  staged_at: number | null
  ramp_all: boolean
  watch_since: number | null
  halted_at: number | null
  learned: Learned | null
  learn_due: number | null
}

/** All times of sends are the database's. */
export const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

export async function readNow(db: Db): Promise<number> {
  const { rows } = await db.query<{ now: number }>(`select ${NOW} as now`)
  return rows[0]!.now
}

/** The sends of one campaign, newest first. */
export async function loadSends(db: Db, campaign: string): Promise<Send[]> {
  const { rows } = await db.query<Row>('select * from campaign_sends where campaign_id = $1::text order by number desc', [campaign])
  return rows.map(toSend)
}

/** The latest send of every campaign, by its id. */
export async function loadLatestSends(db: Db): Promise<ReadonlyMap<string, Send>> {
  const { rows } = await db.query<Row>('select distinct on (campaign_id) * from campaign_sends order by campaign_id, number desc')
  return new Map(rows.map((row) => [row.campaign_id, toSend(row)]))
}

/** Sends that begin in a span of time (epoch ms, both included), and the latest of every series that goes on, in the order of their numbers. */
export async function loadSendsWithin(db: Db, { from, to }: { readonly from: number; readonly to: number }): Promise<Send[]> {
  const { rows } = await db.query<Row>(
    `select * from campaign_sends s where s.starts_at between $1::bigint and $2::bigint
       or (s.ended_at is null and s.is_series and not exists (select from campaign_sends l where l.campaign_id = s.campaign_id and l.is_series and l.number > s.number))
     order by s.campaign_id, s.number`,
    [from, to],
  )
  return rows.map(toSend)
}

export async function findByKey(db: Db, campaign: string, key: string): Promise<Send | null> {
  const { rows } = await db.query<Row>('select * from campaign_sends where campaign_id = $1::text and key = $2::text', [campaign, key])
  return rows[0] === undefined ? null : toSend(rows[0])
}

/** One send, which is there. */
export async function loadSend(db: Db, campaign: string, number: number): Promise<Send> {
  const { rows } = await db.query<Row>('select * from campaign_sends where campaign_id = $1::text and number = $2::int', [campaign, number])
  return toSend(rows[0]!)
}

/** One send, locked until the transaction ends; null when there is none. */
export async function lockSend(db: Db, campaign: string, number: number): Promise<Send | null> {
  const { rows } = await db.query<Row>('select * from campaign_sends where campaign_id = $1::text and number = $2::int for update', [
    campaign,
    number,
  ])
  return rows[0] === undefined ? null : toSend(rows[0])
}

/** One send that is there, locked until the transaction ends. */
export async function lockSendById(db: Db, id: string): Promise<Send> {
  const { rows } = await db.query<Row>('select * from campaign_sends where id = $1::text for update', [id])
  return toSend(rows[0]!)
}

/** Ids of the sends of which something may be due, those ordered first before the others. */
export async function findDue(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'campaign-due',
    text: `select id from campaign_sends where ended_at is null and state <> 'paused' and starts_at <= ${NOW} order by ordered_at, id`,
  })
  return rows.map(({ id }) => id)
}

/** A send that something may be due of, locked; null when another process is at it, or it is over by now. */
export async function claimDue(db: Db, id: string): Promise<(Send & { readonly now: number }) | null> {
  const { rows } = await db.query<Row & { now: number }>({
    name: 'campaign-claim',
    text: `select *, ${NOW} as now from campaign_sends where id = $1::text and ended_at is null and state <> 'paused' for update skip locked`,
    values: [id],
  })
  const row = rows[0]
  return row === undefined ? null : { ...toSend(row), now: row.now }
}

/** Sends whose test is out and of which nothing has been decided. */
export async function loadJudgeable(db: Db): Promise<Send[]> {
  const { rows } = await db.query<Row>({
    name: 'campaign-judgeable',
    text: `select * from campaign_sends where ended_at is null and state = 'sending' and part = 'test' and tested_at is not null and winner is null and judged_at is null`,
  })
  return rows.map(toSend)
}

/** Sends of which it is time to count what came of their variants. */
export async function loadLearning(db: Db): Promise<(Send & { readonly now: number })[]> {
  const { rows } = await db.query<Row & { now: number }>({
    name: 'campaign-learning',
    text: `select *, ${NOW} as now from campaign_sends where learn_due <= ${NOW} order by learn_due`,
  })
  return rows.map((row) => ({ ...toSend(row), now: row.now }))
}

export interface NewSend {
  readonly campaign: string
  readonly version: number
  readonly isSeries: boolean
  readonly by: string
  readonly key: string | null
  readonly properties: JsonObject
  readonly undoUntil: number | null
  readonly startsAt: number
  readonly slot: number | null
  /** Of a send to those who did not answer an earlier one. */
  readonly resend?: { readonly of: number; readonly whom: ResendTo; readonly exceptGoal: boolean; readonly subject: string | null }
}

/** Orders a send under the next number of its campaign, whose row the caller has locked. */
export async function insertSend(db: Db, send: NewSend): Promise<Send> {
  const { rows } = await db.query<Row>(
    `insert into campaign_sends (id, campaign_id, number, version, state, is_series, ordered_by, ordered_at, key, properties, undo_until, starts_at, slot,
       resend_of, whom, except_goal, subject)
     select $1::text || '#' || n.number, $1::text, n.number, $2::int, 'scheduled', $3::boolean, $4::text, ${NOW}, $5::text, $6::jsonb, $7::bigint, $8::bigint, $9::bigint,
       $10::integer, $11::text, $12::boolean, $13::text
     from (select coalesce(max(number), 0) + 1 as number from campaign_sends where campaign_id = $1::text) n
     returning *`,
    [
      send.campaign,
      send.version,
      send.isSeries,
      send.by,
      send.key,
      JSON.stringify(send.properties),
      send.undoUntil,
      send.startsAt,
      send.slot,
      send.resend?.of ?? null,
      send.resend?.whom ?? null,
      send.resend?.exceptGoal ?? false,
      send.resend?.subject ?? null,
    ],
  )
  return toSend(rows[0]!)
}

/** One order of a campaign at a time, so that its sends are numbered one after the other. */
export async function lockCampaign(db: Db, campaign: string): Promise<void> {
  await db.query(`select pg_advisory_xact_lock(hashtextextended('campaign ' || $1::text, 0))`, [campaign])
}

/** Writes how a send stands from now on. @param isEnded whether nothing of it is left to be done */
export async function setState(db: Db, id: string, state: SendState, note: string | null, isEnded: boolean): Promise<void> {
  await db.query(
    `update campaign_sends set state = $2::text, note = $3::text, ended_at = case when $4::boolean then ${NOW} end where id = $1::text`,
    [id, state, note, isEnded],
  )
}

function toSend(row: Row): Send {
  return {
    id: row.id,
    campaign: row.campaign_id,
    number: row.number,
    version: row.version,
    state: row.state,
    isSeries: row.is_series,
    by: row.ordered_by,
    orderedAt: row.ordered_at,
    properties: row.properties,
    undoUntil: row.undo_until,
    startsAt: row.starts_at,
    slot: row.slot,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    note: row.note,
    allowance: row.allowance,
    allowanceAt: row.allowance_at,
    recalledAt: row.recalled_at,
    part: row.part,
    testedAt: row.tested_at,
    judgedAt: row.judged_at,
    winner: row.winner,
    choice: row.choice,
    resendOf: row.resend_of,
    whom: row.whom,
    exceptGoal: row.except_goal,
    subject: row.subject,
    filledTo: row.filled_to,
    reachedTo: row.reached_to,
    ramp:
      row.ramp_stage === null || row.ramp_from === null || row.ramp_to === null
        ? null
        : { stage: row.ramp_stage, from: row.ramp_from, to: row.ramp_to, stagedAt: row.staged_at, isAll: row.ramp_all },
    watchSince: row.watch_since,
    haltedAt: row.halted_at,
    gateDigest: row.gate_digest,
    learned: row.learned,
    learnDue: row.learn_due,
  }
}
