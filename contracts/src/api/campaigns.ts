import { z } from 'zod'
import { campaignSchema, resendToSchema, sendActionSchema, sendStateSchema } from '../campaigns/index.ts'
import { channelKindSchema } from '../channel.ts'
import { definitionIdSchema } from '../id.ts'
import { jsonObjectSchema } from '../json.ts'
import { sendApprovalSchema } from './campaign-approvals.ts'
import { sendTestSchema } from './campaign-variants.ts'
import { type Route, id, ms, sendParams } from './parts.ts'

/** How far a send is in its ramp. */
const sendRampSchema = z.object({
  stage: z.number().meta({ description: 'counts up from 1; the last one is all of the audience' }),
  stages: z.number(),
  percent: z.number().meta({ description: 'of the audience, with all stages until this one' }),
  nextAt: ms.nullable().meta({ description: 'when the next stage begins; null: not known yet, or there is none' }),
  isAll: z.boolean().meta({ description: 'whether somebody said that it waits no more' }),
  isHalted: z.boolean().meta({ description: 'whether it was paused by itself; `note` says why' }),
  words: z.string().meta({ description: 'how it stands: a sentence' }),
})
export type SendRamp = z.infer<typeof sendRampSchema>

/**
 * One send of a campaign. `audience` people were looked at so far who are in it; it adds up at every instant:
 * audience = sent + heldBack (the sum of `reasons`) + cancelled + underWay.
 */
export const campaignSendSchema = z.object({
  campaign: z.string(),
  number: z.number().meta({ description: 'counts up from 1 for each campaign' }),
  version: z.number(),
  state: sendStateSchema,
  by: z.string(),
  orderedAt: ms,
  /** Until then it can be undone, and nothing is handed over; null where there is no such time. */
  undoUntil: ms.nullable(),
  startsAt: ms,
  startedAt: ms.nullable(),
  endedAt: ms.nullable(),
  /** Why it stands as it does, where somebody or something made it so: a sentence. */
  note: z.string().nullable(),
  /** Of a send to those who did not answer an earlier one: which, who that is, whether those who reached the goal since are left out, and the line that stands in place of the template's. */
  resend: z.object({ of: z.number(), to: resendToSchema, exceptGoal: z.boolean(), subject: z.string().nullable() }).nullable(),
  /** How it stands with the approval by a second person; null: nobody was asked. */
  approval: sendApprovalSchema.nullable(),
  /** What may be done with it now. */
  actions: z.array(sendActionSchema),
  /** Whether everybody has been looked at: `audience` is then all there are. */
  isWhole: z.boolean(),
  audience: z.number(),
  sent: z.number(),
  heldBack: z.number(),
  /** Why people got nothing, most first; `reason` is a sentence. */
  reasons: z.array(z.object({ rule: z.string(), reason: z.string(), people: z.number() })),
  cancelled: z.number(),
  underWay: z.number(),
  /** People who opened and clicked, machines left out. */
  opened: z.number(),
  clicked: z.number(),
  /** How far it is in its ramp; null: it has none. */
  ramp: sendRampSchema.nullable(),
  /** How far it is with choosing between variants; null: nothing is to be chosen. */
  test: sendTestSchema.nullable(),
  /** How far it is, 0 to 1, by the people looked at and dealt with, and messages a minute of late; null while it does not send. */
  progress: z.object({ share: z.number(), perMinute: z.number(), secondsLeft: z.number().nullable() }).nullable(),
})
export type CampaignSend = z.infer<typeof campaignSendSchema>

export const campaignSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  channel: channelKindSchema,
  version: z.number(),
  publishedAt: ms,
  archived: z.boolean(),
  /** How its latest send stands; null: it was never sent. */
  state: sendStateSchema.nullable(),
  /** When the latest send goes out, or did. */
  startsAt: ms.nullable(),
  /** Campaign, audience and time as a sentence. */
  sentence: z.string(),
})
export type CampaignSummary = z.infer<typeof campaignSummarySchema>

/** How many are in it, how many of them the channel reaches, and what that costs; with margins as in `previewSegment`. */
export const campaignEstimateSchema = z.object({
  audience: z.number(),
  /** In the segment, and in one of the excluded ones. */
  excluded: z.number(),
  /** Who is to be held out is taken off, here and of the cost. */
  reachable: z.number(),
  /** Of those the channel reaches, about. */
  heldOut: z.number(),
  exact: z.boolean(),
  margin: z.number(),
  /** In minor units of `currency`; null while no price is set for the channel. */
  cost: z.number().nullable(),
  currency: z.string(),
  /** How long it takes at its throttle and with the pauses of its ramp, seconds; null without either. */
  seconds: z.number().nullable(),
  /**
   * Other campaigns that go out, or went, within so many days of it or are still on their way, each once, the nearest in time first: how many
   * people who would get this one are in their segment too. Where that is no exact figure, the true one lies within `margin` of it in 19 cases of 20.
   */
  overlaps: z.array(z.object({ campaign: z.string(), name: z.string(), at: ms, both: z.number(), margin: z.number() })),
  notCompared: z.number().meta({ description: 'how many more campaigns there are then; at most four segments are compared' }),
  startsAt: ms.nullable().meta({ description: 'when it would go out if it were sent now; null: when a program asks for it' }),
  /** Whether the workspace asks for a second person's approval before so many people get it. */
  needsApproval: z.boolean(),
})
export type CampaignEstimate = z.infer<typeof campaignEstimateSchema>

/** A link that leads elsewhere than it did when the messages were written. */
export const campaignRedirectSchema = z.object({ from: z.string(), to: z.string(), by: z.string(), at: ms })
export type CampaignRedirect = z.infer<typeof campaignRedirectSchema>

const webAddress = z
  .url({ protocol: /^https?$/, error: 'an address that begins with http:// or https://' })
  .max(2_000)
  .regex(/^[\x21-\x7e]+$/, 'an address without blanks, other letters written as %…')

/** Something planned, or sent: `at` by the shop's clocks or, where `zone` is person, when the first people's clocks show it. */
export const calendarEntrySchema = z.object({
  kind: z.enum(['campaign', 'journey']),
  id: z.string(),
  name: z.string(),
  what: z.enum(['send', 'repeat', 'plan', 'audience', 'opens', 'closes']).meta({
    description:
      'send: it was ordered; repeat: its series will order it; plan: its time comes and nobody has sent it; of journeys: an audience enters, it opens or closes',
  }),
  at: ms,
  zone: z.enum(['shop', 'person']),
  slot: ms
    .nullable()
    .meta({ description: 'what each person’s own clocks show then, as ms since 1970 there; null: all get it at the same time' }),
  /** The send, where it was ordered; null: it will be, by a series or by somebody. */
  number: z.number().nullable(),
  /** How the send stands; null: it was not ordered yet. */
  state: sendStateSchema.nullable(),
  sentence: z.string(),
})
export type CalendarEntry = z.infer<typeof calendarEntrySchema>

/** Everything stands still: no campaign and no journey goes on, and no marketing message is handed over. */
export const fullStopSchema = z.object({
  stopped: z.boolean(),
  since: ms.nullable(),
  by: z.string().nullable(),
  /** Journeys that were paused by it, and go on when it is lifted. */
  journeys: z.array(z.string()),
})
export type FullStop = z.infer<typeof fullStopSchema>

export const campaignsRoutes = {
  campaigns: {
    method: 'GET',
    path: '/api/campaigns',
    access: 'viewer',
    summary: 'All campaigns, and how they stand',
    response: z.object({ items: z.array(campaignSummarySchema) }),
  },
  campaign: {
    method: 'GET',
    path: '/api/campaigns/:id',
    access: 'viewer',
    summary: 'A campaign with its sends, newest first, and what became of everybody in them',
    params: id,
    response: campaignSummarySchema.extend({
      definition: campaignSchema,
      sends: z.array(campaignSendSchema),
      redirects: z.array(campaignRedirectSchema),
    }),
  },
  estimateCampaign: {
    method: 'POST',
    path: '/api/campaigns/estimate',
    access: 'viewer',
    audit: false,
    summary: 'How many a campaign reaches and what it costs, before it is published or sent',
    body: z.strictObject({ definition: campaignSchema, overlapDays: z.int().min(0).max(60).default(7) }),
    response: campaignEstimateSchema,
  },
  sendCampaign: {
    method: 'POST',
    path: '/api/campaigns/:id/send',
    access: 'editor',
    bodyBytes: 64 * 1024,
    summary:
      'Send a campaign in its latest version; for 30 seconds nothing is handed over and it can be undone, unless a program asks for it',
    params: z.object({ id: definitionIdSchema }),
    body: z.strictObject({
      version: z.number().int().min(1).optional().meta({ description: 'refused when another one is the latest by now' }),
      key: z.string().min(1).max(200).optional().meta({ description: 'asked again with the same key, nothing happens again' }),
      properties: jsonObjectSchema
        .default({})
        .meta({ description: 'what templates see as the event, for campaigns that programs ask for' }),
    }),
    response: z.object({ outcome: z.enum(['ordered', 'repeated']), send: campaignSendSchema }),
  },
  actOnSend: {
    method: 'POST',
    path: '/api/campaigns/:id/sends/:number',
    access: 'editor',
    summary: 'Undo, pause, resume or cancel a send, or let all get it that its ramp still holds back',
    params: sendParams,
    body: z.strictObject({ action: sendActionSchema }),
    response: z.object({ before: sendStateSchema, send: campaignSendSchema }),
  },
  redirectLink: {
    method: 'POST',
    path: '/api/campaigns/:id/redirects',
    access: 'editor',
    summary: 'Let a link of a campaign lead elsewhere, also in messages that were sent; to: null lets it lead where it did',
    params: id,
    body: z.strictObject({ from: z.string().min(1).max(2_000), to: webAddress.nullable() }),
    response: z.object({ redirects: z.array(campaignRedirectSchema) }),
  },
  calendar: {
    method: 'GET',
    path: '/api/calendar',
    access: 'viewer',
    summary: 'Everything planned or sent in a span of time: sends of campaigns, and audiences of journeys',
    query: z.object({ from: z.coerce.number().int(), to: z.coerce.number().int() }),
    response: z.object({ items: z.array(calendarEntrySchema) }),
  },
  fullStop: {
    method: 'GET',
    path: '/api/full-stop',
    access: 'viewer',
    summary: 'Whether everything has been stopped',
    response: fullStopSchema,
  },
  setFullStop: {
    method: 'POST',
    path: '/api/full-stop',
    access: 'editor',
    summary: 'Stop all campaigns, journeys and marketing messages at once, or let them go on',
    body: z.strictObject({ stopped: z.boolean() }),
    response: fullStopSchema,
  },
} as const satisfies Record<string, Route>
