import { z } from 'zod'
import { adAudienceIdSchema, adAudienceNameSchema, adAudienceTopicSchema, adPlatforms } from './api/ad-audiences.ts'
import { definitionIdSchema } from './id.ts'

/**
 * An ad audience as a file keeps it: without its members, and without the address from which a platform fetches it. Not a definition: it has
 * no versions, and what it says holds at once.
 */
export const adAudienceFileSchema = z
  .strictObject({
    kind: z.literal('ad-audience'),
    id: adAudienceIdSchema,
    name: adAudienceNameSchema,
    platform: z.enum(adPlatforms),
    /** Whose people are in it; null: those whom journeys and hands put in. It never changes, nor does the platform. */
    segment: definitionIdSchema.nullable().default(null),
    topic: adAudienceTopicSchema,
  })
  .meta({ id: 'AdAudience' })
export type AdAudienceFile = z.infer<typeof adAudienceFileSchema>
