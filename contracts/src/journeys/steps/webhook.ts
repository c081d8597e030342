import { z } from 'zod'
import { durationSchema } from '../../duration.ts'
import { definitionIdSchema } from '../../id.ts'
import { propertyPathSchema } from '../property-path.ts'
import { common, stepIdSchema } from './common.ts'

/** Calls the address of a webhook template and waits for its answer, of which named fields are kept with the run. */
export const webhookStepSchema = z.strictObject({
  kind: z.literal('webhook'),
  ...common,
  /** A template of the channel webhook: address, header fields and body. */
  template: definitionIdSchema,
  /** How long it is asked again and waited for. */
  upTo: durationSchema.default('1 minute'),
  /** By name, the path in the JSON of the answer: `{ offer: data.best.code }`. */
  keep: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,59}$/, { error: 'a name of letters, digits and underscores' }), propertyPathSchema)
    .refine((keep) => Object.keys(keep).length <= 10, { error: 'at most 10 fields' })
    .default({}),
  next: stepIdSchema.optional(),
  /** Where those go for whom it was refused, or not answered in time. */
  otherwise: stepIdSchema.optional(),
})
