import { durationToMs, type CampaignRamp, type SendRamp } from '@throughline/contracts'
import type { PoolClient } from '../../platform/postgres/index.ts'
import { NOW, type Send } from '../store.ts'

/*
 * A send with a ramp, whose stages are bands of its own draw:
 *
 *   0 to 10 % ──all had their turn, time──▶ 10 to 25 % ──…──▶ 50 to 100 % ──▶ done
 *     └──"send all now": what is left, as soon as this stage is out──────▲
 *
 * What goes wrong pauses it in any of them (watch.ts); resumed, it goes on where it stood.
 */

/** Where a send begins that has a ramp. Pure. */
export function firstStage({ steps }: CampaignRamp): { readonly from: number; readonly to: number } {
  return { from: 0, to: steps[0]!.percent }
}

/** Whether a stage is on behind which others come. */
export function isInStage({ ramp }: Pick<Send, 'ramp'>): boolean {
  return ramp !== null && ramp.to < 100
}

/** Everybody in a stage has had their turn: it waits as long as its step says, then the next begins. */
export async function endStage(client: PoolClient, send: Send & { readonly now: number }, { steps }: CampaignRamp): Promise<void> {
  const { ramp } = send
  if (ramp === null) return
  if (ramp.isAll) return beginStage(client, send, steps.length, 100)
  if (ramp.stagedAt === null) {
    await client.query(`update campaign_sends set staged_at = ${NOW} where id = $1::text`, [send.id])
    return
  }
  if (send.now < ramp.stagedAt + durationToMs(steps[ramp.stage]?.for ?? '0 seconds')) return
  const next = steps[ramp.stage + 1]
  await beginStage(client, send, ramp.stage + 1, next?.percent ?? 100)
}

/** All that are left have their turn at once, to be counted. */
export async function skipStages(client: PoolClient, send: Send, stages: number): Promise<void> {
  await beginStage(client, send, stages, 100)
}

/** Goes through everybody once more: whoever had their turn is passed over. */
async function beginStage(client: PoolClient, { id }: Send, stage: number, to: number): Promise<void> {
  await client.query(
    `update campaign_sends set ramp_stage = $2::int, ramp_from = ramp_to, ramp_to = $3::float8, staged_at = null where id = $1::text`,
    [id, stage, to],
  )
  await client.query('update campaign_cursors set after = null, is_done = false where send_id = $1::text', [id])
}

/** How far a send is in its ramp, for people. Pure. */
export function rampOf({ ramp, state, endedAt, haltedAt }: Send, { steps }: CampaignRamp): SendRamp | null {
  if (ramp === null) return null
  const step = steps[ramp.stage]
  const isOn = endedAt === null && state !== 'cancelled'
  const nextAt = isOn && state === 'sending' && ramp.stagedAt !== null && step !== undefined ? ramp.stagedAt + durationToMs(step.for) : null
  return {
    stage: Math.min(ramp.stage, steps.length) + 1,
    stages: steps.length + 1,
    percent: ramp.to,
    nextAt,
    isAll: ramp.isAll,
    isHalted: isOn && state === 'paused' && haltedAt !== null,
    words: wordsOf(ramp, step?.for, steps[ramp.stage + 1]?.percent ?? 100, isOn),
  }
}

function wordsOf(ramp: NonNullable<Send['ramp']>, wait: string | undefined, next: number, isOn: boolean): string {
  if (!isOn) return ramp.to >= 100 ? 'It went to all of the audience.' : `It ended at ${ramp.to} % of the audience.`
  if (ramp.to >= 100) return 'It goes to all of the audience now.'
  if (ramp.isAll) return `It goes to ${ramp.to} % of the audience, and to all others right after: somebody said so.`
  const then = next >= 100 ? 'all others' : `${next} %`
  return ramp.stagedAt === null
    ? `It goes to ${ramp.to} % of the audience; ${wait} after the last of them it goes on to ${then}.`
    : `It went to ${ramp.to} % of the audience, and waits ${wait} before it goes on to ${then}.`
}
