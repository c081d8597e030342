import { rehearsalDays, type JourneyDefinition, type Rehearsal, type TemplateDefinition } from '@throughline/contracts'
import { waysOutOf } from '@throughline/engine'
import { CallError, followServer, type Server } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { parseFiles, readFiles } from './definitions/load.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

interface Options extends ServerOptions {
  readonly days?: string
  readonly journey?: string
}

/** `throughline rehearse`: what a journey of a file would have done over the last days. */
export const rehearse: CliCommand = {
  add(program) {
    withServer(
      program
        .command('rehearse <paths...>')
        .description('Run a journey of a file over the last days of history; nothing is sent or written'),
    )
      .option('--days <number>', `How many days, ${rehearsalDays.least} to ${rehearsalDays.most}; ${rehearsalDays.usual} when left out`)
      .option('--journey <id>', 'Which one, when the files hold several')
      .action(async (paths: string[], options: Options) => {
        const days = options.days === undefined ? rehearsalDays.usual : Number(options.days)
        if (!Number.isInteger(days) || days < rehearsalDays.least || days > rehearsalDays.most)
          throw new CallError(`--days is "${options.days}"; allowed: a whole number from ${rehearsalDays.least} to ${rehearsalDays.most}.`)
        const definition = chooseJourney(paths, options.journey)
        const loud = options.json !== true && process.stderr.isTTY
        const rehearsal = await followRehearsal(serverOf(options), definition, days, (share, people) => {
          if (loud) process.stderr.write(`\r${Math.round(share * 100)} %, ${people} people would have entered`)
        })
        if (loud) process.stderr.write('\r\u001b[K')
        show(options.json, rehearsal, () => describeRehearsal(definition, rehearsal))
      })
  },
}

function chooseJourney(paths: readonly string[], wanted: string | undefined): JourneyDefinition {
  const journeys = parseFiles(readFiles(paths)).flatMap(({ value }) => (value.kind === 'journey' ? [value] : []))
  const ids = journeys.map(({ id }) => id).join(', ')
  if (journeys.length === 0) throw new CallError(`There is no journey in ${paths.join(', ')}.`)
  if (wanted === undefined && journeys.length > 1) throw new CallError(`There are several journeys; name one with --journey: ${ids}.`)
  const found = wanted === undefined ? journeys[0] : journeys.find(({ id }) => id === wanted)
  if (found === undefined) throw new CallError(`--journey is "${wanted}"; allowed: ${ids}.`)
  return found
}

/** Rehearses a draft on a server, which says how far it is. @throws CallError with what was refused or went wrong */
export async function followRehearsal(
  server: Server,
  definition: JourneyDefinition,
  days: number,
  tell: (share: number, people: number) => void = () => undefined,
  templates: readonly TemplateDefinition[] = [],
): Promise<Rehearsal> {
  for await (const news of followServer(
    server,
    'rehearseJourney',
    { body: { definition, days, templates: [...templates] } },
    new AbortController().signal,
  ))
    switch (news.kind) {
      case 'progress':
        tell(news.share, news.people)
        break
      case 'failed':
        throw new CallError(news.message)
      case 'done':
        return news.rehearsal
      default:
        news satisfies never
    }
  throw new CallError('The server ended before the rehearsal was done. Run it again.')
}

/** The figures as lines: who would have entered, what would have been said, where people went. */
export function describeRehearsal({ name, steps }: JourneyDefinition, found: Rehearsal): string[] {
  const number = new Intl.NumberFormat('en')
  const money = new Intl.NumberFormat('en', { style: 'currency', currency: found.currency })
  const minor = 10 ** (money.resolvedOptions().maximumFractionDigits ?? 2)
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
  const perDay = found.days.length === 0 ? 0 : found.entries / found.days.length
  const counts = new Map(found.edges.map(({ id, count }) => [id, count]))
  const nameOf = (id: string): string => steps[id]?.name ?? id
  return [
    `${name}, ${day(found.since)} to ${day(found.until)} (${found.zone}): ${number.format(found.people)} people would have entered ${number.format(found.entries)} times, ${number.format(Math.round(perDay))} a day.`,
    ...found.goals.map(
      (goal) =>
        `${number.format(goal.reached)} reached ${found.goals.length === 1 ? 'the goal' : `the goal “${goal.name}”`}, although nothing was sent to them.`,
    ),
    '',
    ...found.messages.map(
      ({ step, channel, sent, held, cost }) =>
        `${nameOf(step)} (${channel}): ${number.format(sent)} sent, ${number.format(held)} held back${cost === null ? '' : `, ${money.format(cost / minor)}`}`,
    ),
    ...found.held.map(({ channel, reason, count }) => `  ${number.format(count)} on ${channel}: ${reason}`),
    '',
    ...Object.entries(steps).flatMap(([id, step]) =>
      waysOutOf(step).map(({ port, next, label }) => {
        const to = next === undefined ? 'the end' : nameOf(next)
        return `${number.format(counts.get(`${id}:${port}`) ?? 0).padStart(9)}  ${nameOf(id)} → ${to}${label === undefined ? '' : ` (${label})`}`
      }),
    ),
    ...found.steps.map(({ step, inside }) => `${number.format(inside).padStart(9)}  still at ${nameOf(step)}`),
    '',
    `${number.format(found.read)} events read in ${(found.tookMs / 1_000).toFixed(1)} s. Nobody opens or clicks in a rehearsal, since nothing is sent.`,
    ...(found.shopEvents === null
      ? []
      : [
          `It goes by ${number.format(found.shopEvents.events)} events of the shop${found.shopEvents.leftOut === 0 ? '' : `, the latest; ${number.format(found.shopEvents.leftOut)} before them are left out`}.`,
        ]),
    ...(found.leftOut === 0
      ? []
      : [
          `Not in these figures: ${number.format(found.leftOut)} of the people, who did too much in these days to be gone through (programs, mostly).`,
        ]),
  ]
}
