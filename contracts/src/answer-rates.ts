import { z } from 'zod'

/** How people answered what the shop sent by one channel. */
export const channelAnswersSchema = z.object({
  /** Messages that count. */
  sent: z.int().min(0),
  /** Those of them that somebody opened, clicked in or replied to. */
  answered: z.int().min(0),
  /** How much people are alike: the share of everybody counts for one of them like so many messages of their own. */
  strength: z.number().positive(),
})
export type ChannelAnswers = z.infer<typeof channelAnswersSchema>

/** By channel; those by which nothing was sent are left out. */
export const answerRatesSchema = z.record(z.string(), channelAnswersSchema)
export type AnswerRates = Readonly<z.infer<typeof answerRatesSchema>>

/** Of fewer messages over the whole shop nobody can say how a channel is answered: it keeps its place in the order written. */
export const enoughMessages = 100
