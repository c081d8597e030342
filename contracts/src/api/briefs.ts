import { z } from 'zod'
import { eventMatchSchema } from '../conditions/index.ts'
import { type Route, id, ms } from './parts.ts'

const count = z.number().int().min(0)

/** How many days a brief measures. */
export const briefDays = 28

/** GET /api/journeys/:id/brief (`journeyBrief`). */
export const journeyBriefSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  /** 0 for a draft that was never published. */
  version: z.number(),
  draft: z.boolean(),
  at: ms,
  /** The seventeen questions, each with what the journey answers, and what was measured; `figure` is null where there is nothing to measure. */
  answers: z.array(z.object({ number: z.number(), question: z.string(), answer: z.string(), figure: z.string().nullable() })),
  markdown: z.string(),
})
export type JourneyBrief = z.infer<typeof journeyBriefSchema>

/**
 * POST /api/time-between (`timeBetween`). Of everybody who did `from` in the days that were looked at, from the first time on: who did
 * `to` afterwards, and after how long.
 */
export const timeBetweenSchema = z.object({
  days: z.number(),
  /** Who did `from`. */
  people: count,
  /** Who did `to` afterwards. */
  did: count,
  /** A quarter, a half, three quarters of those who did it had done it after so many ms; null while they are too few to say. */
  quarter: z.number().nullable(),
  median: z.number().nullable(),
  threeQuarters: z.number().nullable(),
  /** 0 to 1: of how many people this is, where the events of all would take too long to read. */
  share: z.number(),
})
export type TimeBetween = z.infer<typeof timeBetweenSchema>

export const briefsRoutes = {
  journeyBrief: {
    method: 'GET',
    path: '/api/journeys/:id/brief',
    access: 'viewer',
    summary: 'A journey as its answers to seventeen questions, with what was measured over the last 28 days',
    params: id,
    query: z.object({
      of: z.enum(['live', 'draft']).optional().meta({ description: 'left out, what is published, or the draft where nothing is' }),
    }),
    response: journeyBriefSchema,
  },
  timeBetween: {
    method: 'POST',
    path: '/api/time-between',
    access: 'viewer',
    // A question; it goes by POST because filters are long.
    audit: false,
    summary: 'How long people take from one event to another; nothing is stored',
    body: z.object({
      from: eventMatchSchema,
      to: eventMatchSchema,
      days: z.number().int().min(1).max(365).default(90),
    }),
    response: timeBetweenSchema,
  },
} as const satisfies Record<string, Route>
