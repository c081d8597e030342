import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { dateTextSchema } from './date.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const scalars = z.array(scalar).min(1).max(1_000)
const text = z.string().min(1)
/** Text compares with its capitals unless this is true. */
const ignoreCase = z.boolean().optional()
/** Schemas of values that a journey's entry by an event of the shop may take from the event: it puts others in their place. */
export const comparedNumberSchema = z.number()
export const comparedVersionSchema = z
  .string()
  .regex(/^\d{1,9}(?:\.\d{1,9}){0,3}$/, 'write up to four numbers with dots, such as "4.12" or "4.12.0"')
const number = comparedNumberSchema
const version = comparedVersionSchema
const fewDays = z.int().min(0).max(180).optional()

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof weekdays)[number]

/** How a value is compared; docs/conditions.md says of each what it holds for. */
export const comparisonSchema = z
  .discriminatedUnion('op', [
    z.strictObject({ op: z.literal('is'), value: scalar }),
    z.strictObject({ op: z.literal('is-not'), value: scalar }),
    z.strictObject({ op: z.literal('one-of'), values: scalars }),
    z.strictObject({ op: z.literal('exists') }),
    z.strictObject({ op: z.literal('missing') }),
    z.strictObject({ op: z.literal('empty') }),
    z.strictObject({ op: z.literal('not-empty') }),
    z.strictObject({ op: z.literal('contains'), value: text, ignoreCase }),
    z.strictObject({ op: z.literal('begins'), value: text, ignoreCase }),
    z.strictObject({ op: z.literal('ends'), value: text, ignoreCase }),
    /** An RE2 pattern that is found somewhere in the text. */
    z.strictObject({ op: z.literal('matches'), pattern: text.max(500) }),
    z.strictObject({ op: z.literal('version-at-least'), version }),
    z.strictObject({ op: z.literal('version-less'), version }),
    z.strictObject({ op: z.literal('greater'), value: number }),
    z.strictObject({ op: z.literal('at-least'), value: number }),
    z.strictObject({ op: z.literal('less'), value: number }),
    z.strictObject({ op: z.literal('at-most'), value: number }),
    /** Both ends included. */
    z.strictObject({ op: z.literal('between'), from: number, to: number }),
    /** Of a day: before it begins. */
    z.strictObject({ op: z.literal('before'), date: dateTextSchema }),
    /** Of a day: when it is over. */
    z.strictObject({ op: z.literal('after'), date: dateTextSchema }),
    /** Both ends included, days to their end. */
    z.strictObject({ op: z.literal('between-dates'), from: dateTextSchema, to: dateTextSchema }),
    z.strictObject({ op: z.literal('in-last'), time: durationSchema }),
    z.strictObject({ op: z.literal('in-next'), time: durationSchema }),
    z.strictObject({ op: z.literal('longer-ago'), time: durationSchema }),
    /** From so many days before this day of the year until so many after it. */
    z.strictObject({ op: z.literal('anniversary'), daysBefore: fewDays, daysAfter: fewDays }),
    z.strictObject({ op: z.literal('weekday'), days: z.array(z.enum(weekdays)).min(1).max(7) }),
    z.strictObject({ op: z.literal('has-any'), values: scalars }),
    z.strictObject({ op: z.literal('has-all'), values: scalars }),
    z.strictObject({ op: z.literal('has-none'), values: scalars }),
  ])
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof comparisonSchema>
export type ComparisonOp = Comparison['op']
export type ComparisonOf<O extends ComparisonOp> = Extract<Comparison, { op: O }>
