import { randomUUID } from 'node:crypto'
import type { ChannelKind, JsonObject } from '@throughline/contracts'
import type { Pool } from '../../platform/postgres/index.ts'
import { queueMessage } from './queue.ts'

/** By this the id of a test begins; its outcomes say `test: true`. */
const PREFIX = 'test-'

export function isTest(messageId: string): boolean {
  return messageId.startsWith(PREFIX)
}

/**
 * Queues a template for one person as marketing, to see it arrive.
 * @param event what the template is rendered with as `event`: the latest thing the person did
 * @throws ChannelError `template_missing`
 */
export async function queueTest(
  pool: Pool,
  to: { readonly profileId: string; readonly template: string; readonly by: string; readonly event: JsonObject | null },
): Promise<{ id: string; channel: ChannelKind }> {
  return queueMessage(pool, {
    id: `${PREFIX}${randomUUID()}`,
    profileId: to.profileId,
    template: to.template,
    purpose: 'marketing',
    reason: `Test, sent by ${to.by}`,
    address: null,
    variables: to.event === null ? {} : { event: to.event },
  })
}
