import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'

/** As ids of definitions and lists are written. */
const id = z.string().min(1).max(64)

/** The person is in another segment, at this very instant. */
export const segmentConditionSchema = z.strictObject({ kind: z.literal('segment'), segment: id })
export type SegmentCondition = z.infer<typeof segmentConditionSchema>

/** The person is in a list. */
export const listConditionSchema = z.strictObject({ kind: z.literal('list'), list: id })
export type ListCondition = z.infer<typeof listConditionSchema>

/** How the person stands to a journey: on the way now, on the way once and no more, never on the way, or reached its goal once. */
export const journeyConditionSchema = z.strictObject({
  kind: z.literal('journey'),
  journey: id,
  is: z.enum(['in', 'was-in', 'never-in', 'reached-goal']),
})
export type JourneyCondition = z.infer<typeof journeyConditionSchema>

/**
 * What the person said about a channel, or about a topic on it: `granted`, `withdrawn`, or nothing (`unsaid`). `allowed`: may be
 * written to, since they agreed or the workspace's default does.
 */
export const consentConditionSchema = z.strictObject({
  kind: z.literal('consent'),
  channel: z.string().min(1).max(40),
  topic: z.string().min(1).max(100).optional(),
  is: z.enum(['allowed', 'granted', 'withdrawn', 'unsaid']).default('allowed'),
})
export type ConsentCondition = z.infer<typeof consentConditionSchema>

/**
 * A random share of everybody, the same people for ever: each has a place from 0 up to 100, drawn by the salt, and holds from
 * `from` up to but not including `to`. Other salts draw anew.
 */
export const randomConditionSchema = z.strictObject({
  kind: z.literal('random'),
  salt: z.string().regex(/^[a-z0-9-]{1,64}$/, 'small letters, digits and dashes'),
  from: z.number().min(0).max(100).default(0),
  to: z.number().min(0).max(100),
})
export type RandomCondition = z.infer<typeof randomConditionSchema>

/** A marketing message would reach the person now: there is an address for the channel, consent (of the topic too), and no suppression. */
export const reachableConditionSchema = z.strictObject({
  kind: z.literal('reachable'),
  channel: channelKindSchema,
  topic: z.string().min(1).max(100).optional(),
})
export type ReachableCondition = z.infer<typeof reachableConditionSchema>
