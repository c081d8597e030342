import type { StepAnswer } from '@throughline/engine'
import { appendControls, INBOX_CHANNEL } from '../ingest/index.ts'
import type { PoolClient } from '../platform/postgres/index.ts'

/** Tells a run what came of the call that it waits for, as the last step of the caller's transaction. */
export async function tellStepAnswer(
  client: PoolClient,
  { profileId, ...answer }: StepAnswer & { readonly profileId: string },
): Promise<void> {
  await appendControls(client, [{ name: 'step-answer', id: `step-answer:${answer.id}`, profileId, properties: { ...answer } }])
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
}
