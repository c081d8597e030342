import { startDemo, type DemoNews, type DemoTally } from '../demo/index.ts'
import type { Server } from './api-client.ts'

export interface DemoCommand {
  readonly server: Server
  readonly seed: number
  readonly people: number
  readonly speed: number
  readonly historyDays: number
  /** Without an end when left out. */
  readonly minutes?: number
  readonly json: boolean
}

/**
 * `throughline demo`: runs the simulated shop against a server until the signal, or the minutes, end it.
 * Returns the exit code. Throws `DemoError`.
 */
export async function demoCommand({ server, json, ...command }: DemoCommand, out: (text: string) => void, signal: AbortSignal): Promise<number> {
  const demo = startDemo({ ...command, baseUrl: server.address, apiKey: server.token, onNews: (news) => {
    const line = describeNews(news)
    if (!json && line !== null) out(line)
  } })
  const stop = () => void demo.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const tally = await demo.done
    out(json ? JSON.stringify(tally) : `Closed. ${describeTally(tally)}`)
    return 0
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const number = new Intl.NumberFormat('en-GB')

/** A line for a log or a terminal, or `null` for news that is no line of its own. */
export function describeNews(news: DemoNews): string | null {
  switch (news.kind) {
    case 'prepared': return 'Example journeys, segments and templates are published; waits are shortened to the pace of the shop.'
    case 'past': return null
    case 'past-done': return news.sent === 0 ? 'The past is there already.' : `${number.format(news.sent)} events of the last ${news.days} days are imported.`
    case 'open': return `The shop is open: ${number.format(news.people)} people. Ctrl-C closes it.`
    case 'tally': return describeTally(news.tally)
    case 'away': return news.reason === null ? 'The server answers again; the shop goes on.' : `The server is away (${news.reason}); the shop waits.`
    case 'refused': return `Refused: ${news.reason}`
    default: return news satisfies never
  }
}

function describeTally(tally: DemoTally): string {
  const of = (count: number, one: string, many: string) => `${number.format(count)} ${count === 1 ? one : many}`
  return [of(tally.calls, 'event', 'events'), of(tally.orders, 'order', 'orders'), of(tally.messages, 'message received', 'messages received'), of(tally.opens, 'opened', 'opened'), of(tally.clicks, 'clicked', 'clicked'), of(tally.unsubscribes, 'unsubscribed', 'unsubscribed')].join(', ')
}
