import { z } from 'zod'
import { eventFilterSchema } from '../../conditions/index.ts'
import { common, stepIdSchema } from './common.ts'

/** What came of a step: a webhook answered (and what) or a code was given, a message was sent, or held back (by a rule); or this way was taken, by its number from 0 on or its name. */
export const resultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sent') }),
  z.strictObject({ kind: z.literal('held'), rule: z.string().min(1).max(40).optional() }),
  z.strictObject({ kind: z.literal('way'), way: z.union([z.int().min(0).max(99), z.enum(['next', 'otherwise'])]) }),
  /** It was answered or given a code, and what was kept of the answer passes all of these. */
  z.strictObject({ kind: z.literal('answer'), where: z.array(eventFilterSchema).max(20).default([]) }),
  /** The run has not been there. */
  z.strictObject({ kind: z.literal('not-taken') }),
])
export type StepResult = z.infer<typeof resultSchema>

/** Takes the first way that says what came of an earlier step of the same run, when it was there last. */
export const stepResultStepSchema = z.strictObject({
  kind: z.literal('step-result'),
  ...common,
  of: stepIdSchema,
  paths: z
    .array(z.strictObject({ name: z.string().max(120).optional(), is: resultSchema, next: stepIdSchema.optional() }))
    .min(1)
    .max(20),
  otherwise: stepIdSchema.optional(),
})
