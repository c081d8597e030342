import { briefDays, channelKinds, eventNames, factsOf, goalsOf, startsOf, type JourneyDefinition } from '@throughline/contracts'
import { nameOfGoal, readAnswers, type ConditionContext } from '@throughline/engine'
import type { AskHistory } from './ask.ts'
import { readTimeBetween } from './time-between.ts'

const DAY = 86_400_000

/** What was measured of a journey, as sentences beside the answers, by their numbers. */
export type Figures = ReadonlyMap<number, string>

interface Count {
  readonly name: string
  readonly channel: string
  readonly goal: string
  readonly n: number
  readonly people: number
}

const number = (value: number): string => new Intl.NumberFormat('en').format(value)

/** What a journey that was never published has in the place of figures. */
export function withoutFigures(why: string): Figures {
  return new Map([2, 6, 9, 10, 16].map((question) => [question, `Not measured: ${why}.`]))
}

/** Figures of the last 28 days, from history; where nothing happened that is said. */
export async function readFigures(
  ask: AskHistory,
  journey: JourneyDefinition,
  { now, context }: { readonly now: number; readonly context: ConditionContext },
  signal: AbortSignal,
): Promise<Figures> {
  const names = [eventNames.journeyEntered, eventNames.goalReached, eventNames.messageSent]
  const counted = await ask.rows<Count>(
    {
      sql: `select name, properties['channel'] as channel, properties['goal'] as goal, count() as n, uniqExact(profile_id) as people from events_by_name
        where tells in (0, 1) and name in {names:Array(String)} and received_at >= {since:Int64} and properties['journey'] = {journey:String}
        group by name, channel, goal`,
      params: { names, since: now - briefDays * DAY, journey: JSON.stringify(journey.id) },
    },
    signal,
  )
  const of = (name: string): readonly Count[] => counted.filter((one) => one.name === name)
  const [entered] = of(eventNames.journeyEntered)
  const figures = new Map<number, string>()
  figures.set(6, await sayTime(ask, journey, { now, context }, signal))
  if (entered === undefined || Number(entered.n) === 0) {
    for (const [question, words] of withoutFigures(`nobody came in over the last ${briefDays} days`))
      if (question !== 6) figures.set(question, words)
    return figures
  }
  const entries = Number(entered.n)
  const perDay = entries / briefDays
  figures.set(
    2,
    `Over the last ${briefDays} days ${number(entries)} came in, ${perDay < 1 ? 'less than one' : `about ${number(Math.round(perDay))}`} a day.`,
  )
  const sent = of(eventNames.messageSent)
  const messages = sent.reduce((sum, { n }) => sum + Number(n), 0)
  figures.set(9, `${number(messages)} went out to the ${number(entries)} who came in.`)
  const reached = channelKinds.flatMap((channel) => {
    const found = sent.find((one) => one.channel === JSON.stringify(channel))
    return found === undefined
      ? []
      : [`${factsOf(channel).name} reached ${number(Number(found.people))} of ${number(Number(entered.people))} people`]
  })
  figures.set(10, reached.length === 0 ? 'Nothing went out on any channel.' : `${reached.join('; ')}.`)
  const goals = goalsOf(journey)
  if (goals.length > 0) {
    const found = of(eventNames.goalReached)
    const named = goals.map((goal) => {
      const told = found.filter((one) => goals.length === 1 || one.goal === JSON.stringify(nameOfGoal(goal)))
      const reached = number(told.reduce((sum, { n }) => sum + Number(n), 0))
      return goals.length === 1 ? `${reached} reached it` : `${reached} reached “${nameOfGoal(goal)}”`
    })
    figures.set(16, `Of the ${number(entries)} who came in, ${named.join(', ')}.`)
  }
  return figures
}

/** `Half of those who do it have done it after 3 hours (240 of 1,200 people, 90 days).` */
async function sayTime(
  ask: AskHistory,
  journey: JourneyDefinition,
  about: { readonly now: number; readonly context: ConditionContext },
  signal: AbortSignal,
): Promise<string> {
  const { expected } = readAnswers(journey, [])
  const start = startsOf(journey).find(({ kind }) => kind === 'event')
  if (expected === undefined) return 'Not measured: it waits for nothing.'
  if (start?.kind !== 'event') return 'Not measured: no event starts it from which a time could be counted.'
  const { people, did, median, days } = await readTimeBetween(ask, { from: start.on, to: expected, days: 90, ...about }, signal)
  const whom = `${number(did)} of ${number(people)} people did it, ${days} days`
  if (median === null) return `Not measured: ${whom}, too few to say.`
  return `Half of those who do it have done it ${sayLength(median)} after what starts it (${whom}).`
}

/** A length of time in its largest unit, to one place where it is small. */
function sayLength(ms: number): string {
  const units = [
    [DAY, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ] as const
  const [size, unit] = units.find(([one]) => ms >= one) ?? units[3]
  const count = ms / size
  const shown = count < 10 ? Math.round(count * 10) / 10 : Math.round(count)
  return `${shown} ${unit}${shown === 1 ? '' : 's'}`
}
