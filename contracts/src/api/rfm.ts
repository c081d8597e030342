import { z } from 'zod'
import { rfmGroupSchema } from '../conditions/index.ts'
import { type Route, id, ms } from './parts.ts'

const day = z.string().meta({ description: 'a day in the zone of the workspace, such as "2026-11-22"' })
const minor = z.number().meta({ description: 'minor units of the currency of the workspace; refunds taken off' })
const score = z.int().min(1).max(5)
const four = <T extends z.ZodType>(each: T) => z.tuple([each, each, each, each])

/**
 * GET /api/rfm (`rfm`). `current` is null while nobody has ordered. Cells and groups in which nobody stands are there with 0.
 * Figures are those of the computation, not of this moment: `asOf` is the instant for which they hold, and what was ordered since
 * counts in segments at once, here with the next computation.
 */
export const rfmSchema = z.object({
  current: z
    .object({
      day,
      asOf: ms,
      inForceAt: ms.meta({ description: 'since when segments go by these thresholds' }),
      days: z.int().nullable().meta({ description: 'how many days count; null: all of history' }),
      people: z.number().meta({ description: 'who have ordered' }),
      revenue: minor,
      thresholds: z.object({
        recency: four(ms).meta({ description: '5 less one for each that the last order is earlier than' }),
        frequency: four(z.number()).meta({ description: '1 and one more for each that the number of orders is greater than' }),
        money: four(minor).meta({ description: '1 and one more for each that what they spent is greater than' }),
      }),
      cells: z.array(z.object({ recency: score, frequency: score, people: z.number(), revenue: minor })),
      groups: z.array(z.object({ group: rfmGroupSchema, people: z.number(), revenue: minor })),
    })
    .nullable(),
  currency: z.string(),
  hour: z.int().meta({ description: 'at which everything is computed each day, by the clocks of `zone`' }),
  zone: z.string(),
  nextAt: ms,
})
export type Rfm = z.infer<typeof rfmSchema>

const groupOrNone = rfmGroupSchema.nullable().meta({ description: 'null: without orders' })

export const rfmDaysSchema = z.object({
  days: z.array(
    z.object({
      day,
      /** Computed afterwards, as it would have been. */
      past: z.boolean(),
      groups: z.array(z.object({ group: rfmGroupSchema, people: z.number() })),
    }),
  ),
})
export type RfmDays = z.infer<typeof rfmDaysSchema>

/** `moves` say how many stood where then and where now, those who stayed included; `from` null: first orders since. */
export const rfmMovementSchema = z.object({
  from: z.object({ day, asOf: ms }).nullable().meta({ description: 'null: there is no earlier day to compare with' }),
  to: z.object({ day, asOf: ms }).nullable(),
  moves: z.array(z.object({ from: groupOrNone, to: groupOrNone, people: z.number() })),
})
export type RfmMovement = z.infer<typeof rfmMovementSchema>

export const personRfmSchema = z.object({
  /** Null: no orders, or nothing has been computed yet. */
  scores: z.object({ recency: score, frequency: score, money: score, group: rfmGroupSchema }).nullable(),
  figures: z.object({ lastAt: ms, orders: z.number(), spent: minor }).nullable(),
  currency: z.string(),
  /** Every change of group, the latest first; the last entry is where they stood when the record begins. */
  path: z.array(z.object({ at: ms, group: groupOrNone })),
})
export type PersonRfm = z.infer<typeof personRfmSchema>

const span = z.object({ days: z.coerce.number().int().min(1).max(730).default(90) })

export const rfmRoutes = {
  rfm: {
    method: 'GET',
    path: '/api/rfm',
    access: 'viewer',
    summary: 'Recency, frequency, money: the grid of all buyers, the groups in it, and the thresholds in force',
    response: rfmSchema,
  },
  rfmDays: {
    method: 'GET',
    path: '/api/rfm/days',
    access: 'viewer',
    summary: 'How many people were in each RFM group, day by day',
    query: span,
    response: rfmDaysSchema,
  },
  rfmMovement: {
    method: 'GET',
    path: '/api/rfm/movement',
    access: 'viewer',
    summary: 'From which RFM group to which people moved in the last days',
    query: z.object({ days: z.coerce.number().int().min(1).max(730).default(30) }),
    response: rfmMovementSchema,
  },
  computeRfm: {
    method: 'POST',
    path: '/api/rfm/compute',
    access: 'editor',
    summary: 'Compute scores now instead of at the hour in the settings, and put them in force',
    response: rfmSchema,
  },
  personRfm: {
    method: 'GET',
    path: '/api/people/:id/rfm',
    access: 'viewer',
    summary: 'A person’s scores and RFM group, since when, and the way there',
    params: id,
    response: personRfmSchema,
  },
} as const satisfies Record<string, Route>
