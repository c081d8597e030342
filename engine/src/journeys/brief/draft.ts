import {
  channelTable,
  durationToMs,
  msToDuration,
  type ChannelKind,
  type Condition,
  type EventMatch,
  type JourneyAnswers,
  type JourneyDefinition,
  type JourneyEntry,
  type Step,
  type TemplateDefinition,
} from '@throughline/contracts'
import { behaviourOf } from '../registry.ts'
import { writeTemplate } from './templates.ts'
import type { Role } from './texts.ts'

/** What a draft has to know besides the answers. */
export interface DraftFacts {
  /** The id that the journey gets; those of its templates begin with it. */
  readonly id: string
  /** Templates that are there: those of its ids are kept as they are. */
  readonly templates: readonly TemplateDefinition[]
}

export interface Drafted {
  readonly journey: JourneyDefinition
  /** Templates that its messages need and that are not there yet. */
  readonly templates: readonly TemplateDefinition[]
}

/**
 * The journey that answers to the seventeen questions describe, and first texts for its messages. It is a valid definition once the
 * templates are there.
 *
 * Drawn as: [wait] → first message → wait for what is expected → who did it is thanked when there is a further goal; who answered, or
 * came by, gets the next message now and on the same channel; the others get it later, on the next channel that reaches them → and so
 * on, so many messages in all.
 */
export function draftFromAnswers(answers: JourneyAnswers, { id, templates }: DraftFacts): Drafted {
  const steps: Record<string, Step> = {}
  const wanted = new Map<string, TemplateDefinition>()
  const { interactions, channels, wait, next, first, expected, offline } = answers
  const hasFurtherGoal = isFurther(answers)
  const favourite = channels.slice(0, 1)
  const others = channels.length === 1 ? favourite : channels.slice(1)
  const pause = durationToMs(next) - durationToMs(wait)
  const events: readonly EventMatch[] = [expected, ...offline]

  for (let round = 1; round <= interactions; round += 1) {
    const isLast = round === interactions
    const check = `check-${round}`
    if (round === 1) say('message-1', 'First message', 'first', interactions === 1 ? channels : favourite, check)
    else {
      const role = isLast && round > 2 ? 'last' : 'reminder'
      if (answers.reactions.length + answers.watched.length > 0)
        say(`message-${round}-answered`, `Message ${round}, to those who answered`, 'answered', favourite, check)
      say(`message-${round}`, `Message ${round}, to the others`, role, others, check)
    }
    const did = isLast || !hasFurtherGoal ? 'did-it' : 'thanks'
    // The first message is one step, whose answers are heard since it went out; later ones are several, of which one went out meanwhile.
    const hears = round === 1 && !isLast && answers.reactions.length > 0
    const ways = waysAfter(isLast, hears)
    const quiet = hears ? `answer-${round}` : isLast ? 'did-not' : pauseOf(round)
    add(check, {
      kind: 'wait-for',
      name: `Did they? (${wait})`,
      any: events.map((on) => ({ on, next: did })),
      upTo: wait,
      otherwise: ways.length > 0 ? `way-${round}` : quiet,
    })
    if (hears)
      add(`answer-${round}`, {
        kind: 'reaction',
        name: 'Did they answer?',
        of: 'message-1',
        ways: answers.reactions.map((on) => ({ on, next: `message-${round + 1}-answered` })),
        upTo: '0 seconds',
        otherwise: isLast ? 'did-not' : pauseOf(round),
      })
    if (ways.length > 0)
      add(`way-${round}`, {
        kind: 'branch',
        name: isLast ? 'Did they do it offline?' : 'What did they do with it?',
        paths: ways.map(({ name, condition, to }) => ({
          name,
          if: condition,
          next: to === 'did' ? did : `message-${round + 1}-answered`,
        })),
        otherwise: quiet,
      })
    if (pause > 0 && !isLast)
      add(pauseOf(round), {
        kind: 'wait-for',
        name: 'A little longer',
        any: events.map((on) => ({ on, next: did })),
        upTo: msToDuration(pause),
        otherwise: `message-${round + 1}`,
      })
  }
  if (hasFurtherGoal && interactions > 1) say('thanks', 'Thanks, and what is next', 'thanks', favourite, undefined)
  add('did-it', { kind: 'exit', name: 'Did it', reason: 'did what was expected' })
  add('did-not', { kind: 'exit', name: 'Did not', reason: 'did not do what was expected' })
  if (durationToMs(first) > 0) add('wait-first', { kind: 'wait', name: 'Before the first message', for: first, next: 'message-1' })

  const journey: JourneyDefinition = {
    kind: 'journey',
    id,
    name: answers.name,
    entries: answers.starts.map((start) => onlyFor(start, answers)),
    reentry: answers.again,
    ...(answers.often !== undefined && { perPerson: answers.often }),
    ...(answers.mostADay !== undefined && { perDay: answers.mostADay }),
    goals: goalsFor(answers),
    start: durationToMs(first) > 0 ? 'wait-first' : 'message-1',
    steps: reachable(steps, durationToMs(first) > 0 ? 'wait-first' : 'message-1'),
  }
  return { journey, templates: [...wanted.values()] }

  function add(step: string, body: Step): void {
    steps[step] = body
  }

  function pauseOf(round: number): string {
    return pause > 0 ? `pause-${round}` : `message-${round + 1}`
  }

  /** One message to one person: on a channel, or on the first of several by which it may go out. */
  function say(step: string, name: string, role: Role, on: readonly ChannelKind[], to: string | undefined): void {
    const common = { name, purpose: 'marketing' as const, ...(to !== undefined && { next: to }) }
    const channels = on.map((channel) => ({ channel, template: templateFor(step, name, role, channel) }))
    const [only, another] = channels
    if (only !== undefined && another === undefined) add(step, { kind: 'message', ...common, ...only })
    else add(step, { kind: 'best-message', ...common, channels })
  }

  function templateFor(step: string, name: string, role: Role, channel: ChannelKind): string {
    const template = templateId(id, step, channel)
    if (!templates.some((known) => known.id === template && known.channel === channel) && !wanted.has(template))
      wanted.set(
        template,
        writeTemplate(channel, template, `${answers.name}: ${name}, ${channelTable[channel].word}`.slice(0, 120), role, answers),
      )
    return template
  }

  /** What changes the way after a message, first match first; after the last one, what was done offline and told late. */
  function waysAfter(
    isLast: boolean,
    hears: boolean,
  ): readonly { readonly name: string; readonly condition: Condition; readonly to: 'did' | 'answered' }[] {
    const once = { times: { op: 'at-least', n: 1 }, within: wait } as const
    const late = offline.map((on) => ({
      name: `${on.event}, offline`,
      condition: { kind: 'event', ...on, ...once } as const,
      to: 'did' as const,
    }))
    if (isLast) return late
    return [
      ...late,
      ...(hears ? [] : answers.reactions).map((outcome) => ({
        name: outcome === 'clicked' ? 'Clicked a link in it' : 'Opened it',
        condition: { kind: 'message', outcome, journey: id, ...once } as const,
        to: 'answered' as const,
      })),
      ...answers.watched.map((place) => ({
        name: place === 'site' ? 'Came to the site' : 'Came to the app',
        condition: { kind: place === 'site' ? 'page' : 'screen', ...once } as const,
        to: 'answered' as const,
      })),
    ]
  }
}

/** Whether the goal is more than what is expected of everybody. */
export function isFurther({ goal, expected }: Pick<JourneyAnswers, 'goal' | 'expected'>): boolean {
  return goal.again || JSON.stringify(goal.on) !== JSON.stringify(expected)
}

/** An id of at most 64 characters that tells the templates of a journey apart. */
function templateId(journey: string, step: string, channel: ChannelKind): string {
  const tail = `${step}-${channel}`
  return `${journey.slice(0, 63 - tail.length).replace(/-+$/, '')}-${tail}`
}

/** A start that takes only those of the languages and countries, as they or their devices say. */
function onlyFor(start: JourneyEntry, { languages, countries }: JourneyAnswers): JourneyEntry {
  const said = (field: 'language' | 'country', values: readonly string[]): readonly Condition[] => {
    if (values.length === 0) return []
    const compare = { op: 'one-of' as const, values: [...values] }
    return [
      {
        kind: 'any',
        of: [
          { kind: 'trait', trait: field, compare },
          { kind: 'context', field, compare },
        ],
      },
    ]
  }
  const conditions = [...(start.if === undefined ? [] : [start.if]), ...said('language', languages), ...said('country', countries)]
  const [condition, another] = conditions
  if (condition === undefined) return start
  return { ...start, if: another === undefined ? condition : { kind: 'all', of: conditions } }
}

function goalsFor({ goal, counted, milestones }: JourneyAnswers): NonNullable<JourneyDefinition['goals']> {
  const { name, on, again } = goal
  return [
    {
      ...(name !== undefined && { name }),
      on,
      ...(again && { if: { kind: 'event' as const, ...on, times: { op: 'at-least' as const, n: 2 } } }),
      within: counted,
      since: 'message',
      afterwards: 'leave',
    },
    ...milestones.map((milestone) => ({ ...milestone, since: 'entry' as const, afterwards: 'stay' as const })),
  ]
}

/** The steps that somebody can come to. */
function reachable(steps: Readonly<Record<string, Step>>, start: string): Record<string, Step> {
  const found: Record<string, Step> = {}
  const queue = [start]
  for (const id of queue) {
    const step = steps[id]
    if (step === undefined || id in found) continue
    found[id] = step
    for (const { next } of behaviourOf(step).waysOut(step)) if (next !== undefined) queue.push(next)
  }
  return found
}
