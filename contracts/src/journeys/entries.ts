import { z } from 'zod'
import { conditionSchema, dateTextSchema, eventFilterSchema, eventMatchSchema } from '../conditions/index.ts'
import { inboundChannels, isStopText } from '../inbound.ts'
import { definitionIdSchema } from '../id.ts'
import { clockTimeSchema, weekdaysSchema, zoneOfSchema } from './clocks.ts'
import { concernsSchema } from './concerns.ts'

const common = {
  /** Checked when it would start. */
  if: conditionSchema.optional(),
}
const traitValue = z.union([z.string().max(500), z.number(), z.boolean(), z.null()])

/** Somebody does something. */
export const eventEntrySchema = z.strictObject({ kind: z.literal('event'), on: eventMatchSchema, ...common })

/** Somebody writes to the shop: anything, or one of some words, whatever their capitals. */
export const inboundEntrySchema = z
  .strictObject({
    kind: z.literal('inbound'),
    /** Left out, any. */
    channel: z.enum(inboundChannels).optional(),
    keywords: z.array(z.string().trim().min(1).max(60)).min(1).max(20).optional(),
    /** Whether a keyword is the first word of what they write, or all of it. */
    match: z.enum(['first-word', 'whole-text']).default('first-word'),
    ...common,
  })
  .refine(({ keywords = [], match }) => match === 'whole-text' || !keywords.some((one) => /\s/.test(one)), {
    error: 'a first word has no space in it; say match: whole-text',
    path: ['keywords'],
  })
  .refine(({ keywords = [], channel }) => channel === 'email' || !keywords.some(isStopText), {
    error: 'people opt out by such a word, and it never starts a journey',
    path: ['keywords'],
  })

/** Somebody submits a form, or confirms it by the link that it sent them. */
export const formEntrySchema = z.strictObject({
  kind: z.literal('form'),
  form: definitionIdSchema,
  on: z.enum(['submitted', 'confirmed']).default('submitted'),
  /** Of what they said, by the names of the form's fields. */
  where: z.array(eventFilterSchema).max(19).optional(),
  ...common,
})

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

/** A day that a trait names, or so many days from it, comes: every year, or once. */
export const dateEntrySchema = z.strictObject({
  kind: z.literal('date'),
  trait: z.string().min(1).max(200),
  /** Calendar days after it; below zero, before. */
  days: z.int().min(-3_660).max(3_660).default(0),
  at: clockTimeSchema,
  zone: zoneOfSchema.default('person'),
  every: z.enum(['year', 'once']).default('year'),
  ...common,
})

/** When an audience comes in. */
export const occasionSchema = z.discriminatedUnion('kind', [
  /** At a date and time by the clocks; left out, as soon as it is published. */
  z.strictObject({ kind: z.literal('once'), at: dateTextSchema.optional() }),
  z.strictObject({ kind: z.literal('daily'), at: clockTimeSchema }),
  z.strictObject({ kind: z.literal('weekly'), on: weekdaysSchema, at: clockTimeSchema }),
  /** In shorter months on their last day. */
  z.strictObject({ kind: z.literal('monthly'), day: z.int().min(1).max(31), at: clockTimeSchema }),
])
export type Occasion = z.infer<typeof occasionSchema>

/** Everybody who is in a segment at a time, or simply everybody; once or again and again. */
export const audienceEntrySchema = z.strictObject({
  kind: z.literal('audience'),
  /** Left out, everybody. */
  segment: definitionIdSchema.optional(),
  when: occasionSchema,
  zone: zoneOfSchema.default('shop'),
  ...common,
})

/** The shop says something of no person in particular (a price drop, back in stock), and those come in whom it concerns. */
export const shopEventEntrySchema = z.strictObject({
  kind: z.literal('shop-event'),
  on: eventMatchSchema,
  /**
   * Whom it concerns, by what history knew when it was received. The value of a comparison may name properties of the event, as a part
   * of a text or alone: `{event.product_id}`. Alone it may also stand where a number, a version or a date is compared.
   */
  concerns: concernsSchema,
  ...common,
})

/** One of the things that start a journey. */
export const entrySchema = z.discriminatedUnion('kind', [
  eventEntrySchema,
  formEntrySchema,
  shopEventEntrySchema,
  inboundEntrySchema,
  segmentEntrySchema,
  traitEntrySchema,
  dateEntrySchema,
  audienceEntrySchema,
  apiEntrySchema,
  journeyEntrySchema,
])
export type JourneyEntry = z.infer<typeof entrySchema>
export type JourneyEntryOf<K extends JourneyEntry['kind']> = Extract<JourneyEntry, { kind: K }>
