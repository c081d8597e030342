import { z } from 'zod'
import { channelKindSchema } from './channel.ts'
import { adAudienceFileSchema } from './ad-audience-file.ts'
import { couponPoolFileSchema } from './coupon-pool-file.ts'
import { formFileSchema } from './form-file.ts'
import { httpProviderSchema, smtpProviderSchema } from './api/providers.ts'
import { definitionSchema } from './definitions.ts'

/**
 * The provider of a channel as a file keeps it: everything but its secrets, which stay on the server. Not a definition: it has no
 * versions, and what it says holds at once.
 */
export const channelFileSchema = z
  .strictObject({
    kind: z.literal('channel'),
    channel: channelKindSchema,
    provider: z.discriminatedUnion('kind', [smtpProviderSchema.strict(), httpProviderSchema.strict()]),
  })
  .meta({ id: 'Channel' })
export type ChannelFile = z.infer<typeof channelFileSchema>

/** What stands in a file that `throughline apply` reads. */
export const fileSchema = z.union([definitionSchema, channelFileSchema, couponPoolFileSchema, formFileSchema, adAudienceFileSchema])
export type InFile = z.infer<typeof fileSchema>
