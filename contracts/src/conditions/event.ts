import { z } from 'zod'
import { durationSchema } from '../duration.ts'
import { selectionFields } from './selection.ts'
import { hasOneWindow, hasWindow, oneWindow, windowFields } from './window.ts'

export const timesSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('at-least'), n: z.int().min(1).max(1_000) }),
  z.strictObject({ op: z.literal('at-most'), n: z.int().min(0).max(1_000) }),
  z.strictObject({ op: z.literal('exactly'), n: z.int().min(0).max(1_000) }),
])
export type Times = z.infer<typeof timesSchema>

/** So many different days can be told apart. */
const MOST_DAYS = 250

const countFields = {
  times: timesSchema.default({ op: 'at-least', n: 1 }),
  /** What `times` counts: the events, or the different days of the shop's calendar on which there was one. */
  count: z.enum(['events', 'days']).optional(),
  ...windowFields,
}
type Counted = { readonly times: Times; readonly count?: 'events' | 'days' | undefined }
const fewEnough = ({ count, times }: Counted): boolean => count !== 'days' || times.n <= MOST_DAYS
const tooMany = { error: `at most ${MOST_DAYS} days can be counted`, path: ['times', 'n'] }

/** The event happened so many times. */
export const eventConditionSchema = z
  .strictObject({ kind: z.literal('event'), ...selectionFields, ...countFields })
  .refine(hasOneWindow, oneWindow)
  .refine(fewEnough, tooMany)
export type EventCondition = z.infer<typeof eventConditionSchema>

const viewFields = {
  /** The page's or screen's name; `*` at either end stands for anything; any, when left out. */
  name: z.string().min(1).max(200).optional(),
  where: selectionFields.where,
  ...countFields,
}
/** A page was viewed so many times (Segment's `page` call). */
export const pageConditionSchema = z
  .strictObject({ kind: z.literal('page'), ...viewFields })
  .refine(hasOneWindow, oneWindow)
  .refine(fewEnough, tooMany)
export type PageCondition = z.infer<typeof pageConditionSchema>

/** A screen of an app was viewed so many times (Segment's `screen` call). */
export const screenConditionSchema = z
  .strictObject({ kind: z.literal('screen'), ...viewFields })
  .refine(hasOneWindow, oneWindow)
  .refine(fewEnough, tooMany)
export type ScreenCondition = z.infer<typeof screenConditionSchema>

/** The first or the last time of an event lies in the window. */
export const eventTimeConditionSchema = z
  .strictObject({
    kind: z.literal('event-time'),
    ...selectionFields,
    which: z.enum(['first', 'last']),
    ...windowFields,
    /** Instead of a window: it lies this far back, or further. */
    longerAgo: durationSchema.optional(),
  })
  .refine(hasOneWindow, oneWindow)
  .refine(({ longerAgo, ...rest }) => longerAgo === undefined || !hasWindow(rest), {
    error: 'say a window, or longerAgo',
  })
export type EventTimeCondition = z.infer<typeof eventTimeConditionSchema>

export const messageOutcomes = ['sent', 'delivered', 'opened', 'clicked', 'bounced'] as const

/** A message of ours was sent, delivered, opened, clicked or bounced so many times. */
export const messageConditionSchema = z
  .strictObject({
    kind: z.literal('message'),
    outcome: z.enum(messageOutcomes),
    channel: z.string().min(1).max(40).optional(),
    /** Id of a journey (a campaign is one), of one of its steps, of a template, of one message. */
    journey: z.string().min(1).max(200).optional(),
    step: z.string().min(1).max(200).optional(),
    template: z.string().min(1).max(200).optional(),
    message: z.string().min(1).max(200).optional(),
    /** Opens and clicks of people, of machines (privacy proxies, link scanners), or of both; of people when left out. */
    by: z.enum(['people', 'machines', 'both']).optional(),
    ...countFields,
  })
  .refine(hasOneWindow, oneWindow)
  .refine(fewEnough, tooMany)
export type MessageCondition = z.infer<typeof messageConditionSchema>
