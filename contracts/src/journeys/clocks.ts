import { z } from 'zod'
import { weekdays } from '../conditions/index.ts'

/** A time on the clocks: `"09:30"`. */
export const clockTimeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'hours and minutes on the clocks, such as "09:30"')

/** Whose clocks: the person's, as far as they are known, or the shop's. */
export const zoneOfSchema = z.enum(['person', 'shop'])

export const weekdaysSchema = z.array(z.enum(weekdays)).min(1).max(7)
