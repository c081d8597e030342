import { z } from 'zod'
import { stepIdSchema } from './steps/common.ts'

/**
 * Where people who are on an older version of a journey go when a new one is published: by the step at which they stand to a step of the new
 * version, or with null out of the journey. Whose step is not named stays on the older version.
 */
export const versionMoveSchema = z.strictObject({
  version: z.int().min(1),
  steps: z.record(stepIdSchema, stepIdSchema.nullable()),
})
export type VersionMove = z.infer<typeof versionMoveSchema>
