import { shardOf, type ChannelKind, type lanes } from '@throughline/contracts'
import type { MessageEffect } from '@throughline/engine'

/** A row of `messages` as it is born; times are epoch milliseconds. */
export interface MessageRow {
  readonly shard: number
  readonly id: string
  readonly profileId: string
  readonly lane: typeof lanes.live | typeof lanes.bulk
  readonly channel: ChannelKind
  readonly template: string
  readonly templateVersion: number
  readonly purpose: 'marketing' | 'transactional'
  readonly journey: string | null
  readonly version: number | null
  readonly step: string | null
  readonly run: string | null
  /** The send of a campaign that it belongs to. */
  readonly sendId: string | null
  readonly status: 'queued' | 'held'
  readonly reason: string
  readonly rule: string | null
  /** What the template is rendered with besides the profile, as JSON text. */
  readonly variables: string
  readonly address: string | null
  readonly createdAt: number
  readonly dueAt: number
  /** The worker whose sender takes it right after the commit; null leaves it to whoever claims it. */
  readonly claimedBy: string | null
  /** Why it is not sent any more, although it was decided. */
  readonly calledBack: string | null
}

/** Whether a message is one that its journey's goal or end calls back: a transactional one is always sent. */
export function mayBeCalledBack(row: Pick<MessageRow, 'status' | 'purpose'>): boolean {
  return row.status === 'queued' && row.purpose === 'marketing'
}

/**
 * The row of a message that the engine decided on. One that may be sent is born claimed by `worker`, when one is named, so that it
 * goes out without being looked for; pass it to that worker's `sender.take` after the commit.
 */
export function toMessageRow(
  effect: MessageEffect,
  options: { readonly profileId: string; readonly lane: MessageRow['lane']; readonly worker: string | null; readonly dueAt?: number },
): MessageRow {
  const send = effect.decision.kind === 'send'
  return {
    shard: shardOf(options.profileId),
    id: effect.id,
    profileId: options.profileId,
    lane: options.lane,
    channel: effect.channel,
    template: effect.template,
    templateVersion: effect.templateVersion,
    purpose: effect.purpose,
    journey: effect.journey,
    version: effect.version,
    step: effect.step,
    run: effect.run,
    sendId: effect.send ?? null,
    status: send ? 'queued' : 'held',
    reason: effect.reason,
    rule: effect.decision.kind === 'hold' ? effect.decision.rule : null,
    variables: JSON.stringify(effect.variables),
    address: effect.address,
    createdAt: effect.at,
    dueAt: options.dueAt ?? effect.at,
    claimedBy: send ? options.worker : null,
    calledBack: null,
  }
}
