import { z } from 'zod'
import { definitionIdSchema } from '../id.ts'
import { type Route, done, id, ms } from './parts.ts'

const count = z.number().int().min(0)

/** Formats in which ad platforms take customer lists. */
export const adPlatforms = ['google', 'meta'] as const

/** Ids of ad audiences are short enough for the list that keeps their members. */
export const adAudienceIdSchema = definitionIdSchema.max(58)

/** The list that keeps the members of an audience that no segment says. */
export function listOfAdAudience(id: string): string {
  return `ad-${id}`
}

export const adAudienceCountsSchema = z.object({
  people: count.meta({ description: 'who are in it' }),
  withoutConsent: count.meta({ description: 'of them left out: have not agreed to ads, or their address gets none' }),
  withoutKey: count.meta({
    description: 'of them left out: have agreed, and neither an e-mail address nor a phone number with its country',
  }),
  rows: count.meta({ description: 'of them told' }),
  email: count.meta({ description: 'told by their e-mail address' }),
  phone: count.meta({ description: 'told by their phone number' }),
  name: count.meta({ description: 'told with first and last name' }),
})
export type AdAudienceCounts = z.infer<typeof adAudienceCountsSchema>

export const adAudienceSchema = z.object({
  id: z.string(),
  name: z.string(),
  platform: z.enum(adPlatforms),
  segment: z
    .string()
    .nullable()
    .meta({ description: 'whose people are in it at every instant; null: those whom journeys and hands put in' }),
  list: z.string().nullable().meta({ description: 'the list that keeps its members, with since when; null: a segment says them' }),
  topic: z.string().nullable().meta({ description: 'a topic of the channel ad-audience to which they must have agreed as well' }),
  counts: adAudienceCountsSchema.nullable().meta({ description: 'of the latest export or count; null: there was none yet' }),
  countedAt: ms.nullable(),
  linkedAt: ms.nullable().meta({ description: 'since when there is an address from which a platform may fetch it' }),
  fetchedAt: ms.nullable().meta({ description: 'when it was fetched from there last' }),
  createdAt: ms,
  createdBy: z.string(),
  deletedAt: ms.nullable(),
})
export type AdAudience = z.infer<typeof adAudienceSchema>

/** What an ad audience is called. */
export const adAudienceNameSchema = z.string().trim().min(1).max(120)
/** A topic of the channel ad-audience to which its people must have agreed as well. */
export const adAudienceTopicSchema = z
  .string()
  .trim()
  .regex(/^[^\s]{1,100}$/, { error: 'a topic without blanks, such as "retargeting"' })
  .nullable()
  .default(null)
const name = adAudienceNameSchema
const topic = adAudienceTopicSchema

export const adAudiencesRoutes = {
  adAudiences: {
    method: 'GET',
    path: '/api/ad-audiences',
    access: 'viewer',
    summary: 'All ad audiences, with what their latest export held; with deleted=true those that were deleted',
    query: z.object({ deleted: z.enum(['true', 'false']).default('false') }),
    response: z.object({ items: z.array(adAudienceSchema) }),
  },
  adAudience: {
    method: 'GET',
    path: '/api/ad-audiences/:id',
    access: 'viewer',
    summary: 'One ad audience, also a deleted one, and the journeys that use it',
    params: id,
    response: adAudienceSchema.extend({ usedIn: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })) }),
  },
  createAdAudience: {
    method: 'POST',
    path: '/api/ad-audiences',
    access: 'editor',
    summary: 'Make an ad audience, of a segment or with members of its own; id, platform and segment never change',
    body: z.strictObject({
      name,
      id: adAudienceIdSchema.optional(),
      platform: z.enum(adPlatforms),
      segment: definitionIdSchema.nullable().default(null),
      topic,
    }),
    response: adAudienceSchema,
  },
  setAdAudience: {
    method: 'PUT',
    path: '/api/ad-audiences/:id',
    access: 'editor',
    summary: 'Say what an ad audience is called, and to which topic its people must have agreed',
    params: id,
    body: z.strictObject({ name, topic }),
    response: adAudienceSchema,
  },
  deleteAdAudience: {
    method: 'DELETE',
    path: '/api/ad-audiences/:id',
    access: 'editor',
    summary:
      'Delete an ad audience that no journey uses, and the address from which it is fetched; the list of its members stays, and it can be restored',
    params: id,
    response: done,
  },
  restoreAdAudience: {
    method: 'POST',
    path: '/api/ad-audiences/:id/restore',
    access: 'editor',
    summary: 'Bring a deleted ad audience back, with its people; an address to fetch it from is made anew',
    params: id,
    response: adAudienceSchema,
  },
  countAdAudience: {
    method: 'POST',
    path: '/api/ad-audiences/:id/count',
    access: 'editor',
    audit: false,
    summary: 'Count now who is in it, who is left out and by what the others are told',
    params: id,
    response: adAudienceCountsSchema,
  },
  exportAdAudience: {
    method: 'GET',
    path: '/api/ad-audiences/:id/export',
    access: 'editor',
    audit: true,
    download: 'text/csv',
    summary: 'Its people in the format of its platform, hashed, written as they are read',
    params: id,
    response: z.string(),
  },
  linkAdAudience: {
    method: 'POST',
    path: '/api/ad-audiences/:id/link',
    access: 'editor',
    summary: 'Make an address from which a platform may fetch it; it is told once, and one that there was ends',
    params: id,
    response: z.object({ path: z.string(), url: z.string() }),
  },
  unlinkAdAudience: {
    method: 'DELETE',
    path: '/api/ad-audiences/:id/link',
    access: 'editor',
    summary: 'End the address from which it is fetched',
    params: id,
    response: done,
  },
} as const satisfies Record<string, Route>
