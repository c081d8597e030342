import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makePool } from '../../server/src/platform/postgres/index.ts'
import { stopAtEnd } from './ending.ts'
import { startBenchDatabase } from './database.ts'
import { startSink, type Sink } from './smtp-sink.ts'

const WRITE_KEY = 'bench-write-key'
const API_KEY = 'bench-api-key-0123456789'
const PEOPLE = 5_000

/** The whole product as its user runs it, in a process of its own, with a sink for its e-mail. */
export interface Product {
  readonly sink: Sink
  /** The process that serves and works. */
  readonly pid: number
  call(method: string, path: string, body: unknown, authorization: string): Promise<{ readonly status: number; readonly text: string }>
  api(method: string, path: string, body?: unknown): Promise<unknown>
  stop(): Promise<void>
}

/** Starts the built program on fresh stores, with the journeys of this bench applied and people who are known. */
export async function startProduct(): Promise<Product> {
  const sink = await startSink()
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const port = await freePort()
  const program = fileURLToPath(new URL('./throughline.js', import.meta.url))
  const child = spawn(process.execPath, ['--max-semi-space-size=64', program, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      THROUGHLINE_DATA_DIR: folder,
      THROUGHLINE_PORT: String(port),
      THROUGHLINE_WRITE_KEY: WRITE_KEY,
      THROUGHLINE_API_KEY: API_KEY,
      THROUGHLINE_SMTP_URL: `smtp://127.0.0.1:${sink.port}?from=bench@shop.example`,
      THROUGHLINE_LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
    },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const product: Product = {
    sink,
    pid: child.pid ?? 0,
    call: (method, path, body, authorization) =>
      new Promise((resolve, reject) => {
        const sent = request(
          { agent, host: '127.0.0.1', port, method, path, headers: { authorization, 'content-type': 'application/json' } },
          (answer) => {
            let text = ''
            answer
              .setEncoding('utf8')
              .on('data', (chunk: string) => (text += chunk))
              .on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
              .on('error', reject)
          },
        )
        sent.on('error', reject)
        sent.end(body === undefined ? undefined : JSON.stringify(body))
      }),
    async api(method, path, body) {
      const { status, text } = await product.call(method, path, body, `Bearer ${API_KEY}`)
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`)
      return JSON.parse(text) as unknown
    },
    stop: stopAtEnd(async () => {
      agent.destroy()
      await end(child)
      await sink.close()
      rmSync(folder, { recursive: true, force: true })
    }),
  }
  try {
    say('starting the product')
    await until(120_000, async () => (await product.call('GET', '/readyz', undefined, '')).status === 200)
    say('publishing and identifying')
    await product.api('POST', '/api/definitions', {
      definitions: [
        template('bench', 'Live'),
        template('bench-bulk', 'Bulk'),
        journey('bench', 'Bench Event'),
        journey('bench-bulk', 'Bench Bulk Event'),
      ],
    })
    await identifyPeople(product)
    return product
  } catch (error) {
    await product.stop()
    throw error
  }
}

/** Sends events at a steady rate and measures, for each, the time from its request to its message at the sink. */
export async function measure(
  product: Product,
  options: { readonly perSecond: number; readonly seconds: number; readonly run: string },
): Promise<{ latencies: number[]; lost: number }> {
  const total = options.perSecond * options.seconds
  say(`measuring ${total} events`)
  const sentAt = new Float64Array(total)
  const latencies: number[] = []
  const pattern = new RegExp(`^Subject: Live ${options.run}-(\\d+)\\r$`, 'm')
  product.sink.onMessage = (head, at) => {
    const n = pattern.exec(head)?.[1]
    if (n !== undefined) latencies.push(at - (sentAt[Number(n)] ?? at))
  }
  const begun = performance.now()
  const failures: unknown[] = []
  for (let n = 0; n < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * options.perSecond))
    for (; n < due; n++) {
      sentAt[n] = performance.now()
      track(product, n % PEOPLE, 'Bench Event', `${options.run}-${n}`).catch((error: unknown) => failures.push(error))
    }
    await sleep(1)
  }
  await until(30_000, () => latencies.length >= total || failures.length > 0).catch(() => undefined)
  product.sink.onMessage = null
  if (failures.length > 0) throw failures[0]
  say(`p50 ${percentile(latencies, 0.5).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms of ${latencies.length}`)
  return { latencies, lost: total - latencies.length }
}

/** Imports bulk events, each of which leads to a message, and answers when they are accepted. */
export async function importBulk(product: Product, count: number): Promise<void> {
  say(`importing ${count} bulk events`)
  const size = 2_000
  const calls = Array.from({ length: Math.ceil(count / size) }, (_, call) => async () => {
    const events = Array.from({ length: Math.min(size, count - call * size) }, (__, index) => ({
      type: 'track',
      messageId: `bulk-${call}-${index}`,
      userId: `bulk-${(call * size + index) % 100_000}`,
      event: 'Bench Bulk Event',
      properties: { n: call * size + index, name: 'Tea' },
      context: { traits: { email: `bulk-${(call * size + index) % 100_000}@example.com` } },
    }))
    await product.api('POST', '/api/import', { source: 'bench', triggers: true, events })
  })
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = calls.pop(); next !== undefined; next = calls.pop()) await next()
    }),
  )
}

/** The same steps bare, at the same rate: one row durable in the same PostgreSQL, then the same message over open SMTP connections. */
export async function measureBare(product: Product, options: { readonly perSecond: number; readonly seconds: number }): Promise<number[]> {
  say('measuring the bare steps')
  const raw = await sampleMessage(product)
  const { url, stop } = await startBenchDatabase()
  const pool = makePool(url, { max: 10 })
  const open: Socket[] = []
  try {
    await pool.query('create table bare (id bigint primary key, body text not null)')
    const idle: ((raw: Buffer) => Promise<void>)[] = []
    const latencies: number[] = []
    const one = async (n: number): Promise<void> => {
      const begun = performance.now()
      await pool.query({ name: 'bare', text: 'insert into bare values ($1, $2)', values: [n, '{"name":"Bench Event","n":1}'] })
      const send = idle.pop() ?? (await openSmtp(product.sink.port, open))
      await send(raw)
      idle.push(send)
      latencies.push(performance.now() - begun)
    }
    const total = options.perSecond * options.seconds
    const begun = performance.now()
    const running: Promise<void>[] = []
    for (let n = 0; n < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1_000) * options.perSecond))
      // One that fails counts as late, below.
      for (; n < due; n++) running.push(one(n).catch(() => undefined))
      await sleep(1)
    }
    // On a machine that is too busy for the rate this would take for ever; what is not done by then counts as that late.
    const missing = await Promise.race([Promise.all(running), sleep(20_000)]).then(() => total - latencies.length)
    return [...latencies, ...Array.from({ length: missing }, () => 20_000)]
  } finally {
    for (const socket of open) socket.destroy()
    await pool.end()
    await stop()
  }
}

/** Hands the same message over again and again, by so many open SMTP connections, and answers how many a second that were. */
export async function measureBareSending(
  product: Product,
  options: { readonly count: number; readonly connections: number },
): Promise<number> {
  say('sending bare messages')
  const raw = await sampleMessage(product)
  const open: Socket[] = []
  try {
    const lines = await Promise.all(Array.from({ length: options.connections }, () => openSmtp(product.sink.port, open)))
    const begun = performance.now()
    let left = options.count
    await Promise.all(
      lines.map(async (send) => {
        while (left-- > 0) await send(raw)
      }),
    )
    return (options.count / (performance.now() - begun)) * 1_000
  } finally {
    for (const socket of open) socket.destroy()
  }
}

/** Progress for people; the result alone goes to standard output. */
function say(what: string): void {
  process.stderr.write(`${what} …\n`)
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

const BASIC = `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`

async function identifyPeople(product: Product): Promise<void> {
  for (let from = 0; from < PEOPLE; from += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => ({
      type: 'identify',
      messageId: `person-${from + index}`,
      userId: `person-${from + index}`,
      traits: { email: `person-${from + index}@example.com`, firstName: `Person ${from + index}` },
    }))
    const { status, text } = await product.call('POST', '/v1/batch', { batch }, BASIC)
    if (status !== 200) throw new Error(`/v1/batch: ${status} ${text}`)
  }
}

async function track(product: Product, person: number, event: string, n: string): Promise<void> {
  const properties = {
    n,
    name: 'Tea',
    price: 4.5,
    items: [
      { name: 'Tea', price: 4.5 },
      { name: 'Cup', price: 12 },
    ],
  }
  const { status, text } = await product.call(
    'POST',
    '/v1/track',
    { messageId: `live-${n}`, userId: `person-${person}`, event, properties },
    BASIC,
  )
  if (status !== 200) throw new Error(`/v1/track: ${status} ${text}`)
}

/** An open SMTP dialogue with the sink; sends one message after the other with as few packets as there can be. */
async function openSmtp(port: number, open: Socket[]): Promise<(raw: Buffer) => Promise<void>> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
  open.push(socket)
  let heard = ''
  let wake = (): void => undefined
  socket.on('data', (chunk: string) => {
    heard += chunk
    wake()
  })
  const hear = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(heard)) await new Promise<void>((resolve) => (wake = resolve))
    heard = ''
  }
  await hear(/^220 .*\r\n$/)
  socket.write('EHLO bench\r\n')
  await hear(/^250 .*\r\n$/m)
  return async (raw) => {
    socket.write('MAIL FROM:<bench@shop.example>\r\nRCPT TO:<p@example.com>\r\nDATA\r\n')
    await hear(/^354 /m)
    socket.write(raw)
    await hear(/^250 .*taken/m)
  }
}

/** A message as the product writes it, to be sent bare. */
async function sampleMessage(product: Product): Promise<Buffer> {
  const { items } = (await product.api('GET', '/api/messages?status=sent&limit=1')) as { items: { id: string }[] }
  const { content } = (await product.api('GET', `/api/messages/${items[0]?.id}`)) as {
    content: { from: string; subject: string; html: string; text: string }
  }
  return Buffer.from(
    `From: ${content.from}\r\nTo: p@example.com\r\nSubject: Bare\r\nContent-Type: text/html\r\n\r\n${content.html}\r\n${content.text}\r\n.\r\n`,
  )
}

/** What headers, links and frame take, and each row, as HTML and as text. */
const [FRAME_KB, ROW_KB] = [2, 1.36]
const paragraph =
  'Your tea is waiting for you. We have put it aside, because the next harvest comes in spring and this one is nearly gone. '

/** Kilobytes that an e-mail of the benches has at least on the wire, with both its parts and its headers: 8, or what `--kilobytes=N` says. */
const KILOBYTES = Number(process.argv.find((word) => word.startsWith('--kilobytes='))?.slice('--kilobytes='.length) ?? 8)

/** An e-mail of {@link KILOBYTES}, with a loop, money and a link that is tracked. */
export function template(id: string, subject: string): object {
  const rows = Array.from(
    { length: Math.max(1, Math.ceil((KILOBYTES - FRAME_KB) / ROW_KB)) },
    (_, n) =>
      `<tr><td style="padding:14px 0;border-top:1px solid #d9d7cf"><h2 style="font:600 20px Arial">Part ${n + 1}</h2><p style="font:16px/1.5 Arial;color:#26302b">${paragraph.repeat(5)}</p></td></tr>`,
  ).join('\n')
  return {
    kind: 'template',
    id,
    name: id,
    channel: 'email',
    subject: `${subject} {{ event.properties.n }}`,
    html: `<!doctype html>\n<html><body>\n<p>Hello {{ profile.firstName | default: 'there' }},</p>\n<table>\n{% for item in event.properties.items %}<tr><td>{{ item.name }}</td><td>{{ item.price | money }}</td></tr>\n{% endfor %}${rows}\n</table>\n<p><a href="https://shop.example/cart?n={{ event.properties.n }}">To your cart</a></p>\n<p><a href="{{ unsubscribe_url }}">No more e-mails</a></p>\n</body></html>`,
  }
}

function journey(id: string, event: string): object {
  return {
    kind: 'journey',
    id,
    name: id,
    entry: { on: { event }, reentry: { kind: 'always' } },
    start: 'say',
    steps: { say: { kind: 'message', channel: 'email', template: id } },
  }
}

async function until(ms: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + ms
  for (;;) {
    if (await Promise.resolve(holds()).catch(() => false)) return
    if (Date.now() > end) throw new Error(`not so after ${ms / 1_000} s`)
    await sleep(50)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  const killer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await exited
  clearTimeout(killer)
}
