/**
 * Group commit without a timer: everything that queued goes into the next group as soon as one can begin. Two groups are
 * under way at most, each on a connection of its own:
 *
 *   group 1   look up ids and people ─► append, commit ─► answer
 *   group 2                             look up ids and people ─► wait for group 1 ─► append, commit ─► answer
 *   group 3                                                                           look up …
 *
 * When the database is lost: away ── answers at once that it is away, and asks every 250 ms until it is back.
 */
import type { Registry } from 'prom-client'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { HashIdentifier } from '../identity/index.ts'
import type { Logger } from '../platform/log/index.ts'
import { isConnectionLost, type PipelinedClient, type Pool } from '../platform/postgres/index.ts'
import { prepare, type AcceptEvent, type AcceptOutcome, type Prepared } from './accept-event.ts'
import { makeAcceptMetrics } from './accept-metrics.ts'
import { makeConnections } from './connections.ts'
import { IngestError } from './errors.ts'
import { makeNotifier } from './notifier.ts'
import { keepRejected, type Rejected } from './rejected-store.ts'
import { makeRunGroup } from './run-group.ts'
import { makeTurns } from './turns.ts'

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
export function makeAccepter(options: {
  pool: Pool
  log: Logger
  metrics: Registry
  /** How people who were forgotten are recognised; without it nobody is. */
  hash?: HashIdentifier
}): Accepter {
  const { pool, log } = options
  const metrics = makeAcceptMetrics(options.metrics, () => queuedEvents)
  const listeners = new Set<(shards: ReadonlySet<number>) => void>()
  const notifier = makeNotifier(pool)
  let queue: Call[] = []
  let queuedEvents = 0
  let queuedSize = 0
  /** Groups, and whatever else has to end before this may be closed. */
  const running = new Set<Promise<void>>()
  const turns = makeTurns()
  const connections = makeConnections(pool)
  const runGroup = makeRunGroup({
    committed: tell,
    refuse,
    failedOnData: () => metrics.failures.inc({ reason: 'data' }),
    refusedForgotten: (events) => metrics.rejected.inc({ code: 'forgotten' }, events),
    hash: options.hash,
  })
  let starting = false
  let preparing = false
  let closing = false
  let away = false

  function track(work: Promise<void>): void {
    running.add(work)
    void work.finally(() => running.delete(work))
  }

  /** Begins a group after a turn of the event loop, so that all requests that arrived together share it. */
  function start(): void {
    if (starting || preparing || away || queue.length === 0) return
    starting = true
    track(
      nextTurn().then(() => {
        starting = false
        startGroup()
      }),
    )
  }

  function startGroup(): void {
    if (preparing || away || queue.length === 0) return
    const connection = connections.take()
    if (!connection) return
    preparing = true
    let handed = false
    const handOver = (): void => {
      if (handed) return
      handed = true
      preparing = false
      start()
    }
    track(
      commitCalls(takeCalls(), connection, handOver).finally(() => {
        handOver()
        start()
      }),
    )
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

  async function commitCalls(calls: readonly Call[], connection: Promise<PipelinedClient>, handOver: () => void): Promise<void> {
    const group = calls.length === 1 ? calls[0]!.events : calls.flatMap(({ events }) => events)
    const turn = turns.next()
    const stop = metrics.commit.startTimer()
    let client: PipelinedClient | undefined
    try {
      client = await connection
      const outcomes = await withDeadline(runGroup(client, group, turn, handOver))
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
      // What a deadline left behind must not commit later, beside what its senders send again.
      client?.abandon()
      giveUp(calls, error)
    } finally {
      connections.giveBack(client)
      turn.end()
      for (const call of calls) {
        queuedEvents -= call.events.length
        queuedSize -= call.size
      }
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
    if (!away) {
      away = true
      track(waitForDatabase())
    }
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
    start()
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
      while (running.size > 0) await Promise.all(running)
      await connections.close()
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
