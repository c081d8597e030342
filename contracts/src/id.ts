import { z } from 'zod'

/** Ids of definitions: kebab-case, chosen by their author, so that a file can name another. */
export const definitionIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'small letters, digits and dashes, at most 64, such as "cart-recovery"')
