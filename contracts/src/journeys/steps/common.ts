import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'

/** A step's id: the key under which it stands in `steps`. */
export const stepIdSchema = definitionIdSchema

/** What every step may say besides what it does. */
export const common = {
  name: z.string().max(120).optional(),
  /** What those who edit the journey should know about the step. Nobody else sees it. */
  note: z.string().max(2_000).optional(),
}
