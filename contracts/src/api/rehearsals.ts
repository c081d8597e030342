import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { templateSchema } from '../definitions.ts'
import { journeySchema } from '../journeys/index.ts'
import { type Route, ms } from './parts.ts'
import { personSchema } from './people.ts'

const count = z.number().int().min(0)

/** One thing that would have happened to one person. */
export const rehearsalMomentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entered'), at: ms, by: z.string().nullable() }),
  z.object({ kind: z.literal('waiting'), at: ms, step: z.string(), until: ms.nullable() }),
  z.object({ kind: z.literal('passed'), at: ms, edge: z.string() }),
  z.object({
    kind: z.literal('message'),
    at: ms,
    step: z.string(),
    channel: channelKindSchema,
    /** The rule that held it back; null: it would have been sent. */
    heldBy: z.string().nullable(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal('delayed'), at: ms, step: z.string(), channel: channelKindSchema, rule: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('goal'), at: ms, goal: z.string().optional() }),
  z.object({ kind: z.literal('left'), at: ms, reason: z.string() }),
])

/** What a draft would have done in the days that were looked at. */
export const rehearsalSchema = z.object({
  since: ms,
  until: ms,
  zone: z.string(),
  people: count,
  entries: count,
  /** Each day of the workspace's zone, also those on which nobody entered, such as "2026-11-22". */
  days: z.array(z.object({ day: z.string(), entered: count, sent: count, held: count })),
  /** Passages of each way, by the same ids as `journey`. */
  edges: z.array(z.object({ id: z.string(), count })),
  /** People at each step when the window ended. */
  steps: z.array(z.object({ step: z.string(), inside: count })),
  /** `cost` in minor units of the currency; null where nobody has said what the channel costs. */
  messages: z.array(z.object({ step: z.string(), channel: channelKindSchema, sent: count, held: count, cost: z.number().nullable() })),
  currency: z.string(),
  /** Why messages were held back, with the reason as one of those people would have it. */
  held: z.array(z.object({ channel: channelKindSchema, rule: z.string(), reason: z.string(), count })),
  /** Why messages waited before they went out or were held back after all. */
  delayed: z.array(z.object({ channel: channelKindSchema, rule: z.string(), reason: z.string(), count })),
  /** Codes that its steps would have taken, by pool, and how many the pool has now; null: there is no such pool. */
  codes: z.array(z.object({ pool: z.string(), needed: count, free: count.nullable() })),
  /** Tasks that would have come to people of the shop, by whose they are, and how many of them on the day that had most. */
  tasks: z.array(z.object({ assignee: z.string(), count, mostADay: count })),
  /** How often each goal was reached, in the order of the journey's goals; one person may reach several. */
  goals: z.array(z.object({ name: z.string(), reached: count, leaves: z.boolean() })),
  left: z.array(z.object({ reason: z.string(), count })),
  /** The most usual paths, each with somebody who took it; null where that person is not there any more. */
  examples: z.array(z.object({ person: personSchema.nullable(), people: count, moments: z.array(rehearsalMomentSchema) })),
  /** People who did so much in these days (a program, mostly) that they were not gone through. */
  leftOut: count,
  /** Events of the shop that let people in, and those before them that there were too many of; null where none could. */
  shopEvents: z.object({ events: count, leftOut: count }).nullable(),
  /** Events that were read, and how long all of it took. */
  read: count,
  tookMs: z.number(),
})
export type Rehearsal = z.infer<typeof rehearsalSchema>

/** An item of the stream: how far it is, and at the end what came of it, or why nothing did. */
export const rehearsalNewsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), share: z.number().min(0).max(1), read: count, people: count }),
  z.object({ kind: z.literal('done'), rehearsal: rehearsalSchema }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
])
export type RehearsalNews = z.infer<typeof rehearsalNewsSchema>

/** From how many tasks a day on somebody is warned that one person can hardly do them. */
export const manyTasksADay = 50

/** Days that a rehearsal may look back. */
export const rehearsalDays = { least: 1, most: 365, usual: 28 } as const

export const rehearsalsRoutes = {
  rehearseJourney: {
    method: 'POST',
    path: '/api/journeys/rehearse',
    access: 'editor',
    summary: 'Run a draft of a journey over the last days of history; nothing is sent or written',
    body: z.object({
      definition: journeySchema,
      days: z.number().int().min(rehearsalDays.least).max(rehearsalDays.most).default(rehearsalDays.usual),
      templates: z
        .array(templateSchema)
        .max(50)
        .default([])
        .meta({ description: 'templates that the draft needs and that are not published yet' }),
    }),
    bodyBytes: 1024 * 1024,
    response: rehearsalNewsSchema,
    stream: true,
    audit: false,
  },
} as const satisfies Record<string, Route>
