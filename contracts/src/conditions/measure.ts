import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'
import { propertyFilterSchema } from './filters.ts'
import { selectionFields } from './selection.ts'
import { hasOneWindow, movesWindow, oneWindow, windowFields } from './window.ts'

const scalar = z.union([z.string().max(200), z.number(), z.boolean()])
const about = { ...selectionFields, ...windowFields }
const property = z.string().min(1).max(200)
/** What is told apart: the values of a property, or the hour (0 to 23) or weekday (1, Monday, to 7) of the event by the shop's clocks. */
const sorted = { property: property.optional(), by: z.enum(['hour', 'weekday']).optional() }
const isSorted = ({ property: one, by }: { property?: string | undefined; by?: string | undefined }): boolean =>
  (one === undefined) !== (by === undefined)
const sortedBy = { error: 'say a property, or by hour or weekday' }

/** A figure about what a person did. */
export const measureSchema = z
  .discriminatedUnion('of', [
    /** How many events. */
    z.strictObject({ of: z.literal('count'), ...about }).refine(hasOneWindow, oneWindow),
    z.strictObject({ of: z.enum(['sum', 'average', 'min', 'max']), property, ...about }).refine(hasOneWindow, oneWindow),
    /** The property of the first or the last event; without a property, when that was. */
    z
      .strictObject({ of: z.literal('first'), property: property.optional(), ...about })
      .refine((measure) => !movesWindow(measure), { error: 'the first event is that of all time, or of a fixed window (between)' }),
    z.strictObject({ of: z.literal('last'), property: property.optional(), ...about }).refine(hasOneWindow, oneWindow),
    /** Whole days (24 hours) since the last event. */
    z.strictObject({ of: z.literal('days-since'), ...selectionFields }),
    /** How many different values; 256 stands for more. */
    z.strictObject({ of: z.literal('distinct'), property, ...about }).refine(hasOneWindow, oneWindow),
    /** The different values as a list. */
    z.strictObject({ of: z.literal('values'), property, ...about }).refine(hasOneWindow, oneWindow),
    /** The value that came most often; of several the first in the alphabet. */
    z
      .strictObject({ of: z.literal('most-frequent'), ...sorted, ...about })
      .refine(hasOneWindow, oneWindow)
      .refine(isSorted, sortedBy),
    /** The place of a value among all by how often each came, 1 the most frequent; none when it never came. */
    z
      .strictObject({ of: z.literal('rank'), value: scalar, ...sorted, ...about })
      .refine(hasOneWindow, oneWindow)
      .refine(isSorted, sortedBy),
    /** How many of the events in a hundred have this value, or pass these filters; none when there were no events. */
    z
      .strictObject({
        of: z.literal('share'),
        value: scalar.optional(),
        ...sorted,
        matching: z.array(propertyFilterSchema).min(1).max(20).optional(),
        ...about,
      })
      .refine(hasOneWindow, oneWindow)
      .refine((share) => (share.matching === undefined ? share.value !== undefined && isSorted(share) : share.value === undefined), {
        error: 'say a value and what it is a value of, or matching filters',
      }),
  ])
  .meta({ id: 'Measure' })
export type Measure = z.infer<typeof measureSchema>
/** Those of these kinds; one schema may stand for several. */
export type MeasureOf<O extends Measure['of']> = Measure extends infer M
  ? M extends { of: infer P }
    ? O & P extends never
      ? never
      : M
    : never
  : never

/** A figure about what a person did, compared. */
export const measureConditionSchema = z.strictObject({ kind: z.literal('measure'), measure: measureSchema, compare: comparisonSchema })
export type MeasureCondition = z.infer<typeof measureConditionSchema>
