import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { journeySchema } from '../journeys/index.ts'
import { jsonObjectSchema } from '../json.ts'
import { type Route, ms } from './parts.ts'

const step = z.string()
const at = ms

/** One thing that happened in a test run, by its own clock. */
export const testMomentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('heard'), at, event: z.string() }),
  z.object({ kind: z.literal('entered'), at }),
  z.object({ kind: z.literal('stands'), at, step, until: ms.nullable() }),
  z.object({ kind: z.literal('passed'), at, step, edge: z.string(), because: z.string().meta({ description: 'why this way' }) }),
  z.object({
    kind: z.literal('message'),
    at,
    step,
    id: z.string(),
    channel: channelKindSchema,
    template: z.string(),
    heldBy: z.string().nullable().meta({ description: 'the rule that held it back; null: it would have been sent' }),
    reason: z.string(),
    content: z
      .object({ title: z.string().nullable(), html: z.string().nullable(), text: z.string(), url: z.string().nullable() })
      .nullable()
      .meta({ description: 'as they would read it; null where it cannot be written' }),
    failure: z.string().nullable().meta({ description: 'why it cannot be written' }),
  }),
  z.object({ kind: z.literal('delayed'), at, step, channel: channelKindSchema, reason: z.string() }),
  z.object({ kind: z.literal('asked'), at, step, ok: z.boolean() }),
  z.object({
    kind: z.literal('task'),
    at,
    step,
    title: z.string(),
    text: z.string(),
    assignee: z.string(),
    dueAt: ms.nullable(),
    email: z.boolean(),
    failure: z
      .string()
      .nullable()
      .meta({ description: 'why its texts cannot be written for this person; they stand as the step has them then' }),
  }),
  z.object({ kind: z.literal('did'), at, step, event: z.string(), properties: jsonObjectSchema }),
  z.object({ kind: z.literal('goal'), at, name: z.string() }),
  z.object({ kind: z.literal('left'), at, reason: z.string() }),
])
export type ShownTestMoment = z.infer<typeof testMomentSchema>

export const testRunSchema = z.object({
  moments: z.array(testMomentSchema),
  standing: z
    .object({
      step,
      since: ms,
      until: ms.nullable(),
      listens: z.boolean().meta({ description: 'whether something that they do moves them on' }),
    })
    .nullable()
    .meta({ description: 'where they stand at the end; null: they are out, or never came in' }),
  outside: z.string().nullable().meta({ description: 'why they did not come in; null: they did' }),
})
export type ShownTestRun = z.infer<typeof testRunSchema>

const happening = z.strictObject({
  at: ms,
  event: z.string().min(1).max(200),
  properties: jsonObjectSchema.default({}),
  message: z.string().optional().meta({ description: 'what becomes of the message of this id: `Message Opened`, `Message Clicked` …' }),
})

export const testRunsRoutes = {
  testJourney: {
    method: 'POST',
    path: '/api/journeys/test',
    access: 'editor',
    summary: 'Take one person through a journey by a clock of its own; nothing is sent, called or written, and nothing of it counts',
    body: z
      .strictObject({
        definition: journeySchema,
        person: z.union([
          z.strictObject({ id: z.string().min(1).meta({ description: 'somebody of the shop, as they were when the test began' }) }),
          z.strictObject({
            traits: jsonObjectSchema,
            agreed: z
              .boolean()
              .default(true)
              .meta({ description: 'whether they have agreed to every channel; else the defaults of the workspace hold' }),
          }),
        ]),
        startedAt: ms.meta({ description: 'when the test began; the same in all calls for one test' }),
        entry: z
          .strictObject({ index: z.int().min(0).default(0), properties: jsonObjectSchema.default({}) })
          .default({ index: 0, properties: {} })
          .meta({ description: 'by which entry they come in, and what the event says that starts it' }),
        happenings: z.array(happening).max(100).default([]).meta({ description: 'what they are made to do, in order' }),
        answers: z.record(z.string(), jsonObjectSchema.nullable()).default({}).meta({
          description:
            'by step, what a webhook or a coupon pool answers, or null for no answer; neither is asked. Left out: yes, with nothing more, or the code EXAMPLE',
        }),
        until: ms.meta({ description: 'how far time passes; ask again with a later instant to go on' }),
      })
      .refine(({ startedAt, happenings }) => happenings.every(({ at }, index) => at >= (happenings[index - 1]?.at ?? startedAt)), {
        path: ['happenings'],
        error: 'what they do in the order of its instants (at), none before the test began (startedAt)',
      }),
    bodyBytes: 1024 * 1024,
    response: testRunSchema,
    audit: false,
  },
} as const satisfies Record<string, Route>
