import type { RouteResponse } from '@throughline/contracts'
import { callServer, followServer, type Server } from './api-client.ts'

type LiveEvent = RouteResponse<'eventStream'>

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
