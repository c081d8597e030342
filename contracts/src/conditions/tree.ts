import { z } from 'zod'
import {
  eventConditionSchema,
  type EventCondition,
  eventTimeConditionSchema,
  type EventTimeCondition,
  pageConditionSchema,
  type PageCondition,
  screenConditionSchema,
  type ScreenCondition,
  messageConditionSchema,
  type MessageCondition,
} from './event.ts'
import { computedConditionSchema, type ComputedCondition } from './computed.ts'
import { measureConditionSchema, type MeasureCondition } from './measure.ts'
import {
  segmentConditionSchema,
  type SegmentCondition,
  listConditionSchema,
  type ListCondition,
  journeyConditionSchema,
  type JourneyCondition,
  consentConditionSchema,
  type ConsentCondition,
  randomConditionSchema,
  type RandomCondition,
  reachableConditionSchema,
  type ReachableCondition,
} from './standing.ts'
import { contextConditionSchema, type ContextCondition } from './context.ts'
import { sequenceConditionSchema, type SequenceCondition } from './sequence.ts'
import { nearConditionSchema, type NearCondition } from './near.ts'
import { rfmConditionSchema, type RfmCondition } from './rfm.ts'
import { traitConditionSchema, type TraitCondition } from './trait.ts'

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
export type Condition =
  | AllCondition
  | AnyCondition
  | NotCondition
  | TraitCondition
  | EventCondition
  | EventTimeCondition
  | PageCondition
  | ScreenCondition
  | MessageCondition
  | MeasureCondition
  | SegmentCondition
  | ListCondition
  | JourneyCondition
  | ConsentCondition
  | RandomCondition
  | ReachableCondition
  | ComputedCondition
  | ContextCondition
  | SequenceCondition
  | NearCondition
  | RfmCondition
export type ConditionKind = Condition['kind']

export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('all'), of: z.array(conditionSchema).min(1).max(50) }),
      z.strictObject({ kind: z.literal('any'), of: z.array(conditionSchema).min(1).max(50) }),
      z.strictObject({ kind: z.literal('not'), of: conditionSchema }),
      traitConditionSchema,
      eventConditionSchema,
      eventTimeConditionSchema,
      pageConditionSchema,
      screenConditionSchema,
      messageConditionSchema,
      measureConditionSchema,
      segmentConditionSchema,
      listConditionSchema,
      journeyConditionSchema,
      consentConditionSchema,
      randomConditionSchema,
      reachableConditionSchema,
      computedConditionSchema,
      contextConditionSchema,
      sequenceConditionSchema,
      nearConditionSchema,
      rfmConditionSchema,
    ]),
  )
  .meta({ id: 'Condition' })
