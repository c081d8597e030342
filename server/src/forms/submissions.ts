import { shardOf, type FormConsent, type JsonObject } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'

/** One time that somebody submitted a form; times are epoch ms. */
export interface Submission {
  readonly formId: string
  readonly messageId: string
  readonly profileId: string
  readonly at: number
  /** What waits for its confirmation; null: there is nothing to confirm. */
  readonly asked: Asked | null
}

export interface Asked {
  /** Where the link went. */
  readonly address: string
  readonly properties: JsonObject
  readonly grants: readonly Grant[]
  readonly expiresAt: number
}

/** A consent as the form said it when it was submitted. */
export type Grant = Pick<FormConsent, 'channel' | 'topic' | 'wording'>

const INSERT = `
insert into form_submissions (form_id, message_id, shard, profile_id, at, address, properties, grants, expires_at)
values ($1::text, $2::text, $3::smallint, $4::uuid, $5::bigint, $6::text, $7::jsonb, $8::jsonb, $9::bigint)
on conflict (form_id, message_id) do nothing`

/** Notes a submission; answers whether it is new. */
export async function insertSubmission(db: Db, { formId, messageId, profileId, at, asked }: Submission): Promise<boolean> {
  const { rowCount } = await db.query(INSERT, [
    formId,
    messageId,
    shardOf(profileId),
    profileId,
    at,
    asked?.address ?? null,
    asked === null ? null : JSON.stringify(asked.properties),
    asked === null ? null : JSON.stringify(asked.grants),
    asked?.expiresAt ?? null,
  ])
  return rowCount === 1
}

/** How many links went to an address from an instant on, of whatever forms. */
export async function countAsked(db: Db, address: string, since: number): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    'select count(*) as n from form_submissions where address = $1::text and at > $2::bigint',
    [address, since],
  )
  return rows[0]?.n ?? 0
}

/** A submission that was asked to be confirmed. */
export interface Waiting extends Asked {
  readonly profileId: string
  readonly confirmedAt: number | null
}

const FIND = `
select profile_id as "profileId", address, properties, grants, expires_at as "expiresAt", confirmed_at as "confirmedAt"
from form_submissions where form_id = $1::text and message_id = $2::text and expires_at is not null`

/** The submission of a link; null where it is kept no longer, since its person was forgotten. */
export async function findWaiting(db: Db, formId: string, messageId: string): Promise<Waiting | null> {
  const { rows } = await db.query<Waiting & { [column: string]: unknown }>(FIND, [formId, messageId])
  return rows[0] ?? null
}

/** Notes that a submission was confirmed, the first time. */
export async function markConfirmed(db: Db, formId: string, messageId: string, at: number): Promise<void> {
  await db.query(
    'update form_submissions set confirmed_at = $3::bigint where form_id = $1::text and message_id = $2::text and confirmed_at is null',
    [formId, messageId, at],
  )
}

interface Listed {
  readonly [column: string]: unknown
  readonly messageId: string
  readonly profileId: string
  readonly at: number
  readonly askedUntil: number | null
  readonly confirmedAt: number | null
}

const PAGE = `
select message_id as "messageId", profile_id as "profileId", at, expires_at as "askedUntil", confirmed_at as "confirmedAt"
from form_submissions where form_id = $1::text and ($2::bigint is null or (at, message_id) < ($2::bigint, $3::text))
order by at desc, message_id desc limit $4::int`

/** Submissions of a form, the latest first, behind a place in that order. */
export async function readSubmissions(
  db: Db,
  formId: string,
  behind: readonly [at: number, messageId: string] | null,
  most: number,
): Promise<readonly Listed[]> {
  return (await db.query<Listed>(PAGE, [formId, behind?.[0] ?? null, behind?.[1] ?? null, most])).rows
}
