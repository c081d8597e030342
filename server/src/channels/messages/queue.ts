import { lanes, shardOf, templateSchema, type ChannelKind, type JsonObject } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'
import { ChannelError } from '../errors.ts'
import { insertStatement } from './insert.ts'

/**
 * Queues a template for one person like any other message: consent and suppression are checked by the sender, the provider's rate holds. It belongs to
 * no journey, and counts for none.
 * @param message.address where it goes; null: to the person's own on the template's channel
 * @param message.variables what the template is rendered with besides the profile
 * @throws ChannelError `template_missing`
 */
export async function queueMessage(
  db: Db,
  message: {
    readonly id: string
    readonly profileId: string
    readonly template: string
    readonly purpose: 'marketing' | 'transactional'
    readonly reason: string
    readonly address: string | null
    readonly variables: JsonObject
  },
): Promise<{ id: string; channel: ChannelKind }> {
  const { id, profileId, template, purpose, reason, address, variables } = message
  const { rows } = await db.query<{ version: number; body: unknown }>(
    `select version, body from definitions where kind = 'template' and id = $1::text order by version desc limit 1`,
    [template],
  )
  const found = rows[0]
  if (found === undefined)
    throw new ChannelError(
      'not-found',
      'template_missing',
      `There is no template "${template}". \`throughline apply\` publishes one from a file.`,
      { field: 'template', value: template },
    )
  const { channel } = templateSchema.parse(found.body)
  const now = Date.now()
  await db.query(
    insertStatement([
      {
        shard: shardOf(profileId),
        id,
        profileId,
        lane: lanes.live,
        channel,
        template,
        templateVersion: found.version,
        purpose,
        journey: null,
        version: null,
        step: null,
        run: null,
        sendId: null,
        status: 'queued',
        reason,
        rule: null,
        variables: JSON.stringify(variables),
        address,
        createdAt: now,
        dueAt: now,
        claimedBy: null,
        calledBack: null,
      },
    ]),
  )
  return { id, channel }
}
