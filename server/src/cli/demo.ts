import { InvalidArgumentError } from 'commander'
import { demoDefaults, startDemo, type Demo, type DemoNews, type DemoTally } from '../demo/index.ts'
import { findServer } from './api-client.ts'
import { addConfigFlags, configOf, type CliCommand } from './command.ts'
import { describeFailure } from './describe-failure.ts'

interface Options {
  readonly url?: string
  readonly apiKey?: string
  readonly seed: number
  readonly people: number
  readonly speed: number
  readonly historyDays: number
  readonly minutes?: number
  readonly json?: boolean
}

/** `throughline demo`: runs the simulated shop against a running server until Ctrl-C, or the minutes, end it. */
export const demo: CliCommand = {
  add(program) {
    addConfigFlags(program.command('demo').description('Run a simulated shop against a running server'), ['dataDir'])
      .option('--seed <number>', 'The same seed makes the same people, who decide the same', whole('--seed', 0, 2 ** 31), demoDefaults.seed)
      .option('--people <number>', 'How many people visit the shop', whole('--people', 1, 100_000), demoDefaults.people)
      .option('--speed <number>', "Seconds of the shop's time in one second", whole('--speed', 1, 3_600), demoDefaults.speed)
      .option('--history-days <number>', 'Days of past that are imported first', whole('--history-days', 0, 365), demoDefaults.historyDays)
      .option('--minutes <number>', 'Close by itself after so many minutes', whole('--minutes', 1, 100_000))
      .option('--url <address>', 'Another server; needs the API key of an administrator')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'Answer the tally at the end as JSON, and nothing before')
      .action((options: Options) => run(options, configOf(options).dataDir))
  },
}

async function run({ url, apiKey, json, ...options }: Options, dataDir: string): Promise<void> {
  const server = findServer({ url, apiKey, dataDir })
  const { seed, people, speed, historyDays, minutes } = options
  const out = (line: string) => process.stdout.write(`${line}\n`)
  const shop = startDemo({
    baseUrl: server.address,
    apiKey: server.token,
    seed,
    people,
    speed,
    historyDays,
    minutes,
    onNews: (news) => {
      const line = describeNews(news)
      if (json !== true && line !== null) out(line)
    },
  })
  const stop = () => void shop.stop()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    const tally = await shop.done
    out(json === true ? JSON.stringify(tally) : `Closed. ${describeTally(tally)}`)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** The same inside `start --demo`, against the server that was just started; what goes wrong is said and ends nothing else. */
export function openDemo(dataDir: string): Demo {
  const server = findServer({ dataDir })
  const say = (line: string) => process.stderr.write(`Demo: ${line}\n`)
  const shop = startDemo({
    baseUrl: server.address,
    apiKey: server.token,
    onNews: (news) => {
      const line = describeNews(news)
      if (line !== null && news.kind !== 'tally') say(line)
    },
  })
  shop.done.catch((error: unknown) => say(describeFailure(error)))
  return shop
}

function whole(flag: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`${flag} is "${text}"; allowed: a whole number from ${low} to ${high}.`)
  }
}

const number = new Intl.NumberFormat('en-GB')

/** A line for a log or a terminal, or `null` for news that is no line of its own. */
export function describeNews(news: DemoNews): string | null {
  switch (news.kind) {
    case 'prepared':
      return 'Example journeys, segments and templates are published; waits are shortened to the pace of the shop.'
    case 'past':
      return null
    case 'past-done':
      return news.sent === 0
        ? 'The past is there already.'
        : `${number.format(news.sent)} events of the last ${news.days} days are imported.`
    case 'open':
      return `The shop is open: ${number.format(news.people)} people. Ctrl-C closes it.`
    case 'tally':
      return describeTally(news.tally)
    case 'away':
      return news.reason === null ? 'The server answers again; the shop goes on.' : `The server is away (${news.reason}); the shop waits.`
    case 'refused':
      return `Refused: ${news.reason}`
    default:
      return news satisfies never
  }
}

function describeTally(tally: DemoTally): string {
  const of = (count: number, one: string, many: string) => `${number.format(count)} ${count === 1 ? one : many}`
  return [
    of(tally.calls, 'event', 'events'),
    of(tally.orders, 'order', 'orders'),
    of(tally.messages, 'message received', 'messages received'),
    of(tally.opens, 'opened', 'opened'),
    of(tally.clicks, 'clicked', 'clicked'),
    of(tally.unsubscribes, 'unsubscribed', 'unsubscribed'),
  ].join(', ')
}
