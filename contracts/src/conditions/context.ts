import { z } from 'zod'
import { comparisonSchema } from './comparison.ts'
import { everFields, hasOneTime, oneTime } from './window.ts'

/** What events say by the way of the device they came from and of the place: docs/conditions.md says where each is read. */
export const contextFields = [
  'device',
  'os',
  'browser',
  'app',
  'app-version',
  'language',
  'locale',
  'timezone',
  'country',
  'region',
  'city',
] as const
export type ContextField = (typeof contextFields)[number]

/** The latest that any event said of this, compared; with `ever` or a window, whether any event said so then. All are texts. */
export const contextConditionSchema = z
  .strictObject({ kind: z.literal('context'), field: z.enum(contextFields), compare: comparisonSchema, ...everFields })
  .refine(hasOneTime, oneTime)
export type ContextCondition = z.infer<typeof contextConditionSchema>
