import {
  channelTable,
  durationToMs,
  eachChannel,
  exitsOf,
  goalsOf,
  journeyQuestions,
  reentryOf,
  startsOf,
  type ChannelKind,
  type Definition,
  type JourneyDefinition,
  type JourneyQuestion,
} from '@throughline/contracts'
import { describeClause, describeMatch } from '../../conditions/index.ts'
import { describeStep, stepsInOrder } from '../describe.ts'
import { describePriority, describeReentry, describeStart } from '../words.ts'
import { namedIn } from './templates.ts'
import { expectedCheck, readAnswers, templatesOf, type ReadAnswers } from './read.ts'
import { afterMessage, channelsOf, countMessages, lengthOf, quietWay, templateIdsOf, type Stretch } from './walk.ts'

/** A question with what a journey answers to it. */
export interface BriefAnswer {
  readonly number: number
  readonly question: string
  readonly answer: string
}

interface Asked {
  readonly journey: JourneyDefinition
  readonly read: ReadAnswers
  readonly definitions: readonly Definition[]
}

const channelNames: Readonly<Record<ChannelKind, string>> = {
  ...eachChannel((kind) => channelTable[kind].word),
  inbox: 'the inbox on the site',
  webhook: 'a webhook',
}

/** What any journey answers to the seventeen questions, in plain sentences. */
export function answersOf(journey: JourneyDefinition, definitions: readonly Definition[]): readonly BriefAnswer[] {
  const asked = { journey, read: readAnswers(journey, definitions), definitions }
  return journeyQuestions.map(({ number, words }) => ({ number, question: words, answer: say[number](asked) }))
}

const say: { readonly [N in JourneyQuestion['number']]: (asked: Asked) => string } = {
  1: ({ journey, read }) => {
    const starts = (read.starts ?? startsOf(journey)).map(
      (start) => `${describeStart(start)}${start.if === undefined ? '' : `, if the person ${describeClause(start.if)}`}`,
    )
    const { opens, closes } = journey
    return sentence(
      `When ${starts.join('; or when ')}`,
      opens === undefined ? '' : `from ${opens}`,
      closes === undefined ? '' : `until ${closes}`,
    )
  },
  2: ({ journey: { perDay } }) =>
    perDay === undefined ? 'As many as it starts for; there is no cap.' : `At most ${perDay} a day, over everybody.`,
  3: ({ journey: { perPerson, key } }) => {
    const side = key === undefined ? '' : ` Once for each ${key}, side by side.`
    return perPerson === undefined
      ? `No cap of its own: as the next answer says.${side}`
      : `At most ${perPerson.times} ${perPerson.times === 1 ? 'time' : 'times'} in ${perPerson.within}.${side}`
  },
  4: ({ journey }) => {
    const reentry = reentryOf(journey)
    return reentry.kind === 'never' ? 'Once only.' : sentence(describeReentry(reentry))
  },
  5: ({ read: { expected } }) => (expected === undefined ? 'It waits for nothing, and has no goal.' : sentence(describeMatch(expected))),
  6: ({ journey, read: { wait } }) => {
    if (wait !== undefined) return sentence(`Up to ${wait}`)
    return goalsOf(journey).length === 0
      ? 'It does not wait for it.'
      : 'There is no wait for it: it may come at any time while they are on the way.'
  },
  7: ({ journey, read: { milestones = [] } }) => {
    const events = expectedCheck(journey)?.any.map(({ on }) => describeMatch(on)) ?? []
    const counted = milestones.map(({ name, on }) => (name === on.event ? name : `${name} (${describeMatch(on)})`))
    const checks = stepsInOrder(journey).flatMap((id) => {
      const step = journey.steps[id]!
      return step.kind === 'branch'
        ? step.paths.flatMap((path) => (path.if.kind === 'reachable' ? [] : [path.name ?? describeClause(path.if)]))
        : []
    })
    return sentence(
      events.length === 0 ? '' : `${events.join(' or ')}: yes or no`,
      counted.length === 0 ? '' : `counted on the way: ${counted.join(', ')}`,
      checks.length === 0 ? '' : `asked on the way: ${[...new Set(checks)].join('; ')}`,
    )
  },
  8: ({ journey, read: { languages = [], countries = [] }, definitions }) => {
    const told = templatesOf(journey, definitions).filter((one) =>
      namedIn(one, 'profile').some((name) => /^(language|locale|country)$/.test(name)),
    )
    const of = told.length === 0 ? '' : ` ${told.length} of its messages say it by the person’s language or country.`
    if (languages.length === 0 && countries.length === 0) return `In all: nobody is left out by language or country.${of}`
    return `${sentence(languages.length === 0 ? '' : `for those who speak ${languages.join(', ')}`, countries.length === 0 ? '' : `for those in ${countries.join(', ')}`)}${of}`
  },
  9: ({ journey }) => {
    const { least, most } = countMessages(journey)
    const among = describePriority(journey)
      .map((words) => ` ${words}`)
      .join('')
    if (most === 0) return `None.${among}`
    if (!Number.isFinite(most)) return `As many as they go round for.${among}`
    return `${least === most || !Number.isFinite(least) ? `${most}.` : `${least === 0 ? 'Up to' : `${least} to`} ${most}.`}${among}`
  },
  10: ({ journey }) => {
    const channels = channelsOf(journey)
    return channels.length === 0 ? 'None: it sends nothing.' : sentence(list(channels.map((channel) => channelNames[channel])))
  },
  11: ({ read: { reactions = [] } }) =>
    reactions.length === 0
      ? 'None.'
      : sentence(`Whether they ${reactions.map((one) => (one === 'clicked' ? 'clicked a link' : 'opened it')).join(' or ')}`),
  12: ({ journey, read: { show = [] }, definitions }) => {
    const templates = templatesOf(journey, definitions)
    const missing = templateIdsOf(journey).size - templates.length
    const profile = [...new Set(templates.flatMap((one) => namedIn(one, 'profile')))]
    const parts = [
      profile.length === 0 ? '' : `of the person: ${profile.join(', ')}`,
      show.length === 0 ? '' : `of what started it: ${show.join(', ')}`,
    ].filter((part) => part !== '')
    const rest = missing === 0 ? '' : ` ${missing} of its templates ${missing === 1 ? 'is' : 'are'} not written yet.`
    return `${parts.length === 0 ? 'Nothing: everybody gets the same words.' : sentence(...parts)}${rest}`
  },
  13: ({ journey }) => {
    const first = quietWay(journey, journey.start)
    if (first === undefined) return channelsOf(journey).length === 0 ? 'There is none.' : 'It depends on what they do.'
    const next = quietWay(journey, afterMessage(journey, first.to))
    return sentence(
      inTime(first, 'at once', 'after '),
      next === undefined ? '' : `the next ${inTime(next, 'with it', '')} later, if nothing comes of it`,
    )
  },
  14: ({ read: { watched = [] } }) =>
    watched.length === 0
      ? 'Wherever events come from: nothing here asks for the site or the app alone.'
      : sentence(
          `On ${watched.map((place) => (place === 'site' ? 'the web site' : 'the app')).join(' and in ')}`
            .replace('On the app', 'In the app')
            .replace('in the web site', 'on the web site'),
        ),
  15: ({ read: { offline = [] } }) =>
    offline.length === 0
      ? 'Not asked for: events of tills and of the CRM count where they bear the same names.'
      : sentence(`Yes: ${offline.map(describeMatch).join(', ')}`),
  16: ({ journey }) => {
    const goals = goalsOf(journey).filter(({ afterwards }) => afterwards === 'leave')
    const exits = exitsOf(journey).length
    const early = exits === 0 ? '' : ` ${exits === 1 ? 'One other thing ends' : `${exits} other things end`} it early.`
    if (goals.length === 0) return `None: they leave at the end of the way.${early}`
    const words = goals.map(({ name, on, if: condition }) => {
      const match = `${describeMatch(on)}${condition === undefined ? '' : `, by whoever ${describeClause(condition)}`}`
      return name === undefined || name === on.event ? match : `${name} (${match})`
    })
    return `${sentence(words.join('; or '))}${early}`
  },
  17: ({ journey }) => {
    const goals = goalsOf(journey).filter(({ afterwards }) => afterwards === 'leave')
    if (goals.length === 0) return 'There is no goal.'
    const times = goals.map(({ within, since }) =>
      within === undefined ? 'as long as they are on the way' : `${within} after ${since === 'entry' ? 'coming in' : 'the latest message'}`,
    )
    return sentence([...new Set(times)].join('; or '))
  },
}

function inTime(way: Stretch, now: string, after: string): string {
  const ms = lengthOf(way)
  if (ms === 0) return now
  if (ms === undefined) return `after these: ${way.steps.map(describeStep).join(', ')}`
  return `${after}${spell(
    way.steps.map((step) =>
      step.kind === 'wait' ? step.for : step.kind === 'wait-for' || step.kind === 'reaction' ? step.upTo : '0 seconds',
    ),
    ms,
  )}`
}

/** A sum of times in the words in which they stand there, where it is one. */
function spell(times: readonly string[], ms: number): string {
  const [only, another] = times.filter((time) => durationToMs(time) > 0)
  if (only !== undefined && another === undefined) return only
  const [count, unit] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ]
    .map(([size, name]) => [ms / Number(size), String(name)] as const)
    .find(([n]) => n >= 1) ?? [ms / 1_000, 'second']
  const rounded = Math.round(count * 10) / 10
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}

/** Parts that say something as one sentence. */
function sentence(...parts: readonly string[]): string {
  const text = parts.filter((part) => part !== '').join('; ')
  return text === '' ? 'Nothing.' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
