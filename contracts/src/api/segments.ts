import { z } from 'zod'
import { conditionSchema, contextFields } from '../conditions/index.ts'
import { channelKindSchema } from '../channel.ts'
import { segmentSchema, traitDefinitionSchema } from '../definitions.ts'
import { type Route, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

export const segmentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  publishedAt: ms,
  size: z.number(),
  filling: z.boolean(),
  definition: segmentSchema,
  sentence: z.string(),
})

const day = z.string().meta({ description: 'a day in the zone of the workspace, such as "2026-11-22"' })

/**
 * GET /api/segments/:id (route `segment`).
 * `fill` is null when everybody's history has been read; else how far that is: `share` 0 to 1. While it is not null, `size`
 * grows and people come in as "filled".
 * `usedIn` names what would break without the segment. A segment is written with `applyDefinitions`.
 */
export const segmentDetailSchema = segmentSummarySchema.extend({
  archived: z.boolean(),
  fill: z.object({ share: z.number().min(0).max(1), shards: z.number(), shardsDone: z.number() }).nullable(),
  usedIn: z.array(z.object({ kind: z.enum(['journey', 'campaign', 'segment']), id: z.string(), name: z.string() })),
  versions: z.array(z.object({ version: z.number(), publishedAt: ms, publishedBy: z.string(), sentence: z.string() })),
})
export type SegmentDetail = z.infer<typeof segmentDetailSchema>

/**
 * GET /api/segments/:id/members?cursor&limit (`segmentMembers`): newest first. `filled`: came in when the segment was computed
 * from history, not by something that happened then; `since` is then the instant of the computation.
 */
export const segmentMemberSchema = z.object({ person: personSchema, since: ms, filled: z.boolean() })
export type SegmentMember = z.infer<typeof segmentMemberSchema>
export const segmentMembersSchema = paged(segmentMemberSchema)

/**
 * GET /api/segments/:id/history?days=90 (`segmentHistory`): a point per day, oldest first, today included (so far).
 * `size` is at the end of the day; `entered` and `left` count what happened; `filled` those who came in, and `dropped` those who
 * went out, because the segment was computed anew (new, changed, corrected).
 */
export const segmentHistorySchema = z.object({
  days: z.array(z.object({ day, size: z.number(), entered: z.number(), left: z.number(), filled: z.number(), dropped: z.number() })),
  /** Epoch ms up to which history has come in; what happened after it is missing here for now. */
  upTo: ms.nullable(),
})
export type SegmentHistory = z.infer<typeof segmentHistorySchema>

/** GET /api/segments/:id/changes?cursor&limit&change (`segmentChanges`): who entered and left, newest first. `filled`: by computation, not by what happened. */
export const segmentChangeSchema = z.object({
  at: ms,
  change: z.enum(['entered', 'left']),
  filled: z.boolean(),
  person: personSchema,
})
export type SegmentChange = z.infer<typeof segmentChangeSchema>
export const segmentChangesSchema = paged(segmentChangeSchema)
export const segmentChangesQuerySchema = z.object({ change: z.enum(['entered', 'left']).optional(), ...page })

export const previewParts = ['sample', 'reach', 'entrants', 'overlap'] as const

/**
 * POST /api/segments/preview (`previewSegment`). `size` always comes; a part that was not asked for is null. Ask with `quick` first, and
 * once more without it unless that answer was exact already.
 * `id`: the segment being edited, if it is one, so that a condition cannot ask about itself.
 */
export const previewSegmentBodySchema = z.object({
  where: conditionSchema,
  id: z.string().optional(),
  parts: z.array(z.enum(previewParts)).default([...previewParts]),
  /**
   * Answers within some 300 ms from a part of the people, drawn by their ids: a 64th to a quarter, as many as fit into the time. Every figure comes
   * with its margin. In a shop of up to 20,000 everybody is looked at.
   */
  quick: z.boolean().default(false),
  /** Ids of other segments with which the overlap is wanted. */
  overlap: z.array(z.string()).max(4).default([]),
  /** Of which messages the reach is: those for which somebody has to have agreed, or those that go to everybody who has an address. */
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
})

/** How many on a channel. Where not everybody could be looked at, `exact` is false, and the true number lies within `margin` of `people` in 19 cases of 20. */
export const reachSchema = z.object({
  channel: channelKindSchema,
  /** With an address that can be used and is not suppressed; of marketing, allowed by consent. */
  people: z.number(),
  exact: z.boolean(),
  margin: z.number(),
  /** Of one message to each of them, in minor units of `currency`; null while no price is set for the channel. */
  cost: z.number().nullable(),
})

export const segmentPreviewSchema = z.object({
  sentence: z.string(),
  size: z.number(),
  /** False for a quick answer: the true size then lies within `margin` of `size` in 19 cases of 20. */
  exact: z.boolean(),
  margin: z.number(),
  /** Everybody, for the share. */
  people: z.number(),
  /** Twenty of them, drawn at random, the same ones for the same people. */
  sample: z.array(personSchema).nullable(),
  reach: z.array(reachSchema).nullable(),
  currency: z.string(),
  /**
   * Who would have entered and left on each of the last 28 days, had the segment existed, oldest first; today so far. Counted for
   * `share` (0 to 1) of all people and scaled up; 1 is exact. `margin`: how far the mean of the full days may be off in 19 cases of 20.
   */
  entrants: z
    .object({
      share: z.number(),
      margin: z.object({ entered: z.number(), left: z.number() }),
      days: z.array(z.object({ day, entered: z.number(), left: z.number() })),
    })
    .nullable(),
  /** In the order asked; `both` are in this and in the other, `margin` as that of `size`. */
  overlap: z.array(z.object({ id: z.string(), name: z.string(), size: z.number(), both: z.number(), margin: z.number() })).nullable(),
  /** Epoch ms up to which history has come in: who did something after it is counted as before. */
  upTo: ms.nullable(),
  tookMs: z.number(),
})
export type SegmentPreview = z.infer<typeof segmentPreviewSchema>

export const suggestionKinds = ['events', 'properties', 'values', 'traits', 'trait-values', 'context-values'] as const

/**
 * GET /api/suggestions (`suggestions`): words of the shop's own data, most frequent first.
 * `of=events`; `of=properties&event=Order Completed`; `of=values&event=Order Completed&path=country`; `of=traits`;
 * `of=trait-values&path=address.city`; `of=context-values&field=os`. Paths go through lists: `products[].category`. `search` keeps those that contain it, without regard to case.
 */
export const suggestionsQuerySchema = z.object({
  of: z.enum(suggestionKinds),
  event: z.string().max(200).optional(),
  path: z.string().max(200).optional(),
  field: z.enum(contextFields).optional(),
  search: z.string().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const valueTypes = ['text', 'number', 'yes-no', 'date', 'list', 'object'] as const

/**
 * `value` is an event's name, a (dotted) path or a scalar. `types`: what has been seen under a path, most frequent first; empty for
 * event names. `count`: of events, or of people for traits, among those looked at.
 */
export const suggestionsSchema = z.object({
  items: z.array(
    z.object({ value: z.union([z.string(), z.number(), z.boolean()]), types: z.array(z.enum(valueTypes)), count: z.number() }),
  ),
  /** True when only a part of a long history was looked at: counts are then of that part. */
  sampled: z.boolean(),
})
export type Suggestions = z.infer<typeof suggestionsSchema>

/** A computed trait in its latest version. */
const computedTraitSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  publishedAt: ms,
  definition: traitDefinitionSchema,
  /** What it says, in words. */
  sentence: z.string(),
  /** What is kept for it, and how exact that is. */
  exactness: z.string(),
  /** Its history is still being read. */
  filling: z.boolean(),
  usedIn: z.array(z.object({ kind: z.enum(['journey', 'campaign', 'segment', 'template']), id: z.string(), name: z.string() })),
})

export const segmentsRoutes = {
  segments: {
    method: 'GET',
    path: '/api/segments',
    access: 'viewer',
    summary: 'All segments with their size',
    response: z.object({
      items: z.array(segmentSummarySchema),
      /** Those out of use, which are in no other list. */
      archived: z.array(z.object({ id: z.string(), name: z.string(), archivedAt: ms })),
    }),
  },
  computedTraits: {
    method: 'GET',
    path: '/api/computed-traits',
    access: 'viewer',
    summary: 'All computed traits: what each says, how exact it is, and what uses it',
    response: z.object({ items: z.array(computedTraitSchema) }),
  },
  segment: {
    method: 'GET',
    path: '/api/segments/:id',
    access: 'viewer',
    summary: 'A segment with its versions, its size, how far it is filled, and what uses it',
    params: id,
    response: segmentDetailSchema,
  },
  archiveSegment: {
    method: 'POST',
    path: '/api/segments/:id/archive',
    access: 'editor',
    summary: 'Take a segment that nothing uses out of use: everybody leaves it as dropped. Publishing it again brings it back',
    params: id,
    response: z.object({ version: z.number() }),
  },
  segmentMembers: {
    method: 'GET',
    path: '/api/segments/:id/members',
    access: 'viewer',
    summary: 'Who is in a segment, and since when, the latest first',
    params: id,
    query: z.object({ ...page }),
    response: segmentMembersSchema,
  },
  segmentHistory: {
    method: 'GET',
    path: '/api/segments/:id/history',
    access: 'viewer',
    summary: 'The size of a segment day by day, and who came and went',
    params: id,
    query: z.object({ days: z.coerce.number().int().min(1).max(730).default(90) }),
    response: segmentHistorySchema,
  },
  segmentChanges: {
    method: 'GET',
    path: '/api/segments/:id/changes',
    access: 'viewer',
    summary: 'Who entered and left a segment, the latest first',
    params: id,
    query: segmentChangesQuerySchema,
    response: segmentChangesSchema,
  },
  suggestions: {
    method: 'GET',
    path: '/api/suggestions',
    access: 'viewer',
    summary: 'Event names, properties, values and traits of the own data, for writing conditions',
    query: suggestionsQuerySchema,
    response: suggestionsSchema,
  },
  previewSegment: {
    method: 'POST',
    path: '/api/segments/preview',
    access: 'viewer',
    // A question, asked with each change of a condition; it goes by POST because conditions are long.
    audit: false,
    summary: 'Who a condition means: how many, who, and where they can be reached; nothing is stored',
    body: previewSegmentBodySchema,
    response: segmentPreviewSchema,
  },
} as const satisfies Record<string, Route>
