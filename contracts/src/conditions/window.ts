import { z } from 'zod'
import { durationSchema } from '../duration.ts'

/** A day of the shop's zone (`2026-05-31`), or an instant with its offset (`2026-05-31T12:00:00Z`). */
export const momentSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).meta({ id: 'Moment' })

/** From one moment to another, or open at one end. A day as `from` counts from its beginning, as `to` up to its end; an instant as `to` is outside. */
export const betweenSchema = z
  .strictObject({ from: momentSchema.optional(), to: momentSchema.optional() })
  .refine(({ from, to }) => from !== undefined || to !== undefined, { error: 'say from, to, or both' })
  .meta({ id: 'Between' })

/** Longest calendar window, in days. */
const MOST_DAYS = 400

/** Which time a question about events is about; ever, when none of them stands. At most one may. */
export const windowFields = {
  /** Sliding window that ends now. */
  within: durationSchema.optional(),
  /** Today and the days before it, so many in all, by the shop's calendar; changes at midnight. */
  calendarDays: z.int().min(1).max(MOST_DAYS).optional(),
  /** Fixed window. */
  between: betweenSchema.optional(),
}
export interface WindowFields {
  readonly within?: string | undefined
  readonly calendarDays?: number | undefined
  readonly between?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined
}

/** Whether a window is said at all. */
export function hasWindow({ within, calendarDays, between }: WindowFields): boolean {
  return within !== undefined || calendarDays !== undefined || between !== undefined
}

/** For `refine`: no two windows at once. */
export function hasOneWindow({ within, calendarDays, between }: WindowFields): boolean {
  return [within, calendarDays, between].filter((field) => field !== undefined).length <= 1
}
export const oneWindow = { error: 'say at most one of within, calendarDays and between' }
