import { z } from 'zod'
import { conditionSchema, eventMatchSchema } from '../conditions/index.ts'
import { definitionIdSchema } from '../id.ts'

const common = {
  /** Checked when it would start. */
  if: conditionSchema.optional(),
}
const traitValue = z.union([z.string().max(500), z.number(), z.boolean(), z.null()])

/** Somebody does something. */
export const eventEntrySchema = z.strictObject({ kind: z.literal('event'), on: eventMatchSchema, ...common })

/** Somebody comes into a segment, or leaves it. */
export const segmentEntrySchema = z.strictObject({
  kind: z.literal('segment'),
  segment: definitionIdSchema,
  change: z.enum(['entered', 'left']).default('entered'),
  /** Also for those who are found to be in it, or out of it, when their history is read for it the first time. */
  filled: z.literal(true).optional(),
  ...common,
})

/** A trait gets another value; `null` stands for none. */
export const traitEntrySchema = z.strictObject({
  kind: z.literal('trait'),
  trait: z.string().min(1).max(200),
  from: traitValue.optional(),
  to: traitValue.optional(),
  ...common,
})

/** A program asks for it: `POST /api/journeys/:id/enter`. */
export const apiEntrySchema = z.strictObject({ kind: z.literal('api'), ...common })

/** The step `start-journey` of another journey. */
export const journeyEntrySchema = z.strictObject({ kind: z.literal('journey'), ...common })

/** One of the things that start a journey. */
export const entrySchema = z.discriminatedUnion('kind', [
  eventEntrySchema,
  segmentEntrySchema,
  traitEntrySchema,
  apiEntrySchema,
  journeyEntrySchema,
])
export type JourneyEntry = z.infer<typeof entrySchema>
export type JourneyEntryOf<K extends JourneyEntry['kind']> = Extract<JourneyEntry, { kind: K }>
