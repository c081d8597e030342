import { z } from 'zod'
import type { Json, JsonObject } from './json.ts'

/** The six calls of Segment's specification. */
export const callTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const
export type CallType = (typeof callTypes)[number]

/**
 * What an event is:
 * a call of a client (`identify` … `alias`), an `outcome` of a message (sent, opened, clicked …),
 * a `fact` that the pipeline concluded (journey entered, segment left …),
 * or a `control` entry that moves the pipeline itself and is no part of a timeline.
 */
export type EventType = CallType | 'outcome' | 'fact' | 'control'

/**
 * The three streams of a shard. Live and bulk are accepted from outside, their lane fixed at acceptance; derived entries
 * are written by the shard's lease holder in the transaction that concluded them.
 */
export const lanes = { live: 0, bulk: 1, derived: 2 } as const
export type Lane = (typeof lanes)[keyof typeof lanes]
export type LaneName = keyof typeof lanes

/** The source of what Throughline itself writes; no source of a shop may bear this name, since its word counts for more than a public key's. */
export const ownSource = 'throughline'

/** Names of events that Throughline itself writes. */
export const eventNames = {
  pageViewed: 'Page Viewed',
  screenViewed: 'Screen Viewed',
  identified: 'Identified',
  groupJoined: 'Group Joined',
  aliased: 'Aliased',
  messageSent: 'Message Sent',
  messageDelivered: 'Message Delivered',
  messageOpened: 'Message Opened',
  messageClicked: 'Message Clicked',
  messageBounced: 'Message Bounced',
  messageFailed: 'Message Failed',
  messageHeldBack: 'Message Held Back',
  /** Of our own alone: somebody wrote to us. `{ channel, from, text, keyword, message_id? }`, the last of the message that it answers. */
  messageReceived: 'Message Received',
  /** Somebody submitted a form: `{ form_id, … }` with what they said, by the names of its fields. */
  formSubmitted: 'Form Submitted',
  /** Of our own alone: somebody followed the link of a form's message and confirmed that the address is theirs; the same properties. */
  formConfirmed: 'Form Confirmed',
  unsubscribed: 'Unsubscribed',
  consentChanged: 'Consent Changed',
  /** Of our own source alone, with the property `list`: the list's id. */
  listJoined: 'List Joined',
  listLeft: 'List Left',
  /** Of our own alone: an address of the person gets nothing, for a reason; or does again. `{ channel, address, reason? }`. */
  addressSuppressed: 'Address Suppressed',
  addressReleased: 'Address Released',
  /** Of our own alone: somebody is to come into a journey, by a program or by another journey. `{ journey, by, properties }`. */
  journeyRequested: 'Journey Requested',
  journeyEntered: 'Journey Entered',
  journeyLeft: 'Journey Left',
  /** Of our own alone: a journey did not take somebody in because of another one that they are in. `{ journey, version, because, reason }`. */
  journeyRefused: 'Journey Refused',
  /** Somebody was taken to another step: `{ journey, run, version, step, to_version, to_step, by }`. */
  journeyMoved: 'Journey Moved',
  goalReached: 'Goal Reached',
  /** Of our own alone: somebody came to an experiment. `{ experiment, variant, journey, version, run, step }`. */
  experimentExposed: 'Experiment Exposed',
  segmentEntered: 'Segment Entered',
  segmentLeft: 'Segment Left',
  /** Of our own alone: what came of a webhook that a step of a journey called. `{ ok, reason?, journey, step }`. */
  webhookAnswered: 'Webhook Answered',
  /** Of our own alone: somebody was given a code of a pool by a step, or none for a reason. `{ pool, ok, reason?, journey, step }`; the code itself is not told. */
  couponTaken: 'Coupon Taken',
  /** Of our own alone: a step of a journey made a task for the shop's people; and somebody did it. `{ task, title, assignee, journey, step, run }`, and of the latter `by`, `note?`. */
  taskCreated: 'Task Created',
  taskDone: 'Task Done',
  messagePlanned: 'Message Planned',
  /** Of our own alone: a journey's message waits for its time, for a rule's reason. `{ channel, template, journey, step, rule, reason, until }`. */
  messageDelayed: 'Message Delayed',
  profileUpdated: 'Profile Updated',
  profilesMerged: 'Profiles Merged',
  profilesUnmerged: 'Profiles Unmerged',
} as const

/** Outcomes of a message; each comes back as an event of type `outcome` whose properties are {@link OutcomeProperties}. */
export const outcomeNames = [
  eventNames.messageSent,
  eventNames.messageDelivered,
  eventNames.messageOpened,
  eventNames.messageClicked,
  eventNames.messageBounced,
  eventNames.messageFailed,
  eventNames.messageHeldBack,
] as const
export type OutcomeName = (typeof outcomeNames)[number]

/** What an entry of a timeline is about. */
export const timelineKinds = ['visit', 'action', 'message', 'flow', 'identity'] as const
export type TimelineKind = (typeof timelineKinds)[number]

const identityNames: readonly string[] = [
  eventNames.consentChanged,
  eventNames.unsubscribed,
  eventNames.profilesMerged,
  eventNames.profilesUnmerged,
  eventNames.profileUpdated,
  eventNames.addressSuppressed,
  eventNames.addressReleased,
]
const messageNames: readonly string[] = [...outcomeNames, eventNames.messagePlanned, eventNames.messageDelayed, eventNames.messageReceived]

const taskNames: readonly string[] = [eventNames.taskCreated, eventNames.taskDone]

/** Which entries are of a kind: those with one of these names, and those of these types but for the names of other kinds. */
export const timelineKindOf: {
  readonly [K in TimelineKind]: { readonly names: readonly string[]; readonly types: readonly string[]; readonly but: readonly string[] }
} = {
  identity: { names: identityNames, types: ['identify', 'alias', 'group'], but: messageNames },
  message: { names: messageNames, types: ['outcome'], but: identityNames },
  visit: { names: [], types: ['page', 'screen'], but: [...identityNames, ...messageNames] },
  flow: { names: taskNames, types: ['fact'], but: [...identityNames, ...messageNames] },
  action: { names: [], types: ['track'], but: [...identityNames, ...messageNames, ...taskNames] },
}

export interface OutcomeProperties {
  readonly message_id: string
  readonly channel: string
  readonly template: string
  readonly journey?: string
  readonly step?: string
  /** Opens and clicks by mail-privacy proxies and link scanners carry `true`. */
  readonly machine?: boolean
  readonly url?: string
  readonly reason?: string
}

/**
 * An event as the engine sees it. Times are epoch milliseconds.
 * `timestamp` is when it happened by the corrected clock of the client, never later than `receivedAt`;
 * `receivedAt` is the shard's clock when it was accepted.
 */
export interface Event {
  /** Unique per source: `source + ":" + messageId`. */
  readonly id: string
  readonly type: EventType
  readonly name: string
  readonly timestamp: number
  readonly receivedAt: number
  /** Properties of a track, page, screen, outcome or fact; the traits of an identify or group. */
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly source: string
  readonly lane: Lane
  /** False for imported and merged history: it feeds conditions, and starts or moves no journey. */
  readonly triggers: boolean
  /** Set where it was told of a profile before that was merged into this one: what was said of somebody else then. */
  readonly merged?: true
}

/** Identifier kinds, strongest first. */
export const identifierKinds = ['user_id', 'email', 'phone', 'anonymous_id'] as const
export type IdentifierKind = (typeof identifierKinds)[number]

export interface Identifier {
  readonly kind: IdentifierKind
  readonly value: string
}

/** How strongly kinds bind, and how many values of each a profile may hold. */
export const identifierLimits: { readonly [K in IdentifierKind]: number } = {
  user_id: 1,
  email: 5,
  phone: 5,
  anonymous_id: 200,
}

/** Limits of the HTTP API, in bytes of JSON, as Segment's. */
export const acceptLimits = {
  eventBytes: 32 * 1024,
  batchBytes: 500 * 1024,
  batchEvents: 2_500,
  /** Context of a batch, counted once for each event that has no other. */
  sharedContextBytes: 4 * 1024 * 1024,
  messageIdLength: 255,
  nameLength: 200,
} as const

/** One thing that is wrong with something a user sent: where, what stood there, what is allowed. */
export const problemSchema = z.object({
  field: z.string(),
  /** Left out where nothing stood there. */
  value: z.unknown().optional(),
  allowed: z.string(),
  message: z.string(),
})
export interface Problem {
  readonly field: string
  readonly value: Json | undefined
  readonly allowed: string
  readonly message: string
}
