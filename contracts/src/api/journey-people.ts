import { z } from 'zod'
import { type Route, id, ms, page, paged } from './parts.ts'
import { personSchema } from './people.ts'

/** So many people are named one by one in a call; everybody at a step is one word, however many they are. */
export const journeyMoveLimit = 1_000

const whoseRuns = {
  version: z.int().min(1).meta({ description: 'the version on which they are' }),
  step: z.string().min(1).max(64).meta({ description: 'the step at which they stand' }),
  runs: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(journeyMoveLimit)
    .optional()
    .meta({ description: 'the runs of those who are meant, as the list of people names them; left out, everybody who stands there now' }),
  key: z.string().min(1).max(200).optional().meta({ description: 'asked again with the same key, nothing happens again' }),
}

/** People who were taken from a step because somebody asked for it, and how far that has come. */
export const journeyMoveSchema = z.object({
  id: z.string(),
  version: z.number(),
  step: z.string(),
  /** Where to; null: out of the journey. */
  to: z.object({ version: z.number(), step: z.string() }).nullable(),
  /** How many it was asked for. */
  people: z.number(),
  /** Those whose turn has not come yet. */
  waiting: z.number(),
  moved: z.number(),
  /** Those who had gone on or left by themselves before their turn came. */
  passed: z.number(),
  askedAt: ms,
  askedBy: z.string(),
})
export type JourneyMove = z.infer<typeof journeyMoveSchema>

const asked = z.object({ move: z.string(), outcome: z.enum(['asked', 'repeated']), people: z.number() })

export const journeyPeopleRoutes = {
  journeyPeople: {
    method: 'GET',
    path: '/api/journeys/:id/people',
    access: 'viewer',
    summary: 'Who is where in a journey, since when and until when',
    params: id,
    query: z.object({
      step: z.string().optional(),
      version: z.coerce.number().int().optional(),
      search: z.string().max(200).optional().meta({ description: 'beginning of an e-mail address, phone number or id, or part of a name' }),
      ...page,
    }),
    response: paged(
      z.object({
        person: personSchema,
        run: z.string(),
        step: z.string(),
        version: z.number(),
        enteredAt: ms,
        since: ms,
        wakesAt: ms.nullable(),
      }),
    ),
  },
  moveJourneyPeople: {
    method: 'POST',
    path: '/api/journeys/:id/people/move',
    access: 'editor',
    summary: 'Move people from one step of a journey to another, of the same version or of another; they arrive there anew',
    bodyBytes: 512 * 1024,
    audit: 'bare',
    params: id,
    body: z.strictObject({ ...whoseRuns, to: z.strictObject({ version: z.int().min(1).optional(), step: z.string().min(1).max(64) }) }),
    response: asked,
  },
  removeJourneyPeople: {
    method: 'POST',
    path: '/api/journeys/:id/people/remove',
    access: 'editor',
    summary: 'Take people out of a journey; what they were about to be told is called back',
    bodyBytes: 512 * 1024,
    audit: 'bare',
    params: id,
    body: z.strictObject(whoseRuns),
    response: asked,
  },
  journeyMoves: {
    method: 'GET',
    path: '/api/journeys/:id/moves',
    access: 'viewer',
    summary: 'The latest twenty moves and removals of people in a journey, and how far they have come',
    params: id,
    response: z.object({ items: z.array(journeyMoveSchema) }),
  },
} as const satisfies Record<string, Route>
