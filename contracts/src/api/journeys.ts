import { z } from 'zod'
import { journeySchema, journeyStateSchema } from '../journeys/index.ts'
import { jsonObjectSchema } from '../json.ts'
import { intervalSchema } from './experiments.ts'
import { personRefSchema } from './lists.ts'
import { type Route, id, ms } from './parts.ts'

/** A goal and how many runs have reached it, each once, also after they were over where it counts that long; several goals of one run count each. */
const goalReachedSchema = z.object({
  name: z.string(),
  reached: z.number(),
  leaves: z.boolean().meta({ description: 'whether a run ends by it' }),
})
export type GoalReached = z.infer<typeof goalReachedSchema>

export const journeySummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  state: journeyStateSchema,
  priority: z.number(),
  version: z.number(),
  publishedAt: ms,
  entered: z.number(),
  inside: z.number(),
  goals: z.array(goalReachedSchema).meta({ description: 'goals of the newest version, counted over all versions that have them' }),
  messages: z.number(),
})

export const journeyDetailSchema = journeySummarySchema.extend({
  definition: journeySchema,
  versions: z.array(z.object({ version: z.number(), publishedAt: ms, inside: z.number() })),
  /** Passages per edge of the shown version, or over all versions; ids as in engine `edgeId`: `entry`, `entry:0` where there are several, `goal:0`, `<step>:next`, `<step>:0`, `<step>:otherwise`, `left:goal`, `left:exit`, `left:end`, `full` and `kept-out` for people who were not let in, `moved:in` and `moved:out` for people moved from and to other versions. */
  edges: z.array(z.object({ id: z.string(), count: z.number() })),
  /** People in each step now; over all versions also in steps that the shown one does not have. */
  steps: z.array(z.object({ step: z.string(), inside: z.number() })),
})

/** Of runs that came through a place, how many reached a goal afterwards. */
const conversionSchema = z.object({
  people: z
    .number()
    .meta({ description: 'runs that came through and had not reached the goal before; each counts once, however often it did' }),
  converted: z.number().meta({ description: 'those of them that reached it afterwards, in the time in which it counts' }),
  rate: intervalSchema.meta({ description: '95 % interval of the rate, as shares of 1 (Wilson)' }),
  enough: z.boolean().meta({ description: 'whether there are enough to say anything' }),
})
export type Conversion = z.infer<typeof conversionSchema>

export const journeyConversionsSchema = z.object({
  goals: z.array(z.object({ name: z.string() })),
  places: z.array(
    z.object({
      place: z.string().meta({ description: 'a way, by the id of its edge; a step, by its id; or `entry`' }),
      results: z.array(conversionSchema).meta({ description: 'one for each of the goals' }),
    }),
  ),
})
export type JourneyConversions = z.infer<typeof journeyConversionsSchema>

const overSchema = z.enum(['version', 'all'])

export const journeysRoutes = {
  journeys: {
    method: 'GET',
    path: '/api/journeys',
    access: 'viewer',
    summary: 'All journeys',
    response: z.object({ items: z.array(journeySummarySchema) }),
  },
  journey: {
    method: 'GET',
    path: '/api/journeys/:id',
    access: 'viewer',
    summary: 'A journey with its live counts',
    params: id,
    query: z.object({
      version: z.coerce.number().int().optional(),
      over: overSchema.optional().meta({
        description:
          'what edges and steps count: people of the shown version, or those of all, where its steps are those of the same id and its ways those that say the same',
      }),
    }),
    response: journeyDetailSchema,
  },
  journeyConversions: {
    method: 'GET',
    path: '/api/journeys/:id/conversions',
    access: 'viewer',
    summary: 'Of those who came through each step and way of a journey, how many reached its goals afterwards',
    params: id,
    query: z.object({ version: z.coerce.number().int().optional(), over: overSchema.optional() }),
    response: journeyConversionsSchema,
  },
  setJourneyState: {
    method: 'POST',
    path: '/api/journeys/:id/state',
    access: 'editor',
    summary: 'Pause, drain, stop, archive or resume a journey',
    params: id,
    body: z.strictObject({ state: journeyStateSchema }),
    response: z.object({ state: journeyStateSchema, before: journeyStateSchema }),
  },
  undoJourney: {
    method: 'POST',
    path: '/api/journeys/:id/undo',
    access: 'editor',
    summary: 'Publish the version before the latest one again; those inside finish on theirs',
    params: id,
    body: z.strictObject({
      onto: z.int().min(1).meta({ description: 'the newest version as the caller knows it: refused when there is another' }),
    }),
    response: z.object({ version: z.number(), of: z.number().meta({ description: 'the version that is published again' }) }),
  },
  enterJourney: {
    method: 'POST',
    path: '/api/journeys/:id/enter',
    access: 'editor',
    bodyBytes: 64 * 1024,
    summary: 'Let somebody into a journey that has an entry of the kind api; its rules decide whether they come in',
    params: id,
    body: z.strictObject({
      person: personRefSchema,
      properties: jsonObjectSchema.default({}).meta({ description: 'what templates and the key of the journey see as the event' }),
      key: z.string().min(1).max(200).optional().meta({ description: 'asked again with the same key, nothing happens again' }),
      create: z.boolean().default(false).meta({ description: 'whether a profile is made for whom nobody knows yet' }),
    }),
    response: z.object({ outcome: z.enum(['asked', 'repeated']) }),
  },
} as const satisfies Record<string, Route>
