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

// One answer row per question, in its order; three look-ups by primary key each.
const READ = `
select c.state, c.at, c.source, t.state as tracking, s.reason as suppressed, s.at as suppressed_at
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) with ordinality as q (shard, profile_id, channel, address, n)
left join consents c on c.shard = q.shard and c.profile_id = q.profile_id and c.channel = q.channel and c.topic = ''
left join consents t on t.shard = q.shard and t.profile_id = q.profile_id and t.channel = 'tracking' and t.topic = ''
left join suppressions s on s.channel = q.channel and s.address = q.address
order by q.n`

interface Row {
  [column: string]: unknown
  state: 'granted' | 'withdrawn' | null
  at: number
  source: string
  tracking: 'granted' | 'withdrawn' | null
  suppressed: string | null
  suppressed_at: number
}

/** Permissions for these questions, in their order. */
export async function readPermissions(db: Db, questions: readonly PermissionQuestion[]): Promise<Permission[]> {
  if (questions.length === 0) return []
  const result = await db.query<Row>({
    name: 'consent-permissions',
    text: READ,
    values: [
      binary.int2Array(questions.map((question) => question.shard)),
      binary.uuidArray(questions.map((question) => question.profileId)),
      binary.textArray(questions.map((question) => question.channel)),
      binary.textArray(questions.map((question) => addressKey(question.channel, question.address))),
    ],
  })
  return result.rows.map((row) => ({
    consent: row.state === null ? null : { state: row.state, at: row.at, source: row.source },
    tracking: row.tracking,
    suppression: row.suppressed === null ? null : { reason: row.suppressed, at: row.suppressed_at },
  }))
}
