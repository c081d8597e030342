import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeShopEvent } from './shop-events.ts'
import { playRole } from './roles.ts'
import { writeKey } from './ingest-role.ts'

export interface LoadOrder {
  readonly url: string
  readonly ms: number
  /** Events in a call; 1 means single calls. */
  readonly batch: number
  readonly connections: number
  /** Calls on the way per connection (HTTP/1.1 pipelining). */
  readonly pipelined: number
}
export interface LoadResult {
  /** Events answered with 200, a second. */
  readonly perSecond: number
  readonly failed: number
  /** Events answered in all, those on the way at the end included. */
  readonly answered: number
  readonly p50: number
  readonly p99: number
}

/** A generator of load in a process of its own: bare sockets, so that it costs little of the machine that is measured. */
export function playLoad(): void {
  playRole(run)
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { hostname, port } = new URL(order.url)
  const makeCall = order.batch === 1 ? makeSingle : () => makeBatch(order.batch)
  let n = 0
  let done = 0
  let failed = 0
  let stopping = false
  const times: number[] = []
  const start = performance.now()
  const sockets = await Promise.all(Array.from({ length: order.connections }, () => open(hostname, Number(port))))
  const ended = sockets.map(
    (socket) =>
      new Promise<void>((resolve, reject) => {
        const sent: number[] = []
        const send = (count: number): void => {
          const calls: Buffer[] = []
          for (let i = 0; i < count; i++) {
            calls.push(makeCall(n++))
            sent.push(performance.now())
          }
          socket.write(calls.length === 1 ? calls[0]! : Buffer.concat(calls))
        }
        let due = 0
        const sendDue = (): void => {
          const count = due
          due = 0
          if (stopping && sent.length === 0) finish()
          else if (!stopping) send(count)
        }
        const finish = (): void => {
          socket.end()
          resolve()
        }
        let rest = ''
        socket.on('error', reject)
        socket.on('data', (chunk: Buffer) => {
          const text = rest + chunk.toString('latin1')
          let at = 0
          let answered = 0
          // Every answer ends with its JSON object; the head names its length.
          for (;;) {
            const end = text.indexOf('\r\n\r\n', at)
            if (end === -1) break
            const length = Number(/content-length: (\d+)/i.exec(text.slice(at, end))?.[1])
            if (text.length < end + 4 + length) break
            if (text.startsWith('HTTP/1.1 200', at)) done += order.batch
            else failed += order.batch
            at = end + 4 + length
            answered++
            times.push(performance.now() - sent.shift()!)
          }
          rest = text.slice(at)
          if (!stopping) {
            // All that came in one turn of the event loop is followed up by one packet.
            if (answered > 0 && due === 0) setImmediate(sendDue)
            due += answered
          } else if (sent.length === 0) finish()
        })
        send(order.pipelined)
      }),
  )
  await sleep(order.ms)
  stopping = true
  const perSecond = (done / (performance.now() - start)) * 1_000
  await Promise.all(ended)
  times.sort((a, b) => a - b)
  const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10
  return { perSecond, failed, answered: done + failed, p50: at(0.5), p99: at(0.99) }
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
const frame = (path: string, body: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )

const PEOPLE = 10_000
const PRODUCTS = 500
const MARK = '\u0001'

/** The text of {@link makeShopEvent}, put together from parts made before: writing JSON anew would cost the machine more than sending it. */
const parts: readonly (readonly string[])[] = Array.from({ length: PRODUCTS }, (_, n) =>
  JSON.stringify({ ...makeShopEvent(n), messageId: MARK, anonymousId: MARK, timestamp: MARK, sentAt: MARK }).split(
    JSON.stringify(MARK).slice(1, -1),
  ),
)
const people: readonly string[] = Array.from({ length: PEOPLE }, (_, n) => String(makeShopEvent(n).anonymousId))

function writeEvent(n: number, now: string): string {
  const [start, afterId, afterPerson, afterTime, end] = parts[n % PRODUCTS]!
  return `${start}ajs-next-${randomUUID()}${afterId}${people[n % PEOPLE]}${afterPerson}${now}${afterTime}${now}${end}`
}

function makeSingle(n: number): Buffer {
  return frame('/v1/track', writeEvent(n, new Date().toISOString()))
}

let batches = 0
function makeBatch(size: number): Buffer {
  const from = batches++ * size
  const now = new Date().toISOString()
  const events = Array.from({ length: size }, (_, n) => writeEvent(from + n, now))
  return frame('/v1/batch', `{"batch":[${events.join(',')}],"sentAt":"${now}"}`)
}
