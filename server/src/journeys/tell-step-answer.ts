import type { StepAnswer } from '@throughline/engine'
import { appendControls, INBOX_CHANNEL } from '../ingest/index.ts'
import type { PoolClient } from '../platform/postgres/index.ts'

type Told = StepAnswer & { readonly profileId: string }

/** Tells a run what came of the call that it waits for, as the last step of the caller's transaction. */
export function tellStepAnswer(client: PoolClient, answer: Told): Promise<void> {
  return tellStepAnswers(client, [answer])
}

/** Tells runs what came of what they wait for, as the last step of the caller's transaction. */
export async function tellStepAnswers(client: PoolClient, answers: readonly Told[]): Promise<void> {
  await appendControls(
    client,
    answers.map(({ profileId, ...answer }) => ({
      name: 'step-answer',
      id: `step-answer:${answer.id}`,
      profileId,
      properties: { ...answer },
    })),
  )
  await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
}
