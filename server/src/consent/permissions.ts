import { binary, type Db } from '../platform/postgres/index.ts'
import { addressKey } from './address.ts'

export interface PermissionQuestion {
  readonly shard: number
  readonly profileId: string
  readonly channel: string
  readonly address: string
}

/** What stands about one person, channel and address at this instant. */
export interface Permission {
  readonly consent: { readonly state: 'granted' | 'withdrawn'; readonly at: number; readonly source: string } | null
  readonly tracking: 'granted' | 'withdrawn' | null
  readonly suppression: { readonly reason: string; readonly at: number } | null
}

/** What {@link toPermission} reads of a row of {@link permissionJoins}. */
export const PERMISSION_COLUMNS = `consented.state as consent, consented.at as consent_at, consented.source as consent_source,
  tracked.state as tracking, suppressed.reason as suppressed, suppressed.at as suppressed_at`

/**
 * Joins what stands about a person, a channel and an address to a row that has `shard`, `profile_id`, `channel` and `address`; three
 * look-ups by primary key: of addresses too, since what they are compared with has the collation of that key. Trust it for plain addresses alone, see {@link isPlainAddress}.
 * @param q the row's name
 */
export function permissionJoins(q: string): string {
  return `
left join consents consented on consented.shard = ${q}.shard and consented.profile_id = ${q}.profile_id and consented.channel = ${q}.channel and consented.topic = ''
left join consents tracked on tracked.shard = ${q}.shard and tracked.profile_id = ${q}.profile_id and tracked.channel = 'tracking' and tracked.topic = ''
left join suppressions suppressed on suppressed.channel = ${q}.channel
  and suppressed.address = (case ${q}.channel when 'email' then lower(${q}.address collate "C") else ${q}.address end) collate "default"`
}

/** Whether SQL and {@link addressKey} agree on how an address is kept: it is of visible ASCII alone. */
export function isPlainAddress(address: string): boolean {
  return /^[\x21-\x7e]+$/.test(address)
}

export interface PermissionRow {
  [column: string]: unknown
  consent: 'granted' | 'withdrawn' | null
  consent_at: number
  consent_source: string
  tracking: 'granted' | 'withdrawn' | null
  suppressed: string | null
  suppressed_at: number
}

export function toPermission(row: PermissionRow): Permission {
  return {
    consent: row.consent === null ? null : { state: row.consent, at: row.consent_at, source: row.consent_source },
    tracking: row.tracking,
    suppression: row.suppressed === null ? null : { reason: row.suppressed, at: row.suppressed_at },
  }
}

// One answer row per question, in its order. The addresses come as they are kept.
const READ = `
select ${PERMISSION_COLUMNS}
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) with ordinality as q (shard, profile_id, channel, address, n)
${permissionJoins('q')}
order by q.n`

/** Permissions for these questions, in their order. */
export async function readPermissions(db: Db, questions: readonly PermissionQuestion[]): Promise<Permission[]> {
  if (questions.length === 0) return []
  const result = await db.query<PermissionRow>({
    name: 'consent-permissions',
    text: READ,
    values: [
      binary.int2Array(questions.map((question) => question.shard)),
      binary.uuidArray(questions.map((question) => question.profileId)),
      binary.textArray(questions.map((question) => question.channel)),
      binary.textArray(questions.map((question) => addressKey(question.channel, question.address))),
    ],
  })
  return result.rows.map(toPermission)
}
