import { randomUUID } from 'node:crypto'
import { lanes, shardOf, templateSchema, type ChannelKind, type JsonObject } from '@throughline/contracts'
import type { Pool } from '../../platform/postgres/index.ts'
import { ChannelError } from '../errors.ts'
import { insertStatement } from './insert.ts'

/** By this the id of a test begins; its outcomes say `test: true`. */
const PREFIX = 'test-'

export function isTest(messageId: string): boolean {
  return messageId.startsWith(PREFIX)
}

/**
 * Queues a template for one person as marketing, like any other message: consent and suppression are checked by the sender,
 * the provider's rate holds. It belongs to no journey, and counts for none.
 * @param event what the template is rendered with as `event`: the latest thing the person did
 * @throws ChannelError `template_missing`
 */
export async function queueTest(
  pool: Pool,
  to: { readonly profileId: string; readonly template: string; readonly by: string; readonly event: JsonObject | null },
): Promise<{ id: string; channel: ChannelKind }> {
  const { rows } = await pool.query<{ version: number; body: unknown }>(
    `select version, body from definitions where kind = 'template' and id = $1::text order by version desc limit 1`,
    [to.template],
  )
  const found = rows[0]
  if (found === undefined)
    throw new ChannelError(
      'not-found',
      'template_missing',
      `There is no template "${to.template}". \`throughline apply\` publishes one from a file.`,
      {
        field: 'template',
        value: to.template,
      },
    )
  const { channel } = templateSchema.parse(found.body)
  const now = Date.now()
  const id = `${PREFIX}${randomUUID()}`
  await pool.query(
    insertStatement([
      {
        shard: shardOf(to.profileId),
        id,
        profileId: to.profileId,
        lane: lanes.live,
        channel,
        template: to.template,
        templateVersion: found.version,
        purpose: 'marketing',
        journey: null,
        version: null,
        step: null,
        run: null,
        sendId: null,
        status: 'queued',
        reason: `Test, sent by ${to.by}`,
        rule: null,
        variables: JSON.stringify(to.event === null ? {} : { event: to.event }),
        address: null,
        createdAt: now,
        dueAt: now,
        claimedBy: null,
        calledBack: null,
      },
    ]),
  )
  return { id, channel }
}
