import { z } from 'zod'
import { durationSchema } from './duration.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])

/** How a value is compared. Text compares without regard to case only where it says so. */
export const comparisonSchema = z
  .discriminatedUnion('op', [
    z.strictObject({ op: z.literal('is'), value: scalar }),
    z.strictObject({ op: z.literal('is-not'), value: scalar }),
    z.strictObject({ op: z.literal('one-of'), values: z.array(scalar).min(1).max(1_000) }),
    z.strictObject({ op: z.literal('contains'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('begins'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('ends'), value: z.string().min(1) }),
    z.strictObject({ op: z.literal('greater'), value: z.number() }),
    z.strictObject({ op: z.literal('at-least'), value: z.number() }),
    z.strictObject({ op: z.literal('less'), value: z.number() }),
    z.strictObject({ op: z.literal('at-most'), value: z.number() }),
    z.strictObject({ op: z.literal('exists') }),
    z.strictObject({ op: z.literal('missing') }),
  ])
  .meta({ id: 'Comparison' })
export type Comparison = z.infer<typeof comparisonSchema>

/** A comparison of one property of an event; `property` is a dotted path. */
export const propertyFilterSchema = z
  .strictObject({ property: z.string().min(1), compare: comparisonSchema })
  .meta({ id: 'PropertyFilter' })
export type PropertyFilter = z.infer<typeof propertyFilterSchema>

/** Which events: by name, and by all of the property filters. */
export const eventMatchSchema = z
  .strictObject({
    event: z.string().min(1).max(200),
    where: z.array(propertyFilterSchema).max(20).optional(),
  })
  .meta({ id: 'EventMatch' })
export type EventMatch = z.infer<typeof eventMatchSchema>

export const timesSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('at-least'), n: z.int().min(1).max(1_000) }),
  z.strictObject({ op: z.literal('at-most'), n: z.int().min(0).max(1_000) }),
  z.strictObject({ op: z.literal('exactly'), n: z.int().min(0).max(1_000) }),
])
export type Times = z.infer<typeof timesSchema>

export const traitConditionSchema = z.strictObject({
  kind: z.literal('trait'),
  trait: z.string().min(1).max(200),
  compare: comparisonSchema,
})
export type TraitCondition = z.infer<typeof traitConditionSchema>

export const eventConditionSchema = z.strictObject({
  kind: z.literal('event'),
  event: z.string().min(1).max(200),
  where: z.array(propertyFilterSchema).max(20).optional(),
  times: timesSchema.default({ op: 'at-least', n: 1 }),
  /** Sliding window that ends now; without it, ever. */
  within: durationSchema.optional(),
})
export type EventCondition = z.infer<typeof eventConditionSchema>

export interface AllCondition {
  kind: 'all'
  of: Condition[]
}
export interface AnyCondition {
  kind: 'any'
  of: Condition[]
}
export interface NotCondition {
  kind: 'not'
  of: Condition
}

/** A node of a condition tree. A new kind is a schema here, a file in the engine, and a line in its registry. */
export type Condition = AllCondition | AnyCondition | NotCondition | TraitCondition | EventCondition
export type ConditionKind = Condition['kind']

export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('all'), of: z.array(conditionSchema).min(1).max(50) }),
      z.strictObject({ kind: z.literal('any'), of: z.array(conditionSchema).min(1).max(50) }),
      z.strictObject({ kind: z.literal('not'), of: conditionSchema }),
      traitConditionSchema,
      eventConditionSchema,
    ]),
  )
  .meta({ id: 'Condition' })
