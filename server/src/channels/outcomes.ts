import { eventNames, lanes, ownSource, type JsonObject, type Lane, type OutcomeName } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { isTest } from './messages/test-send.ts'
import { sendNumberOf } from './messages/send-number.ts'

/** An event of our own as `ingest` accepts it; the message id makes it happen once. */
export interface OwnEvent {
  readonly source: typeof ownSource
  readonly messageId: string
  readonly type: 'outcome' | 'track'
  readonly name: string
  readonly timestamp: number
  /** The same at every repetition: de-duplication looks at its day. */
  readonly dedupeAt: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly profileId: string }
}

/** Accepts events durably; resolves after the commit. Repeating an event changes nothing. */
export type AppendEvents = (events: OwnEvent[]) => Promise<unknown>

/**
 * Makes events ready to be appended within a transaction, as its last step. Ids are not looked up: the caller's transaction sees to it
 * that each event is appended once. What cannot be stored throws here, before anything goes out.
 */
export type AppendOutcomes = (events: readonly OwnEvent[]) => (db: Db) => Promise<void>

/** What the outcome of a message says about which message it was. */
export interface OutcomeOf {
  readonly id: string
  readonly profileId: string
  readonly lane: number
  readonly channel: string
  readonly template: string
  readonly journey: string | null
  readonly step: string | null
  /** The send of a campaign, `ID#NUMBER`. */
  readonly send: string | null
  readonly createdAt: number
}

const suffix: { readonly [N in OutcomeName]: string } = {
  [eventNames.messageSent]: 'sent',
  [eventNames.messageDelivered]: 'delivered',
  [eventNames.messageOpened]: 'opened',
  [eventNames.messageClicked]: 'clicked',
  [eventNames.messageBounced]: 'bounced',
  [eventNames.messageFailed]: 'failed',
  [eventNames.messageHeldBack]: 'held',
}

/**
 * The event that tells what became of a message.
 * @param extra.distinct what tells apart several of the same name, such as the link that was clicked
 */
export function makeOutcome(
  name: OutcomeName,
  message: OutcomeOf,
  at: number,
  extra: { url?: string; machine?: boolean; reason?: string; distinct?: string; context?: JsonObject } = {},
): OwnEvent {
  return {
    source: ownSource,
    messageId: `${message.id}:${suffix[name]}${extra.distinct === undefined ? '' : `:${extra.distinct}`}`,
    type: 'outcome',
    name,
    timestamp: at,
    dedupeAt: message.createdAt,
    properties: {
      message_id: message.id,
      channel: message.channel,
      template: message.template,
      ...(message.journey !== null && { journey: message.journey }),
      ...(message.step !== null && { step: message.step }),
      ...(message.send !== null && { send: sendNumberOf(message.send) }),
      ...(isTest(message.id) && { test: true }),
      ...(extra.machine !== undefined && { machine: extra.machine }),
      ...(extra.url !== undefined && { url: extra.url }),
      ...(extra.reason !== undefined && { reason: extra.reason }),
    },
    context: extra.context ?? {},
    lane: message.lane === lanes.bulk ? lanes.bulk : lanes.live,
    triggers: true,
    who: { profileId: message.profileId },
  }
}
