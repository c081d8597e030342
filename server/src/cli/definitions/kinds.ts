import {
  adAudienceFileSchema,
  campaignSchema,
  channelFileSchema,
  couponPoolFileSchema,
  formFileSchema,
  journeySchema,
  segmentSchema,
  templateSchema,
  traitDefinitionSchema,
  type AdAudienceFile,
  type ChannelFile,
  type CouponPoolFile,
  type Definition,
  type FormFile,
  type InFile,
} from '@throughline/contracts'
import type { z } from 'zod'

export type FileKind = InFile['kind']

/** What a file may hold, by kind: its schema, and the folder in which `throughline pull` puts it. */
export const fileKinds: {
  readonly [K in FileKind]: { readonly schema: z.ZodType<Extract<InFile, { kind: K }>>; readonly folder: string }
} = {
  journey: { schema: journeySchema, folder: 'journeys' },
  campaign: { schema: campaignSchema, folder: 'campaigns' },
  segment: { schema: segmentSchema, folder: 'segments' },
  template: { schema: templateSchema, folder: 'templates' },
  trait: { schema: traitDefinitionSchema, folder: 'traits' },
  channel: { schema: channelFileSchema, folder: 'channels' },
  'coupon-pool': { schema: couponPoolFileSchema, folder: 'coupon-pools' },
  form: { schema: formFileSchema, folder: 'forms' },
  'ad-audience': { schema: adAudienceFileSchema, folder: 'ad-audiences' },
}

/** The name of one of its kind, by which a file and the server mean the same. */
export const idOf = (one: InFile): string => (one.kind === 'channel' ? one.channel : one.id)
export const keyOf = (one: InFile): string => `${one.kind} ${idOf(one)}`
export const isChannel = (one: InFile): one is ChannelFile => one.kind === 'channel'
export const isCouponPool = (one: InFile): one is CouponPoolFile => one.kind === 'coupon-pool'
export const isForm = (one: InFile): one is FormFile => one.kind === 'form'
export const isAdAudience = (one: InFile): one is AdAudienceFile => one.kind === 'ad-audience'
export const isDefinition = (one: InFile): one is Definition => !isChannel(one) && !isCouponPool(one) && !isForm(one) && !isAdAudience(one)

/** The schema of what somebody wrote; `undefined` where its kind is none. */
export function schemaOf(raw: unknown): z.ZodType<InFile> | undefined {
  if (typeof raw !== 'object' || raw === null || !('kind' in raw) || typeof raw.kind !== 'string') return undefined
  return Object.hasOwn(fileKinds, raw.kind) ? fileKinds[raw.kind as FileKind].schema : undefined
}
