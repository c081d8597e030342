import { once } from 'node:events'
import type { FastifyReply } from 'fastify'

const HEARTBEAT_MS = 15_000

/**
 * Sends each item as one server-sent event (WHATWG HTML, "server-sent events"), its `id` as the event's id. Waits for a
 * slow reader instead of piling up; a comment every 15 seconds keeps proxies from closing the line.
 */
export async function sendEvents(reply: FastifyReply, items: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    ...Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  // Who asks for the head alone would wait for an end that never comes.
  if (reply.request.method === 'HEAD') return void raw.end()
  // Asked for the first item before the reader learns that the line is open: what it fetches besides from then on, and
  // what comes over the line, leave no gap between them.
  const source = items[Symbol.asyncIterator]()
  const first = source.next()
  first.catch(() => undefined)
  raw.write(': open\n\n')
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS)
  try {
    for (let next = await first; !next.done && !signal.aborted; next = await source.next()) {
      const item = next.value
      const id = item !== null && typeof item === 'object' && 'id' in item ? `id: ${String(item.id).replace(/[\r\n\0]/g, '')}\n` : ''
      if (!raw.write(`${id}data: ${JSON.stringify(item)}\n\n`)) await once(raw, 'drain', { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    clearInterval(heartbeat)
    raw.end()
    await source.return?.()
  }
}
