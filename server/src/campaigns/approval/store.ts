import type { Settings, SendApproval } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { NOW, type Send } from '../store.ts'
import type { Part, Subject } from './subject.ts'

/** Once that somebody was asked to approve a send. */
export interface Approval extends SendApproval {
  readonly send: string
  readonly n: number
  readonly digest: string
  readonly parts: readonly Part[]
  /** The account that answers for it; null: there is none yet. */
  readonly askedId: string | null
}

/** Who asks: the name as it is recorded, and the account behind it. */
export interface Asker {
  readonly name: string
  readonly account: string | null
}

interface Row {
  [column: string]: unknown
  send_id: string
  n: number
  state: Approval['state']
  digest: string
  parts: readonly Part[]
  people: number
  asked_by: string
  asked_id: string | null
  asked_at: number
  decided_by: string | null
  decided_at: number | null
  note: string | null
}

/** What the workspace asks for; null: no campaign needs an approval. */
export async function readRule(db: Db): Promise<Settings['approval']> {
  const { rows } = await db.query<{ rule: Settings['approval'] }>(`select settings -> 'approval' as rule from workspace where id = 1`)
  const rule = rows[0]?.rule ?? null
  return rule === null ? null : { above: rule.above, by: rule.by }
}

/** The latest approval of each of some sends, by their ids; sends for which nobody was asked are not in it. */
export async function loadApprovals(db: Db, sends: readonly string[]): Promise<ReadonlyMap<string, Approval>> {
  const { rows } = await db.query<Row>(
    'select distinct on (send_id) * from campaign_approvals where send_id = any ($1::text[]) order by send_id, n desc',
    [sends],
  )
  return new Map(rows.map((row) => [row.send_id, toApproval(row)]))
}

/** What was approved of a campaign last, and for which send; `except`: this one does not count. */
export async function loadLastApproved(db: Db, campaign: string, except: Approval | undefined): Promise<Approval | null> {
  const { rows } = await db.query<Row>(
    `select * from campaign_approvals where campaign_id = $1::text and state = 'approved' and (send_id, n) is distinct from ($2::text, $3::int)
     order by decided_at desc, n desc limit 1`,
    [campaign, except?.send ?? null, except?.n ?? null],
  )
  return rows[0] === undefined ? null : toApproval(rows[0])
}

/** Whether exactly this was approved for a campaign before, of which one approval holds for every send. */
export async function isApprovedBefore(db: Db, campaign: string, digest: string): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from campaign_approvals where campaign_id = $1::text and state = 'approved' and digest = $2::text limit 1`,
    [campaign, digest],
  )
  return rows.length > 0
}

/** Writes that a send has to be approved; without an account behind it somebody has to ask first. */
export async function insertApproval(
  db: Db,
  send: Pick<Send, 'id' | 'campaign'>,
  { digest, parts }: Subject,
  asked: { readonly people: number; readonly by: Asker; readonly isOpen: boolean; readonly note: string | null },
): Promise<void> {
  await db.query(
    `insert into campaign_approvals (send_id, n, campaign_id, state, digest, parts, people, asked_by, asked_id, asked_at, note)
     select $1::text, (select coalesce(max(n), 0) + 1 from campaign_approvals where send_id = $1::text), $2::text, $3::text, $4::text, $5::jsonb, $6::bigint,
       $7::text, $8::text, ${NOW}, $9::text`,
    [
      send.id,
      send.campaign,
      asked.isOpen ? 'open' : 'asked',
      digest,
      JSON.stringify(parts),
      asked.people,
      asked.by.name,
      asked.by.account,
      asked.note,
    ],
  )
}

export async function writeDecision(
  db: Db,
  { send, n }: Approval,
  decision: { readonly state: 'approved' | 'refused'; readonly by: string; readonly note: string | null },
): Promise<void> {
  await db.query(
    `update campaign_approvals set state = $3::text, decided_by = $4::text, decided_at = ${NOW}, note = $5::text where send_id = $1::text and n = $2::int`,
    [send, n, decision.state, decision.by, decision.note],
  )
}

/** As the API tells it. */
export function toldOf({ state, people, askedBy, askedAt, decidedBy, decidedAt, note }: Approval): SendApproval {
  return { state, people, askedBy, askedAt, decidedBy, decidedAt, note }
}

function toApproval(row: Row): Approval {
  return {
    send: row.send_id,
    n: row.n,
    state: row.state,
    digest: row.digest,
    parts: row.parts,
    people: row.people,
    askedBy: row.asked_by,
    askedId: row.asked_id,
    askedAt: row.asked_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    note: row.note,
  }
}
