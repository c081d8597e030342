import { z } from 'zod'
import { conditionSchema, dateTextSchema, eventMatchSchema } from '../conditions/index.ts'
import { durationSchema } from '../duration.ts'
import { definitionIdSchema } from '../id.ts'
import { mostMessagesSchema } from '../policy.ts'
import { entrySchema } from './entries.ts'
import { exitRuleSchema, goalSchema } from './leaving.ts'
import { aloneSchema, prioritySchema } from './priority.ts'
import { propertyPathSchema } from './property-path.ts'
import { reentrySchema } from './reentry.ts'
import { journeyStateSchema } from './state.ts'
import { stepIdSchema } from './steps/common.ts'
import { stepSchema } from './steps/index.ts'

export const journeySchema = z
  .strictObject({
    kind: z.literal('journey'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    /** In short: one event starts it. */
    entry: z
      .strictObject({
        on: eventMatchSchema,
        /** Checked when the event arrives. */
        if: conditionSchema.optional(),
        reentry: reentrySchema.default({ kind: 'never' }),
      })
      .optional(),
    /** In full: any of these starts it. */
    entries: z.array(entrySchema).min(1).max(20).optional(),
    /** With `entries`; `never` where nothing stands here. */
    reentry: reentrySchema.optional(),
    /** The property of what starts it by whose values one person has runs side by side: one per order, one per cart. */
    key: propertyPathSchema.optional(),
    /** One person comes in no oftener than so many times in a time. */
    perPerson: z.strictObject({ times: z.int().min(1).max(100), within: durationSchema }).optional(),
    /** One person gets no more of its marketing messages than so many in a time. */
    mostMessages: mostMessagesSchema.optional(),
    /** So many come in a day, over everybody, by the shop's calendar. */
    perDay: z.int().min(1).max(1_000_000_000).optional(),
    /** Of a person's journeys those of higher priority go first at one instant; 50 where nothing stands here. */
    priority: prioritySchema.optional(),
    /** What journeys of lower priority, and campaigns, do meanwhile with whoever is in it. */
    alone: aloneSchema.optional(),
    /** Nobody comes in before this instant, or from the other on, by the shop's clocks. Those inside finish. */
    opens: dateTextSchema.optional(),
    closes: dateTextSchema.optional(),
    /** In short: one goal. The run ends at once, reason "goal", also in the middle of a wait. */
    goal: z.strictObject({ name: z.string().max(120).optional(), on: eventMatchSchema }).optional(),
    /** In full. */
    goals: z.array(goalSchema).min(1).max(10).optional(),
    /** In short: events that end the run at once for another reason. */
    exitOn: z.array(eventMatchSchema).max(20).optional(),
    /** In full. */
    exits: z.array(exitRuleSchema).min(1).max(20).optional(),
    /** How it stands; not a part of its versions. Left out, it goes on as it does. */
    state: journeyStateSchema.optional(),
    start: stepIdSchema,
    steps: z.record(stepIdSchema, stepSchema),
  })
  .refine(({ entry, entries }) => (entry === undefined) !== (entries === undefined), {
    error: 'say what starts it either in short, in entry, or in full, in entries',
    path: ['entries'],
  })
  .refine(({ entry, reentry }) => entry === undefined || reentry === undefined, {
    error: 'say it in entry, or write entries in place of entry',
    path: ['reentry'],
  })
  .refine(({ goal, goals }) => goal === undefined || goals === undefined, {
    error: 'say the goal either in short, in goal, or in full, in goals',
    path: ['goals'],
  })
  .meta({ id: 'Journey' })
export type JourneyDefinition = z.infer<typeof journeySchema>
