import { routes, type AuditEntry, type JsonObject, type RouteName } from '@throughline/contracts'
import { HttpFailure, readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly at: number
  readonly actor_kind: AuditEntry['actor']['kind']
  readonly actor_id: string | null
  readonly actor: string
  readonly action: string
  readonly subject: string | null
  readonly before: JsonObject | null
  readonly after: JsonObject | null
  readonly outcome: AuditEntry['outcome']
  readonly code: string | null
  readonly ip: string
  readonly request_id: string
}

// Ids grow with time, so a page goes on below the last id along the primary key, whatever it is filtered by.
const PAGE = `
select id, at, actor_kind, actor_id, actor, action, subject, before, after, outcome, code, ip, request_id from audit_log
where ($1::uuid is null or id < $1::uuid) and ($2::text is null or actor ilike $2::text) and ($3::text is null or action = $3::text)
  and ($4::text is null or subject = $4::text) and ($5::text is null or outcome = $5::text)
  and ($6::bigint is null or at >= $6::bigint) and ($7::bigint is null or at < $7::bigint)
order by id desc limit $8::int`

/** Handlers of the audit log. */
export function makeAuditHandlers({ pool }: { readonly pool: Db }) {
  return {
    async auditLog({ query }) {
      const before = readCursor(query.cursor, [''])?.[0]
      if (before !== undefined && !isUuid(before))
        throw new HttpFailure('bad-input', 'cursor_unreadable', 'The cursor is not one that this list answered.', {
          field: 'query.cursor',
          allowed: 'the "next" of the page before',
        })
      const { rows } = await pool.query<Row>(PAGE, [
        before ?? null,
        query.actor === undefined ? null : `%${query.actor.replace(/[\\%_]/g, '\\$&')}%`,
        query.action ?? null,
        query.subject ?? null,
        query.outcome ?? null,
        query.from ?? null,
        query.to ?? null,
        query.limit + 1,
      ])
      const shown = rows.slice(0, query.limit)
      const last = shown.at(-1)
      return { items: shown.map(toEntry), next: rows.length > query.limit && last ? writeCursor([last.id]) : null }
    },
  } satisfies Handlers<'auditLog'>
}

function toEntry(row: Row): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor },
    action: row.action,
    // A route that a later release has taken away is still called by its name.
    summary: row.action in routes ? routes[row.action as RouteName].summary : row.action,
    subject: row.subject,
    outcome: row.outcome,
    code: row.code,
    before: row.before,
    after: row.after,
    ip: row.ip,
    requestId: row.request_id,
  }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}

/** Everything that was done to these people, newest first. */
export async function* readAuditOf(db: Db, profiles: readonly string[]): AsyncIterable<AuditEntry> {
  const { rows } = await db.query<Row>(
    `select id, at, actor_kind, actor_id, actor, action, subject, before, after, outcome, code, ip, request_id from audit_log
     where subject = any($1::text[]) order by id desc`,
    [profiles],
  )
  yield* rows.map(toEntry)
}
