import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { dateTextSchema } from './date.ts'

/** From one date to another, both included, or open at one end; a day counts from its beginning to its end. */
export const betweenSchema = z
  .strictObject({ from: dateTextSchema.optional(), to: dateTextSchema.optional() })
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
  /** From the date on that a trait of the person says; where it says none, no event counts. */
  since: z
    .strictObject({ trait: z.string().min(1).max(200) })
    .meta({ id: 'Since' })
    .optional(),
}
export interface WindowFields {
  readonly within?: string | undefined
  readonly calendarDays?: number | undefined
  readonly between?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined
  readonly since?: { readonly trait: string } | undefined
}

/** Whether a window is said at all. */
export function hasWindow({ within, calendarDays, between, since }: WindowFields): boolean {
  return within !== undefined || calendarDays !== undefined || between !== undefined || since !== undefined
}

/** Whether time, or what is known of the person, moves the window. */
export function movesWindow({ within, calendarDays, since }: WindowFields): boolean {
  return within !== undefined || calendarDays !== undefined || since !== undefined
}

/** For `refine`: no two windows at once. */
export function hasOneWindow({ within, calendarDays, between, since }: WindowFields): boolean {
  return [within, calendarDays, between, since].filter((field) => field !== undefined).length <= 1
}
export const oneWindow = { error: 'say at most one of within, calendarDays, between and since' }

/** Instead of what was said last: whether it was ever said, or in a window. */
export const everFields = { ever: z.literal(true).optional(), ...windowFields }
export interface EverFields extends WindowFields {
  readonly ever?: true | undefined
}

/** Whether any time is said: ever, or a window. */
export function saysTime({ ever, ...window }: EverFields): boolean {
  return ever === true || hasWindow(window)
}

/** For `refine`: ever, or one window, or neither. */
export function hasOneTime({ ever, ...window }: EverFields): boolean {
  return hasOneWindow(window) && !(ever === true && hasWindow(window))
}
export const oneTime = { error: 'say at most one of ever, within, calendarDays, between and since' }
