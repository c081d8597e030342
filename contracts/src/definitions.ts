import { z } from 'zod'
import { channelKindSchema, type ChannelKind } from './channel.ts'
import { conditionSchema, eventMatchSchema, measureSchema, weekdays } from './conditions/index.ts'
import { durationSchema } from './duration.ts'
import { jsonSchema } from './json.ts'

/** Ids of definitions: kebab-case, chosen by their author, so that a file can name another. */
export const definitionIdSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'small letters, digits and dashes, at most 64, such as "cart-recovery"')

const stepId = definitionIdSchema
const common = { name: z.string().max(120).optional() }

export const messageStepSchema = z.strictObject({
  kind: z.literal('message'),
  ...common,
  channel: channelKindSchema,
  template: definitionIdSchema,
  /** Transactional messages (a receipt) need no marketing consent. */
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  next: stepId.optional(),
})
export const waitStepSchema = z.strictObject({
  kind: z.literal('wait'),
  ...common,
  for: durationSchema,
  next: stepId.optional(),
})
/** A time on the clocks: `"09:30"`. */
const clockTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'hours and minutes on the clocks, such as "09:30"')
const clocks = {
  /** Only on these days of the week. */
  on: z.array(z.enum(weekdays)).min(1).max(7).optional(),
  /** Whose clocks: the person's, as far as they are known, or the shop's. */
  zone: z.enum(['person', 'shop']).default('person'),
}
/** Waits until the clocks show a time: the next time they do, or on a day that a trait names. */
export const waitUntilStepSchema = z
  .strictObject({
    kind: z.literal('wait-until'),
    ...common,
    at: clockTime,
    ...clocks,
    /** The day that a trait names, and so many calendar days later; below zero, earlier. */
    date: z.strictObject({ trait: z.string().min(1).max(200), days: z.int().min(-3_660).max(3_660).default(0) }).optional(),
    next: stepId.optional(),
    /** Where those go for whom there is no such day, or it is over. */
    otherwise: stepId.optional(),
  })
  .refine(({ on, date }) => on === undefined || date === undefined, {
    error: 'say either days of the week or the day of a trait',
    path: ['on'],
  })
  .refine(({ otherwise, date }) => otherwise === undefined || date !== undefined, {
    error: 'nobody goes this way without the day of a trait',
    path: ['otherwise'],
  })
/** Lets people pass at certain hours only; those who come outside of them wait for the hours to begin. */
export const timeWindowStepSchema = z
  .strictObject({
    kind: z.literal('time-window'),
    ...common,
    from: clockTime,
    /** Not included. Before `from`, it is on the day after. */
    to: clockTime,
    ...clocks,
    /** Those who waited do not all go at once, but each at an instant of their own within this time. */
    spread: durationSchema.default('30 minutes'),
    next: stepId.optional(),
  })
  .refine(({ from, to }) => from !== to, { error: 'another time than from', path: ['to'] })
/** Sends each person one of several ways at random: the same person always the same way. */
export const randomSplitStepSchema = z.strictObject({
  kind: z.literal('random-split'),
  ...common,
  paths: z
    .array(z.strictObject({ name: z.string().max(120).optional(), weight: z.number().positive().max(1_000_000), next: stepId.optional() }))
    .min(2)
    .max(20),
})
export const waitForStepSchema = z.strictObject({
  kind: z.literal('wait-for'),
  ...common,
  any: z
    .array(z.strictObject({ on: eventMatchSchema, next: stepId.optional() }))
    .min(1)
    .max(20),
  upTo: durationSchema,
  /** Where those go for whom none of the events came in time. */
  otherwise: stepId.optional(),
})
export const branchStepSchema = z.strictObject({
  kind: z.literal('branch'),
  ...common,
  paths: z
    .array(z.strictObject({ name: z.string().max(120).optional(), if: conditionSchema, next: stepId.optional() }))
    .min(1)
    .max(20),
  otherwise: stepId.optional(),
})
export const updateProfileStepSchema = z.strictObject({
  kind: z.literal('update-profile'),
  ...common,
  set: z.record(z.string().min(1), jsonSchema),
  next: stepId.optional(),
})
export const exitStepSchema = z.strictObject({
  kind: z.literal('exit'),
  ...common,
  reason: z.string().max(200).default('reached an exit'),
})

/** A step of a journey; a `next` that is left out ends the run there. */
export const stepSchema = z.discriminatedUnion('kind', [
  messageStepSchema,
  waitStepSchema,
  waitUntilStepSchema,
  timeWindowStepSchema,
  waitForStepSchema,
  randomSplitStepSchema,
  branchStepSchema,
  updateProfileStepSchema,
  exitStepSchema,
])
export type Step = z.infer<typeof stepSchema>
export type StepKind = Step['kind']
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>

export const reentrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('always') }),
  /** Not before this time has passed since the last entry. */
  z.strictObject({ kind: z.literal('after'), time: durationSchema }),
])

export const journeySchema = z
  .strictObject({
    kind: z.literal('journey'),
    id: definitionIdSchema,
    name: z.string().min(1).max(120),
    description: z.string().max(2_000).optional(),
    entry: z.strictObject({
      on: eventMatchSchema,
      /** Checked when the event arrives. */
      if: conditionSchema.optional(),
      /** A person is in a journey at most once at a time, whatever stands here. */
      reentry: reentrySchema.default({ kind: 'never' }),
    }),
    /** The run ends at once, reason "goal", also in the middle of a wait. */
    goal: z.strictObject({ name: z.string().max(120).optional(), on: eventMatchSchema }).optional(),
    /** Events that end the run at once for another reason. */
    exitOn: z.array(eventMatchSchema).max(20).optional(),
    start: stepId,
    steps: z.record(stepId, stepSchema),
  })
  .meta({ id: 'Journey' })
export type JourneyDefinition = z.infer<typeof journeySchema>

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
export const templateSchema = z
  .discriminatedUnion('channel', [emailTemplateSchema, inboxTemplateSchema, webhookTemplateSchema])
  .meta({ id: 'Template' })
export type TemplateDefinition = z.infer<typeof templateSchema>
export type TemplateOf<C extends ChannelKind> = Extract<TemplateDefinition, { channel: C }>

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
export const definitionSchema = z.union([journeySchema, segmentSchema, templateSchema, traitDefinitionSchema])
export type Definition = z.infer<typeof definitionSchema>
export type DefinitionKind = Definition['kind']
export const definitionKinds = ['journey', 'segment', 'template', 'trait'] as const satisfies readonly DefinitionKind[]

/** A definition as it was published: never changed afterwards, a change is a new version. */
export interface PublishedDefinition<D extends Definition = Definition> {
  readonly definition: D
  readonly version: number
  /** The publication that brought it; larger is later. */
  readonly epoch: number
}
