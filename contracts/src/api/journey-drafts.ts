import { z } from 'zod'
import { definitionIdSchema } from '../id.ts'
import { stepSchema, versionMoveSchema } from '../journeys/index.ts'
import { type Route, done, id, ms } from './parts.ts'

const draftName = z.string().max(120)
const stepKind = z.enum(stepSchema.options.map((one) => one.shape.kind.value))

/** A journey in the making: a definition as far as it is said. Only its id and its outline are checked; all of it is when it is published. */
export const journeyDraftBodySchema = z
  .looseObject({
    kind: z.literal('journey'),
    id: definitionIdSchema,
    name: draftName,
    start: z.string().max(64),
    steps: z.record(z.string().max(64), z.looseObject({ kind: stepKind })),
  })
  .refine((body) => !JSON.stringify(body).includes('\\u0000'), { error: 'text without the character NUL' })

const revision = z.int().min(1)
const savedSchema = z.object({
  revision,
  savedAt: ms,
  /** Who saved it last: a user's e-mail address, or the name of an API key. */
  savedBy: z.string(),
})

export const journeyDraftSchema = savedSchema.extend({
  /** The version that the draft began from; 0 for a new journey. */
  basedOn: z.int(),
  definition: journeyDraftBodySchema,
})
export type JourneyDraft = z.infer<typeof journeyDraftSchema>

export const journeyDraftsRoutes = {
  journeyDrafts: {
    method: 'GET',
    path: '/api/journey-drafts',
    access: 'viewer',
    summary: 'Journeys that are being edited',
    response: z.object({ items: z.array(savedSchema.extend({ id: z.string(), name: draftName, basedOn: z.int() })) }),
  },
  journeyDraft: {
    method: 'GET',
    path: '/api/journey-drafts/:id',
    access: 'viewer',
    summary: 'The draft of a journey, if it has one',
    params: id,
    response: z.object({
      draft: journeyDraftSchema.nullable(),
      /** The newest published version; 0 when there is none. */
      newest: z.int(),
    }),
  },
  beginJourneyDraft: {
    method: 'POST',
    path: '/api/journey-drafts',
    access: 'editor',
    summary: 'Begin to edit a journey, or a new one',
    body: z.object({ definition: journeyDraftBodySchema, basedOn: z.int().min(0) }),
    response: savedSchema,
  },
  saveJourneyDraft: {
    method: 'PUT',
    path: '/api/journey-drafts/:id',
    access: 'editor',
    summary: 'Save the draft of a journey; refused when somebody else has saved it since',
    params: id,
    body: z.object({ definition: journeyDraftBodySchema, revision }),
    response: savedSchema,
    // The editor saves by itself, every few seconds; beginning, publishing and discarding stand in the log.
    audit: false,
  },
  publishJourneyDraft: {
    method: 'POST',
    path: '/api/journey-drafts/:id/publish',
    access: 'editor',
    summary: 'Publish the draft of a journey as its next version',
    params: id,
    body: z.object({
      revision,
      /** The newest version as the caller knows it, 0 for none: refused when another one has been published since. */
      onto: z.int().min(0),
      dryRun: z.boolean().default(false),
      moves: z
        .array(versionMoveSchema)
        .max(100)
        .default([])
        .meta({ description: 'where people inside go, by the version on which they are; whose version or step is not named stays' }),
    }),
    response: z.object({
      dryRun: z.boolean(),
      change: z.enum(['new', 'changed', 'unchanged']),
      version: z.number(),
      /** People inside by their version, and where in it they stand. */
      inside: z.array(
        z.object({ version: z.number(), people: z.number(), steps: z.array(z.object({ step: z.string(), people: z.number() })) }),
      ),
    }),
  },
  discardJourneyDraft: {
    method: 'DELETE',
    path: '/api/journey-drafts/:id',
    access: 'editor',
    summary: 'Throw the draft of a journey away; what is published stays',
    params: id,
    query: z.object({ revision: z.coerce.number().int().min(1) }),
    response: done,
  },
} as const satisfies Record<string, Route>
