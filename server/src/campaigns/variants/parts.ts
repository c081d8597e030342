import type { PoolClient } from '../../platform/postgres/index.ts'
import { NOW, type Send } from '../store.ts'

/*
 * A send that chooses among its variants:
 *
 *   test: the variants go out ──all had their turn──▶ counting ──time──▶ decided ──▶ rest: the chosen one goes out ──▶ done
 *     │                                                  │        │         ▲                    ▲
 *     │                                                  │        └▶ undecided ──by hand─────────┤
 *     └──────by hand, then as soon as all in the test had their turn ──▶ ────────────────────────┤
 *                                                        └──by hand──────────────────────────────┘
 */

/** Everybody in the test had had their turn: from now on it is counted, or the rest begins, where a variant has been chosen. */
export async function endTest(client: PoolClient, send: Send): Promise<void> {
  if (send.winner !== null) return beginRest(client, send)
  if (send.testedAt === null) await client.query(`update campaign_sends set tested_at = ${NOW} where id = $1::text`, [send.id])
}

/** Goes through everybody once more: who was in the test is passed over. */
export async function beginRest(client: PoolClient, { id }: Send): Promise<void> {
  await client.query(`update campaign_sends set part = 'rest', tested_at = coalesce(tested_at, ${NOW}) where id = $1::text`, [id])
  await client.query('update campaign_cursors set after = null, is_done = false where send_id = $1::text', [id])
}
