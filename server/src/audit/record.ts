import type { JsonObject } from '@throughline/contracts'
import { v7 } from 'uuid'
import type { AuditDetails, AuditPort } from '../platform/http/index.ts'
import type { Db, Pool } from '../platform/postgres/index.ts'
import { differences, presentable } from './redact.ts'

const LONGEST = 300

/**
 * Keeps the log. A record is written before its action, in a transaction of its own, so that nothing is done without a
 * trace; it is finished with the action, or right after it.
 */
export function makeAuditLog(pool: Pool): AuditPort {
  return {
    async begin({ action, caller, subject, body, ip, requestId }) {
      const id = v7()
      const asked = presentable(body)
      await pool.query(
        `insert into audit_log (id, at, actor_kind, actor_id, actor, action, subject, after, outcome, ip, request_id)
         values ($1::uuid, $2::bigint, $3::text, $4::text, $5::text, $6::text, $7::text, $8::jsonb, 'begun', $9::text, $10::text)`,
        [
          id,
          Date.now(),
          caller?.kind ?? 'nobody',
          caller?.id ?? null,
          caller?.name ?? 'nobody',
          action,
          subject?.slice(0, LONGEST) ?? null,
          asked === null ? null : JSON.stringify(asked),
          ip,
          requestId,
        ],
      )
      return {
        end: (db, details, outcome, code) => finish(db ?? pool, id, asked, details, outcome, code),
      }
    },
  }
}

// What ended stays as it is: a handler that fails after its transaction has been committed did what it was asked for.
const FINISH = `
update audit_log set outcome = $2::text, code = $3::text, before = $4::jsonb, after = $5::jsonb, subject = coalesce($6::text, subject),
  actor_kind = coalesce($7::text, actor_kind), actor_id = coalesce($8::text, actor_id), actor = coalesce($9::text, actor)
where id = $1::uuid and outcome = 'begun'`

async function finish(
  db: Db,
  id: string,
  asked: JsonObject | null,
  details: AuditDetails,
  outcome: string,
  code: string | null,
): Promise<void> {
  const before = details.before === undefined ? null : presentable(details.before)
  const after = details.after === undefined ? asked : presentable(details.after)
  const shown = before !== null && after !== null ? differences(before, after) : { before, after }
  const text = (value: JsonObject | null): string | null => (value === null ? null : JSON.stringify(value))
  await db.query(FINISH, [
    id,
    outcome,
    code,
    text(shown.before),
    text(shown.after),
    details.subject?.slice(0, LONGEST) ?? null,
    details.actor?.kind ?? null,
    details.actor?.id ?? null,
    details.actor?.name ?? null,
  ])
}
