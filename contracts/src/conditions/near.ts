import { z } from 'zod'
import { everFields, hasOneTime, oneTime, saysTime } from './window.ts'

/** A place on the earth, in degrees of WGS 84. */
export const pointSchema = z.strictObject({ lat: z.number().min(-90).max(90), lng: z.number().min(-180).max(180) }).meta({ id: 'Point' })
export type Point = z.infer<typeof pointSchema>

/**
 * Within so many kilometres of a point: the latest place that any event told; with `ever` or a window, any place told then; with
 * `trait`, the place that is known of the person.
 */
export const nearConditionSchema = z
  .strictObject({
    kind: z.literal('near'),
    point: pointSchema,
    km: z.number().positive().max(20_000),
    /** A trait that holds a place, such as `address`. */
    trait: z.string().min(1).max(200).optional(),
    ...everFields,
  })
  .refine(hasOneTime, oneTime)
  .refine(({ trait, ...time }) => trait === undefined || !saysTime(time), {
    error: 'a trait is what is known now: leave out ever and the window',
  })
export type NearCondition = z.infer<typeof nearConditionSchema>
