import { z } from 'zod'
import { definitionIdSchema } from '../../id.ts'

/** A step's id: the key under which it stands in `steps`. */
export const stepIdSchema = definitionIdSchema

/** What every step may say besides what it does. */
export const common = { name: z.string().max(120).optional() }
