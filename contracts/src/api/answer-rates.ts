import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { type Route, ms } from './parts.ts'

const share = z.number().min(0).max(1)

/**
 * GET /api/answer-rates (`answerRates`): what people open, click in or reply to, by channel, as the learned order of the step
 * `best-message` goes by it. `current` is null before anything was sent.
 */
export const answerRatesReportSchema = z.object({
  current: z
    .object({
      asOf: ms,
      inForceAt: ms.meta({ description: 'since when journeys go by it' }),
      channels: z.array(
        z.object({
          channel: channelKindSchema,
          sent: z
            .int()
            .meta({ description: 'messages of the last `days` days that count: those that were answered, or went out a day ago' }),
          answered: z.int(),
          share: share.meta({ description: 'answered by sent' }),
          strength: z.number().meta({ description: 'for one person the share of everybody counts like so many messages of their own' }),
          enough: z.boolean().meta({ description: 'whether it can be compared; false: the channel keeps its place in the order written' }),
        }),
      ),
    })
    .nullable(),
  days: z.int().meta({ description: 'of how many days messages count' }),
  hour: z.int().meta({ description: 'at which it is computed each day, by the clocks of `zone`' }),
  zone: z.string(),
})
export type AnswerRatesReport = z.infer<typeof answerRatesReportSchema>

export const answerRatesRoutes = {
  answerRates: {
    method: 'GET',
    path: '/api/answer-rates',
    access: 'viewer',
    summary: 'How many messages of each channel people answer: what the learned order of channels goes by',
    response: answerRatesReportSchema,
  },
  computeAnswerRates: {
    method: 'POST',
    path: '/api/answer-rates/compute',
    access: 'editor',
    summary: 'Count answers by channel now instead of at the hour in the settings, and put them in force',
    response: answerRatesReportSchema,
  },
} as const satisfies Record<string, Route>
