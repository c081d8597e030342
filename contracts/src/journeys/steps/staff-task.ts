import { z } from 'zod'
import { durationSchema } from '../../duration.ts'
import { staffAddressSchema } from '../../staff-address.ts'
import { common, stepIdSchema } from './common.ts'

/** Puts something that a person of the shop is to do onto the page Tasks, and goes on at once. */
export const staffTaskStepSchema = z.strictObject({
  kind: z.literal('staff-task'),
  ...common,
  /** What is to be done, in a line; Liquid, as in templates. */
  title: z.string().trim().min(1).max(300),
  /** What whoever does it should know; Liquid. */
  text: z.string().max(5_000).default(''),
  /** Whose it is: an account of the console, or whoever else reads mail there. */
  assignee: staffAddressSchema,
  /** How long they have for it, from the arrival on. */
  due: durationSchema.optional(),
  /** Whether they get a mail of it. */
  email: z.boolean().default(false),
  next: stepIdSchema.optional(),
})
