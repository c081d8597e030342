import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { journeySchema, settingsSchema, templateSchema, type Rehearsal } from '../contracts/src/index.ts'
import { planRehearsal } from '../engine/src/index.ts'
import { readAmount, readLives } from '../server/src/journeys/rehearsal/read-lives.ts'
import { rehearse, type RehearsalRequest } from '../server/src/journeys/rehearsal/rehearse.ts'
import { startEmbeddedClickHouse } from '../server/src/platform/clickhouse/index.ts'
import { makeSilentLog } from '../server/src/platform/log/index.ts'
import { stopAtEnd } from './lib/ending.ts'
import { makeHistory } from './lib/history.ts'
import { report } from './lib/report.ts'

/*
 * How many events a rehearsal of a cart journey reads and advances a second, over the last 28 days of a year: events in the history for
 * each second of the whole, and those that came to the engine; against the same rows only read and parsed.
 */
const small = process.argv.includes('--small')
const [people, events] = small ? [20_000, 200_000] : [1_000_000, 10_000_000]
const DAYS = 28
const now = Date.now()

const journey = journeySchema.parse({
  kind: 'journey',
  id: 'carts',
  name: 'Recover carts',
  entry: { on: { event: 'Product Added' }, reentry: { kind: 'after', time: '7 days' } },
  goal: { on: { event: 'Order Completed' } },
  start: 'hour',
  steps: {
    hour: { kind: 'wait', for: '1 hour', next: 'regular' },
    regular: {
      kind: 'branch',
      paths: [{ if: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 2 }, within: '90 days' }, next: 'note' }],
      otherwise: 'listen',
    },
    note: { kind: 'message', channel: 'inbox', template: 'note', next: 'listen' },
    listen: { kind: 'wait-for', any: [{ on: { event: 'Checkout Started' } }], upTo: '1 day', otherwise: 'mail' },
    mail: { kind: 'message', channel: 'email', template: 'mail' },
  },
})
const templates = [
  { kind: 'template', id: 'note', name: 'Note', channel: 'inbox', title: 'Hi', body: 'Hello' },
  { kind: 'template', id: 'mail', name: 'Mail', channel: 'email', subject: 'Hi', html: '<p>Hello</p>' },
].map((one) => ({ definition: templateSchema.parse(one), version: 1, epoch: 1 }))
const settings = settingsSchema.parse({
  name: 'Shop',
  zone: 'Europe/Berlin',
  currency: 'EUR',
  locale: 'en',
  baseUrl: 'https://shop.example',
  consentDefaults: { email: 'granted', inbox: 'granted', webhook: 'granted' },
  trackingDefault: 'granted',
})

/** One rehearsal, with what it takes: ms, and CPU of this process for each event that came to the engine. */
async function run(request: RehearsalRequest): Promise<{ readonly done: Rehearsal; readonly ms: number; readonly cpu: number }> {
  const before = process.cpuUsage()
  const since = performance.now()
  let done: Rehearsal | undefined
  for await (const news of rehearse(request)) if (news.kind === 'done') done = news.rehearsal
  const ms = performance.now() - since
  const { user, system } = process.cpuUsage(before)
  if (done === undefined) throw new Error('The rehearsal ended without figures')
  return { done, ms, cpu: Math.round(((user + system) / done.read) * 10) / 10 }
}

const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
const starting = startEmbeddedClickHouse({ folder, log: makeSilentLog() })
const stopClickHouse = stopAtEnd(async () => {
  await (await starting).stop()
  rmSync(folder, { recursive: true, force: true })
})
try {
  const { url } = await starting
  const began = performance.now()
  const history = await makeHistory(url, { people, events, now }, ['events'])
  console.error(`${people} people and ${events} events made in ${Math.round((performance.now() - began) / 1_000)} s`)
  const plan = planRehearsal(journey, templates, settings, null, { since: now - DAYS * 86_400_000, until: now })
  const { signal } = new AbortController()

  const bareSince = performance.now()
  let bareRead = 0
  for (const part of readLives(history, plan, await readAmount(history), signal))
    for await (const life of part.lives) bareRead += life.events.length
  const bareMs = performance.now() - bareSince

  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50)
  let longest = 0
  let last = performance.now()
  const pulse = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  const request = {
    history,
    plan,
    settings,
    signal,
    fannedOut: null,
    goals: [],
    findPeople: async () => new Map(),
    freeCodes: async () => new Map(),
  }
  const first = await run(request)
  clearInterval(watch)
  clearInterval(pulse)
  const again = await run(request)
  const { done, ms } = first
  report({
    bench: 'rehearsal',
    value: (done.read / ms) * 1_000,
    unit: 'events advanced a second',
    reference: (bareRead / bareMs) * 1_000,
    detail: {
      reference: 'the same rows read and parsed, with no engine behind',
      people,
      events,
      days: DAYS,
      seconds: Math.round(ms) / 1_000,
      historyPerSecond: Math.round((events / ms) * 1_000),
      read: done.read,
      cpuMicrosecondsPerEvent: first.cpu,
      // With the code compiled, as it is in a server that has been at work for a while.
      again: { value: Math.round((done.read / again.ms) * 1_000), cpuMicrosecondsPerEvent: again.cpu },
      entered: done.people,
      messages: done.messages.reduce((sum, one) => sum + one.sent + one.held, 0),
      mostMiB: Math.round(most / 1_048_576),
      grownMiB: Math.round((most - before) / 1_048_576),
      longestPauseMs: Math.round(longest),
    },
  })
  await history.close()
} finally {
  await stopClickHouse()
}
