import { z } from 'zod'
import { channelKindSchema } from '../channel.ts'
import { eventMatchSchema } from '../conditions/index.ts'
import { durationSchema, durationToMs } from '../duration.ts'
import { entrySchema } from './entries.ts'
import { reentrySchema } from './reentry.ts'

/** The questions that describe a journey, in the order in which they are asked, and the answers that each is about. */
export const journeyQuestions = [
  { number: 1, words: 'What starts it?', about: ['starts'] },
  { number: 2, words: 'How many people will come in, about?', about: ['aboutADay', 'mostADay'] },
  { number: 3, words: 'How often may one person come in?', about: ['often'] },
  { number: 4, words: 'How long before they may come in again, or only once?', about: ['again'] },
  { number: 5, words: 'What should they do?', about: ['expected'] },
  { number: 6, words: 'How long do we wait for it?', about: ['wait'] },
  { number: 7, words: 'What is checked on the way?', about: ['milestones'] },
  { number: 8, words: 'In which languages and countries?', about: ['languages', 'countries'] },
  { number: 9, words: 'How many messages does one person get?', about: ['interactions'] },
  { number: 10, words: 'On which channels?', about: ['channels'] },
  { number: 11, words: 'Which reactions to our messages change the way?', about: ['reactions'] },
  { number: 12, words: 'What is personal in the messages?', about: ['greetBy', 'show'] },
  { number: 13, words: 'How soon does the first message go out, and the next?', about: ['first', 'next'] },
  { number: 14, words: 'Where is what they do watched?', about: ['watched'] },
  { number: 15, words: 'Does what they do offline count?', about: ['offline'] },
  { number: 16, words: 'What is the goal on which they leave?', about: ['goal'] },
  { number: 17, words: 'How long do results count towards it?', about: ['counted'] },
] as const satisfies readonly { number: number; words: string; about: readonly (keyof JourneyAnswers)[] }[]
export type JourneyQuestion = (typeof journeyQuestions)[number]

/** What people may do with a message that changes their way. */
export const reactionKinds = ['opened', 'clicked'] as const
/** Where people can be seen: on the web site (pages), in the app (screens). */
export const watchedPlaces = ['site', 'app'] as const

const word = z.string().min(1).max(40)
/** What can be named in a template. */
const named = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^"{}%]+$/, 'a name without quotation marks, braces and percent signs')

/** What a team says of a journey before it is drawn: an answer to each of the seventeen questions. */
export const journeyAnswersSchema = z
  .strictObject({
    name: z.string().min(1).max(120),
    starts: z.array(entrySchema).min(1).max(20),
    /** What the team reckons with; it bounds nothing. */
    aboutADay: z.int().min(0).max(1_000_000_000).optional(),
    /** More do not come in. */
    mostADay: z.int().min(1).max(1_000_000_000).optional(),
    /** One person no oftener; left out, as often as they may come in again. */
    often: z.strictObject({ times: z.int().min(1).max(100), within: durationSchema }).optional(),
    again: reentrySchema,
    expected: eventMatchSchema,
    wait: durationSchema,
    /** What is counted on the way, each once a person. */
    milestones: z.array(z.strictObject({ name: z.string().min(1).max(120), on: eventMatchSchema })).max(8),
    /** As the traits `language` and `country`, or the device, say them; none: whoever it is. */
    languages: z.array(word).max(50),
    countries: z.array(word).max(250),
    interactions: z.int().min(1).max(6),
    /** The first is begun with. */
    channels: z
      .array(channelKindSchema)
      .min(1)
      .max(20)
      .refine((list) => new Set(list).size === list.length, { error: 'each channel once' }),
    reactions: z.array(z.enum(reactionKinds)).max(reactionKinds.length),
    /** The trait by which people are addressed. */
    greetBy: named.optional(),
    /** Properties of what started it that messages show. */
    show: z.array(named).max(10),
    /** From coming in to the first message. */
    first: durationSchema,
    /** From one message to the next, for those who did nothing with it; the others get theirs when the wait is over. */
    next: durationSchema,
    watched: z.array(z.enum(watchedPlaces)).max(watchedPlaces.length),
    /** Events of tills and of the CRM that count like what is expected; none: nothing offline does. */
    offline: z.array(eventMatchSchema).max(5),
    goal: z.strictObject({
      name: z.string().min(1).max(120).optional(),
      on: eventMatchSchema,
      /** Only for whoever has done it before: a repeat purchase. */
      again: z.boolean(),
    }),
    /** After each message. */
    counted: durationSchema,
    /** Where the messages lead. */
    link: z.url({ protocol: /^https?$/ }).max(2_000),
  })
  .refine(({ wait }) => durationToMs(wait) > 0, { error: 'a time longer than 0', path: ['wait'] })
  .refine(({ wait, next }) => durationToMs(next) >= durationToMs(wait), {
    error: 'at least as long as the wait for what is expected: nobody is told anything while we wait',
    path: ['next'],
  })
  .meta({ id: 'JourneyAnswers' })
export type JourneyAnswers = z.infer<typeof journeyAnswersSchema>
