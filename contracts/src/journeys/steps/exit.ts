import { z } from 'zod'
import { common } from './common.ts'

export const exitStepSchema = z.strictObject({
  kind: z.literal('exit'),
  ...common,
  reason: z.string().max(200).default('reached an exit'),
})
