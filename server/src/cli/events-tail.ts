import type { RouteResponse } from '@throughline/contracts'
import { CallError, callServer, findServer, followServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, type CliCommand } from './command.ts'

type LiveEvent = RouteResponse<'eventStream'>

interface Options {
  readonly name?: string
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** `throughline events tail`: shows events as they come, until Ctrl-C. */
export const events: CliCommand = {
  add(program) {
    const command = program
      .command('events')
      .description('Look at events')
      .command('tail')
      .description('Show events as they come, until Ctrl-C')
    addConfigFlags(command, ['dataDir'])
      .option('--name <event>', 'Only events of this name')
      .option('--url <address>', 'Another server; needs an API key')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'One JSON object a line')
      .action((options: Options) => run(options, configOf(options).dataDir))
  },
}

async function run({ name, url, apiKey, json }: Options, dataDir: string): Promise<void> {
  const server = findServer({ url, apiKey, dataDir })
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    for await (const event of tailEvents(server, { name }, stopping.signal))
      process.stdout.write(`${json ? JSON.stringify(event) : describeEvent(event)}\n`)
    if (!stopping.signal.aborted) throw new CallError(`The server at ${server.address} stopped.`)
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** How many earlier events are shown before those to come. */
const BEFORE = 10

/** The latest events, oldest first, then events as they come, until `signal` ends. Each is given once. */
export async function* tailEvents(server: Server, options: { name?: string }, signal: AbortSignal): AsyncIterable<LiveEvent> {
  const shown = new Set<string>()
  const stream = followServer(server, 'eventStream', {}, signal)[Symbol.asyncIterator]()
  // Asked for before the latest are, so that nothing falls between the two.
  let next = stream.next()
  next.catch(() => undefined)
  const { items } = await callServer(server, 'recentEvents', { query: { limit: BEFORE, name: options.name } })
  for (const event of items.reverse()) {
    shown.add(event.id)
    yield event
  }
  for (;;) {
    const { value, done } = await next
    if (done) return
    if (!shown.has(value.id) && (options.name === undefined || value.name === options.name)) yield value
    next = stream.next()
  }
}

/** `12:03:04  Product Viewed      Jane Doe       {"sku":"A1"}`, in the time of this machine. */
export function describeEvent(event: LiveEvent): string {
  const clock = new Date(event.timestamp).toTimeString().slice(0, 8)
  const who = event.personName ?? `${event.profileId.slice(0, 8)}…`
  const properties = JSON.stringify(event.properties)
  return `${clock}  ${event.name.padEnd(20)}  ${who.padEnd(20)}  ${properties.length > 120 ? `${properties.slice(0, 119)}…` : properties}`
}
