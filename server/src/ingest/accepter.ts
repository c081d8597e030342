/**
 * Group commit without a timer: everything that queued while the last commit ran goes into the next one.
 *
 *   idle ──accept──► committing ──more queued──► committing …
 *    ▲                   │ queue empty      │ database lost
 *    └───────────────────┘                  ▼
 *    ▲                                    away ── answers at once that it is away, asks every 250 ms
 *    └────────────── it answers ────────────┘
 */
import type { Registry } from 'prom-client'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../platform/postgres/index.ts'
import { prepare, type AcceptEvent, type AcceptOutcome, type Prepared } from './accept-event.ts'
import { makeAcceptMetrics } from './accept-metrics.ts'
import { commitGroup } from './commit-group.ts'
import { IngestError } from './errors.ts'
import { makeNotifier } from './notifier.ts'
import { keepRejected, type Rejected } from './rejected-store.ts'

export interface Accepter {
  /**
   * Takes events and answers when they are durable, with one outcome per event in the order given.
   * @throws IngestError `accept_queue_full`, `accept_database_away`, `accept_stopping`: nothing is known to be stored, send it again
   */
  accept(events: readonly AcceptEvent[]): Promise<AcceptOutcome[]>
  /** Keeps events that the edge refused, counted by code; never fails, as the caller's answer does not depend on it. */
  reject(rejected: readonly Rejected[], codes: readonly string[]): Promise<void>
  /** Is told the shards that got something, after each commit. Answers how to stop that. */
  onAccepted(listener: (shards: ReadonlySet<number>) => void): () => void
  /** False while the database cannot be reached. */
  isAvailable(): boolean
  /** Takes nothing more, and resolves when all that was taken is durable or refused. */
  close(): Promise<void>
}

const GROUP_EVENTS = 1_000
const GROUP_SIZE = 4 * 2 ** 20
const QUEUE_EVENTS = 20_000
const QUEUE_SIZE = 64 * 2 ** 20
/** A commit that takes longer is given up: its connection may hang for ever. */
const GROUP_TIMEOUT_MS = 15_000
const PROBE_MS = 250

interface Call {
  readonly events: readonly Prepared[]
  readonly size: number
  readonly startedAt: number
  resolve(outcomes: AcceptOutcome[]): void
  reject(error: Error): void
}

/** Builds the one door through which events become durable; see docs/internals.md, Accept. */
export function makeAccepter(options: { pool: Pool; log: Logger; metrics: Registry }): Accepter {
  const { pool, log } = options
  const metrics = makeAcceptMetrics(options.metrics, () => queuedEvents)
  const listeners = new Set<(shards: ReadonlySet<number>) => void>()
  const notifier = makeNotifier(pool)
  let queue: Call[] = []
  let queuedEvents = 0
  let queuedSize = 0
  let running: Promise<void> | null = null
  let closing = false
  let away = false

  async function run(): Promise<void> {
    // A turn of the event loop, so that all requests that arrived together share a commit.
    await nextTurn()
    while (queue.length > 0) {
      const calls = takeCalls()
      await commitCalls(calls)
      if (away) await waitForDatabase()
    }
  }

  function start(): void {
    running ??= run().finally(() => {
      running = null
      if (queue.length > 0) start()
    })
  }

  function takeCalls(): Call[] {
    let events = 0
    let size = 0
    let count = 0
    for (const call of queue) {
      if (count > 0 && (events + call.events.length > GROUP_EVENTS || size + call.size > GROUP_SIZE)) break
      events += call.events.length
      size += call.size
      count++
    }
    const calls = queue.slice(0, count)
    queue = queue.slice(count)
    return calls
  }

  async function commitCalls(calls: readonly Call[]): Promise<void> {
    const group = calls.length === 1 ? calls[0]!.events : calls.flatMap(({ events }) => events)
    const stop = metrics.commit.startTimer()
    try {
      const outcomes = await withDeadline(commitOrSplit(group))
      stop()
      metrics.groupSize.observe(group.length)
      const now = performance.now()
      let at = 0
      for (const call of calls) {
        metrics.latency.observe((now - call.startedAt) / 1_000)
        call.resolve(outcomes.slice(at, (at += call.events.length)))
      }
      countOutcomes(outcomes)
    } catch (error) {
      stop()
      giveUp(calls, error)
    } finally {
      for (const call of calls) {
        queuedEvents -= call.events.length
        queuedSize -= call.size
      }
    }
  }

  /** Commits a group; one that fails on its data is halved until the event at fault stands alone. */
  async function commitOrSplit(group: readonly Prepared[]): Promise<AcceptOutcome[]> {
    try {
      const { outcomes, shards } = await withTransaction(pool, (client) => commitGroup(client, group))
      tell(shards)
      return [...outcomes]
    } catch (error) {
      if (!isDataError(error)) throw error
      metrics.failures.inc({ reason: 'data' })
      if (group.length === 1) return [await refuse(group[0]!, error as Error)]
      const middle = group.length >> 1
      return [...(await commitOrSplit(group.slice(0, middle))), ...(await commitOrSplit(group.slice(middle)))]
    }
  }

  async function refuse(prepared: Prepared, error: Error): Promise<AcceptOutcome> {
    const { event, eventId } = prepared
    const problem = {
      field: 'event',
      value: undefined,
      allowed: 'an event that PostgreSQL can store',
      message: `The database refused this event: ${error.message}`,
    }
    log.warn({ source: event.source, name: event.name, err: error }, 'the database refused an event')
    const raw = `{"type":${JSON.stringify(event.type)},"properties":${prepared.properties},"context":${prepared.context}}`
    await keepRejected(pool, [{ source: event.source, name: event.name, messageId: event.messageId, problems: [problem], raw }], Date.now())
    metrics.rejected.inc({ code: 'database' })
    return { kind: 'rejected', eventId, problems: [problem] }
  }

  function giveUp(calls: readonly Call[], error: unknown): void {
    // Whatever it is, the next group would meet it too: no room on the disk, too many connections, a server that starts.
    away = true
    metrics.failures.inc({ reason: isConnectionLost(error) || error instanceof DeadlinePassed ? 'connection' : 'server' })
    log.error(
      { err: error, events: calls.reduce((sum, call) => sum + call.events.length, 0) },
      'could not commit events; their senders are asked to send them again',
    )
    for (const call of calls) call.reject(databaseAway(error))
  }

  /** Refuses what waits, since nobody knows how long it takes, and asks until the database is back. */
  async function waitForDatabase(): Promise<void> {
    while (away) {
      for (const call of queue.splice(0)) {
        queuedEvents -= call.events.length
        queuedSize -= call.size
        call.reject(databaseAway(undefined))
      }
      if (closing) return
      await sleep(PROBE_MS)
      away = await withDeadline(pool.query('select 1')).then(
        () => false,
        () => true,
      )
    }
    log.info({}, 'the database is back; events are accepted again')
  }

  function tell(shards: ReadonlySet<number>): void {
    if (shards.size === 0) return
    for (const listener of listeners) listener(shards)
    notifier.notify()
  }

  function countOutcomes(outcomes: readonly AcceptOutcome[]): void {
    let accepted = 0
    let duplicates = 0
    for (const { kind } of outcomes) {
      if (kind === 'accepted') accepted++
      else if (kind === 'duplicate') duplicates++
    }
    if (accepted > 0) metrics.events.inc({ outcome: 'accepted' }, accepted)
    if (duplicates > 0) metrics.events.inc({ outcome: 'duplicate' }, duplicates)
    if (outcomes.length > accepted + duplicates) metrics.events.inc({ outcome: 'rejected' }, outcomes.length - accepted - duplicates)
  }

  return {
    async accept(events) {
      if (events.length === 0) return []
      if (closing)
        throw new IngestError(
          'unavailable',
          'accept_stopping',
          'This server is stopping and takes no more events. Send them again in a moment.',
          { retryAfter: 1 },
        )
      if (away) throw databaseAway(undefined)
      if (queuedEvents >= QUEUE_EVENTS || queuedSize >= QUEUE_SIZE) {
        throw new IngestError(
          'unavailable',
          'accept_queue_full',
          `${queuedEvents} events wait to be stored already. Send these again in a moment.`,
          { retryAfter: 1 },
        )
      }
      const prepared = events.map(prepare)
      const size = prepared.reduce((sum, one) => sum + one.size, 0)
      queuedEvents += prepared.length
      queuedSize += size
      return new Promise<AcceptOutcome[]>((resolve, reject) => {
        queue.push({ events: prepared, size, startedAt: performance.now(), resolve, reject })
        start()
      })
    },
    async reject(rejected, codes) {
      for (const code of codes) metrics.rejected.inc({ code })
      metrics.events.inc({ outcome: 'rejected' }, rejected.length)
      if (away) return
      await keepRejected(pool, rejected, Date.now()).catch((error: unknown) => log.warn({ err: error }, 'could not keep refused events'))
    },
    onAccepted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    isAvailable: () => !away,
    async close() {
      closing = true
      while (running) await running
      await notifier.close()
    },
  }
}

class DeadlinePassed extends Error {}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`no answer from PostgreSQL within ${GROUP_TIMEOUT_MS} ms`)), GROUP_TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

function databaseAway(cause: unknown): IngestError {
  return new IngestError(
    'unavailable',
    'accept_database_away',
    'The events could not be stored: PostgreSQL cannot be reached or has no room. Send them again in a few seconds.',
    { retryAfter: 2, cause },
  )
}

/** SQLSTATE classes that lie in the rows themselves: 22 data exception, 23 constraint, 54 program limit. */
function isDataError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(?:22|23|54)[0-9A-Z]{3}$/.test(code)
}
