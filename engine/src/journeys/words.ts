import {
  channelTable,
  durationToMs,
  exitsOf,
  goalsOf,
  priorityWords,
  reentryOf,
  startsOf,
  type Alone,
  type JourneyDefinition,
  type JourneyEntry,
  type JourneyGoal,
  type Reentry,
} from '@throughline/contracts'
import { describeClause, describeFilters, describeMatch } from '../conditions/index.ts'
import { describeExit } from './leaving.ts'
import { describeOccasion } from './occasions.ts'
import { describeConcerns } from './shop-events.ts'
import { describeClocks } from './steps/clocks.ts'

/** What starts a journey, as a clause without its condition: `Product Added happens`. */
export function describeStart(entry: JourneyEntry): string {
  switch (entry.kind) {
    case 'event':
      return `${describeMatch(entry.on)} happens`
    case 'form': {
      const filters = describeFilters(entry.where)
      const did =
        entry.on === 'confirmed' ? `somebody confirms what they said in the form ${entry.form}` : `somebody submits the form ${entry.form}`
      return filters === '' ? did : `${did}, where ${filters}`
    }
    case 'shop-event':
      return `the shop says ${describeMatch(entry.on)}, for everybody who ${describeConcerns(entry.concerns)}`
    case 'inbound': {
      const by = entry.channel === undefined ? '' : ` by ${channelTable[entry.channel].word}`
      if (entry.keywords === undefined) return `somebody writes${by}`
      const words = entry.keywords.map((one) => `“${one}”`).join(' or ')
      return `somebody writes ${entry.match === 'whole-text' ? words : `a text that begins with ${words}`}${by}`
    }
    case 'segment':
      return `somebody ${entry.change === 'left' ? 'leaves' : 'comes into'} the segment ${entry.segment}${entry.filled === true ? ', also by the reading of its history' : ''}`
    case 'trait':
      return `the trait ${entry.trait} changes${inWords('from', entry.from)}${inWords('to', entry.to)}`
    case 'date': {
      const { trait, days, at, every, zone } = entry
      const from =
        days === 0 ? 'on the day of' : `${Math.abs(days)} ${Math.abs(days) === 1 ? 'day' : 'days'} ${days < 0 ? 'before' : 'after'}`
      return `it is ${at} ${from} ${trait}${every === 'year' ? ', every year' : ''}${describeClocks({ zone })}`
    }
    case 'audience': {
      const whom = entry.segment === undefined ? 'everybody' : `everybody in the segment ${entry.segment}`
      const { when, zone } = entry
      const clocks = when.kind === 'once' && when.at === undefined ? '' : describeClocks({ zone })
      return `${whom} comes in ${describeOccasion(when)}${clocks}`
    }
    case 'api':
      return 'a program asks for it'
    case 'journey':
      return 'another journey starts it'
    default:
      return entry satisfies never
  }
}

function inWords(which: string, value: string | number | boolean | null | undefined): string {
  return value === undefined ? '' : ` ${which} ${value === null ? 'nothing' : String(value)}`
}

/** How often one person comes in: `once per person`. */
export function describeReentry(reentry: Reentry): string {
  switch (reentry.kind) {
    case 'never':
      return 'once per person'
    case 'always':
      return 'again whenever the person is not in it'
    case 'after':
      return `again after ${reentry.time}`
    case 'after-leaving':
      return durationToMs(reentry.time) === 0 ? 'again once they have left it' : `again ${reentry.time} after they left it`
    default:
      return reentry satisfies never
  }
}

/** A goal as a clause: `Order Completed within 3 days after entry; they stay`. */
export function describeGoal(goal: JourneyGoal): string {
  const within = goal.within === undefined ? '' : ` within ${goal.within} after ${goal.since === 'entry' ? 'entry' : 'the last message'}`
  const condition = goal.if === undefined ? '' : `, if the person ${describeClause(goal.if)},`
  return `${describeMatch(goal.on)}${condition}${goal.key === undefined ? '' : ` for its ${goal.key}`}${within}${goal.afterwards === 'stay' ? '; they stay' : ''}`
}

/** What is said of a journey among the others, a sentence each; empty where nothing is. */
export function describePriority({ priority, alone }: Pick<JourneyDefinition, 'priority' | 'alone'>): readonly string[] {
  return [
    ...(priority === undefined ? [] : [`Its priority is ${priorityWords(priority)}.`]),
    ...(alone === undefined ? [] : [`While somebody is in it, ${describeAlone(alone)}.`]),
  ]
}

function describeAlone(alone: Alone): string {
  switch (alone.others) {
    case 'stay-out':
      return 'less important journeys do not take them in and campaigns do not reach them'
    case 'wait':
      return `marketing of less important journeys and of campaigns waits until it is over, at most ${alone.atMost}`
    default:
      return alone satisfies never
  }
}

/** The rules of a journey besides its steps, a sentence each: what starts it, how often, its goals, what else ends it. */
export function describeRules(journey: JourneyDefinition): readonly string[] {
  const starts = startsOf(journey).map(
    (entry) => `${describeStart(entry)}${entry.if === undefined ? '' : `, if the person ${describeClause(entry.if)}`}`,
  )
  const { key, perPerson, perDay, mostMessages, opens, closes } = journey
  const often = `${describeReentry(reentryOf(journey))}${key === undefined ? '' : ` and ${key}`}`
  return [
    `Starts when ${starts.join('; or when ')}; ${often}.`,
    ...(mostMessages === undefined ? [] : [`At most ${mostMessages.times} of its messages in ${mostMessages.within} per person.`]),
    ...(perPerson === undefined ? [] : [`At most ${perPerson.times} times in ${perPerson.within} per person.`]),
    ...(perDay === undefined ? [] : [`At most ${perDay} people a day.`]),
    ...describePriority(journey),
    ...(opens === undefined ? [] : [`Nobody comes in before ${opens}.`]),
    ...(closes === undefined ? [] : [`Nobody comes in from ${closes} on.`]),
    ...goalsOf(journey).map((goal) => {
      const name = goal.name === undefined ? '' : ` ${goal.name}`
      return goal.afterwards === 'stay'
        ? `Its goal${name}: ${describeGoal(goal)}.`
        : `Ends at once at its goal${name}: ${describeGoal(goal)}.`
    }),
    ...exitsOf(journey).map((exit) => `Ends at once on ${describeExit(exit)}.`),
  ]
}
