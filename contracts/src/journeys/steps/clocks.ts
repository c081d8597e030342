import { weekdaysSchema, zoneOfSchema } from '../clocks.ts'

/** How steps that look at clocks say which. */
export const clocks = {
  /** Only on these days of the week. */
  on: weekdaysSchema.optional(),
  zone: zoneOfSchema.default('person'),
}
