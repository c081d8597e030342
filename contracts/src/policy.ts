import { z } from 'zod'
import { channelKindSchema } from './channel.ts'
import { durationSchema, durationToMs } from './duration.ts'
import { clockTimeSchema } from './journeys/clocks.ts'

const capWithin = durationSchema.refine(
  (time) => durationToMs(time) > 0 && durationToMs(time) <= 90 * 86_400_000,
  'a time of up to 90 days',
)

/** Hours in which nobody gets marketing, by each person's own clocks; from 22:00 to 08:00 they go over midnight. */
export const quietHoursSchema = z
  .object({
    from: clockTimeSchema,
    to: clockTimeSchema,
    /** Channels that disturb nobody. */
    exempt: z.array(channelKindSchema),
  })
  .refine(({ from, to }) => from !== to, { error: 'two different times', path: ['to'] })
export type QuietHours = z.infer<typeof quietHoursSchema>

/** So many marketing messages one person gets within a time, at most: on a channel, or over all of them (null). */
export const frequencyCapSchema = z.object({ channel: channelKindSchema.nullable(), times: z.int().min(1).max(50), within: capWithin })
export type FrequencyCap = z.infer<typeof frequencyCapSchema>

/** So many marketing messages of one journey a person gets within a time, at most. */
export const mostMessagesSchema = z.strictObject({ times: z.int().min(1).max(50), within: capWithin })
