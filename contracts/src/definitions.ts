import { z } from 'zod'
import { plainChannels, titledChannels, type ChannelKind, type TextChannel } from './channel.ts'
import { campaignSchema } from './campaigns/index.ts'
import { conditionSchema, measureSchema } from './conditions/index.ts'
import { definitionIdSchema } from './id.ts'
import { journeySchema, type VersionMove } from './journeys/index.ts'

export const segmentSchema = z
  .strictObject({
    kind: z.literal('segment'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    where: conditionSchema,
    /** Out of use: nobody is in it, and nothing may ask about it. Published without this, it is in use again. */
    archived: z.literal(true).optional(),
  })
  .meta({ id: 'Segment' })
export type SegmentDefinition = z.infer<typeof segmentSchema>

export const emailTemplateSchema = z.strictObject({
  kind: z.literal('template'),
  id: definitionIdSchema,
  name: z.string().min(1).max(120),
  channel: z.literal('email'),
  /** Liquid, as are all bodies. */
  subject: z.string().min(1).max(500),
  preheader: z.string().max(300).optional(),
  /** Exactly one of mjml and html. */
  mjml: z.string().optional(),
  html: z.string().optional(),
  /** Made from the HTML when left out. */
  text: z.string().optional(),
  replyTo: z.email().optional(),
})
export const inboxTemplateSchema = z.strictObject({
  kind: z.literal('template'),
  id: definitionIdSchema,
  name: z.string().min(1).max(120),
  channel: z.literal('inbox'),
  title: z.string().min(1).max(300),
  body: z.string().min(1).max(5_000),
  url: z.string().max(2_000).optional(),
  image: z.string().max(2_000).optional(),
})
export const webhookTemplateSchema = z.strictObject({
  kind: z.literal('template'),
  id: definitionIdSchema,
  name: z.string().min(1).max(120),
  channel: z.literal('webhook'),
  url: z.string().min(1).max(2_000),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  /** Liquid that must render to JSON. */
  body: z.string().max(64 * 1024),
})
const textOfTemplate = {
  body: z.string().min(1).max(5_000),
  /** Where it leads; a text message ends with it. */
  url: z.string().max(2_000).optional(),
}
export const plainTemplateSchema = z.strictObject({
  kind: z.literal('template'),
  id: definitionIdSchema,
  name: z.string().min(1).max(120),
  channel: z.enum(plainChannels),
  ...textOfTemplate,
})
export const titledTemplateSchema = z.strictObject({
  kind: z.literal('template'),
  id: definitionIdSchema,
  name: z.string().min(1).max(120),
  channel: z.enum(titledChannels),
  title: z.string().min(1).max(300),
  ...textOfTemplate,
})
export const templateSchema = z
  .discriminatedUnion('channel', [
    emailTemplateSchema,
    inboxTemplateSchema,
    webhookTemplateSchema,
    plainTemplateSchema,
    titledTemplateSchema,
  ])
  .meta({ id: 'Template' })
export type TemplateDefinition = z.infer<typeof templateSchema>
export type TextTemplate = z.infer<typeof plainTemplateSchema> | z.infer<typeof titledTemplateSchema>
export type TemplateOf<C extends ChannelKind> = C extends TextChannel ? TextTemplate : Extract<TemplateDefinition, { channel: C }>

/** A figure about what each person did, under a name: usable in conditions, templates and exports. */
export const traitDefinitionSchema = z
  .strictObject({
    kind: z.literal('trait'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    value: measureSchema,
  })
  .meta({ id: 'ComputedTrait' })
export type TraitDefinition = z.infer<typeof traitDefinitionSchema>

/** What a definition file holds: one or several of these (YAML documents separated by `---`, or a JSON list). */
export const definitionSchema = z.union([journeySchema, campaignSchema, segmentSchema, templateSchema, traitDefinitionSchema])
export type Definition = z.infer<typeof definitionSchema>
export type DefinitionKind = Definition['kind']
export const definitionKinds = ['journey', 'campaign', 'segment', 'template', 'trait'] as const satisfies readonly DefinitionKind[]

/** A definition as it was published: never changed afterwards, a change is a new version. */
export interface PublishedDefinition<D extends Definition = Definition> {
  readonly definition: D
  readonly version: number
  /** The publication that brought it; larger is later. */
  readonly epoch: number
  /** Of a journey: who comes to this version from older ones, and who asked for it. */
  readonly moves?: { readonly by: string; readonly from: readonly VersionMove[] }
}
