import { lanes, type Problem } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { binary } from '../platform/postgres/index.ts'
import type { AcceptEvent } from './accept-event.ts'
import { orderClaims } from './orders.ts'
import { FOR_EVER, readEvent } from './read-event.ts'

/** The source of what files bring in. Its message ids are remembered for ever, under one day that never passes. */
export const importSource = 'file-import'

/**
 * Checks an event out of a file as one that comes over HTTP is checked, and makes it ready for the bulk lane.
 * @param call in the form of the HTTP API, with a message id that is the same whenever the same is said again
 * @param receivedAt epoch ms
 */
export function readImported(
  call: object,
  options: { readonly triggers: boolean; readonly receivedAt: number },
): { readonly ok: true; readonly event: AcceptEvent } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const frame = {
    source: importSource,
    receivedAt: options.receivedAt,
    raw: '',
    escapes: true,
    sentAt: undefined,
    context: undefined,
    lane: lanes.bulk,
    triggers: options.triggers,
    dedupeAt: FOR_EVER,
  }
  const read = readEvent(call, null, frame)
  if (read.kind === 'refused') return { ok: false, problems: read.refusals.map(({ problem }) => problem) }
  // A file is brought by a member of the team, so its opt-outs hold for the address too.
  return { ok: true, event: { ...read.event, trusted: true } }
}

/** Which of these message ids were accepted before, or tell an order that somebody else has told. */
export async function findImported(db: Db, messageIds: readonly string[]): Promise<Set<string>> {
  if (messageIds.length === 0) return new Set()
  const { rows } = await db.query<{ message_id: string }>(
    `select k.message_id from unnest($1::text[]) as k (message_id)
     cross join lateral (select from seen where day = ${FOR_EVER} and source in ('${importSource}', '${orderClaims.told}') and message_id = k.message_id limit 1) s`,
    [binary.textArray(messageIds)],
  )
  return new Set(rows.map(({ message_id }) => message_id))
}
