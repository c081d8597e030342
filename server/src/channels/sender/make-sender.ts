import { setMaxListeners } from 'node:events'
import { channelKinds, lanes, type ChannelKind, type Settings } from '@throughline/contracts'
import type { Logger } from '../../platform/log/index.ts'
import { BY_KEYS, isConnectionLost, keepClient, type Pool } from '../../platform/postgres/index.ts'
import type { TemplateStore } from '../../templates/index.ts'
import type { MessageRow } from '../messages/row.ts'
import type { AppendOutcomes } from '../outcomes.ts'
import type { ChannelDeps } from '../port.ts'
import type { ProviderStore } from '../providers/store.ts'
import { claimMessages, nextDueAt, type Claimed } from './claim.ts'
import { makeCourier } from './courier.ts'
import { inspectMessages, type Inspected } from './inspect.ts'
import { makeLine, type Line } from './line.ts'
import { makeLedger } from './ledger.ts'
import { ATTEMPT_MS } from './times.ts'

export interface SenderDeps extends ChannelDeps {
  readonly pool: Pool
  readonly log: Logger
  /** This worker, as in `messages.claimed_by`. */
  readonly worker: string
  /** The shards that this worker leases now. */
  shards(): readonly number[]
  /** Makes outcomes ready to be appended in the transaction that ends their messages. */
  readonly appendOutcomes: AppendOutcomes
  /** Is told, now and then, that outcomes were appended to the live lane. */
  appended?(): void
  readonly providers: ProviderStore
  readonly templates: TemplateStore
  /** The workspace's settings as they stand now. */
  settings(): Promise<Settings>
  /** Whether live work waits elsewhere in this process; bulk is held back while it does. */
  liveWaiting?(): boolean
  /** Longest attempt, ms; less than half the claim. Default 20,000. */
  readonly attemptMs?: number
  /** Longest sleep, ms, of a sender that has nothing to do. Default 1,000. */
  readonly pollMs?: number
}

export interface ChannelStatus {
  readonly channel: ChannelKind
  readonly provider: string
  readonly state: 'ok' | 'paused'
  /** A sentence for the operator. */
  readonly detail: string
  /** Epoch ms of the next try while paused. */
  readonly retryAt: number | null
  readonly waiting: number
  readonly inFlight: number
}

export interface Sender {
  /**
   * Takes messages that were born claimed by this worker and whose transaction has committed; any other row among them
   * only wakes the sender.
   */
  take(rows: readonly MessageRow[]): void
  /** How many messages of bulk may be born claimed by this worker now. */
  bulkRoom(channel: ChannelKind): number
  start(): void
  /** Finishes what is being handed over (at most `graceMs`, default 10 s), gives back all else, and releases everything. */
  stop(graceMs?: number): Promise<void>
  status(): readonly ChannelStatus[]
}

/** Messages held in memory ahead of their hand-over: claimed, or of bulk born so, some seconds' worth. */
const AHEAD = { live: 1_000, bulk: 200, bornBulk: 2_000 }
/** The time of the next message that waits for one is asked for at most so often, ms; whoever lets one wait here says so. */
const DUE_LOOK_MS = 250
/** Messages checked together, at most. */
const BATCH = { live: 20, bulk: 100 }

/**
 * The sender of one worker. A message goes:
 *
 *     queued ─claim─▶ in a line ─check─▶ handed over ─▶ sent, and its outcome in the inbox: one transaction
 *        ▲               │   │                │
 *        └───given back──┘   └─▶ held         └─▶ queued (later) · failed · bounced
 *
 * What was written down as sent is never handed over again; a message repeats only if this process died between the provider's
 * yes and that transaction, some milliseconds, and then under the same id.
 */
export function makeSender(deps: SenderDeps): Sender {
  const { pool, log, worker } = deps
  const stopping = new AbortController()
  // One listener for each hand-over under way, which are more than the ten that Node takes for a leak.
  setMaxListeners(0, stopping.signal)
  const lines = new Map<ChannelKind, Line>(channelKinds.map((kind) => [kind, makeLine(kind, deps.providers)]))
  const inHand = new Set<string>()
  const attempts = new Set<Promise<void>>()
  const pollMs = deps.pollMs ?? 1_000
  let running = false
  let timer: NodeJS.Timeout | null = null
  let timerAt = Infinity
  let ticking: Promise<void> | null = null
  let again = false
  /** Whether the last look left live messages for want of room. */
  let moreLive = false
  let dueLookedAt = -Infinity
  // Each has its own: a live message does not wait behind the questions of bulk, which look at many rows.
  const reads = {
    live: keepClient(pool, { name: `${worker} checks`, setup: BY_KEYS }),
    bulk: keepClient(pool, { name: `${worker} checks bulk`, setup: BY_KEYS }),
  }

  const ledger = makeLedger({
    pool,
    log,
    worker,
    append: deps.appendOutcomes,
    appended: () => deps.appended?.(),
    released: (key) => inHand.delete(keyOf(key)),
    wakeAt,
  })
  const courier = makeCourier(deps, reads, ledger, stopping.signal, deps.attemptMs ?? ATTEMPT_MS)

  function wakeAt(at: number): void {
    if (!running || at >= timerAt) return
    if (timer !== null) clearTimeout(timer)
    timerAt = at
    timer = setTimeout(
      () => {
        timer = null
        timerAt = Infinity
        tick()
      },
      Math.max(0, at - Date.now()),
    )
  }

  function tick(): void {
    if (!running) return
    if (ticking !== null) {
      again = true
      return
    }
    ticking = look()
      .catch((error: unknown) => {
        log[isConnectionLost(error) ? 'warn' : 'error']({ err: error }, 'could not look for messages')
        wakeAt(Date.now() + 500)
      })
      .finally(() => {
        ticking = null
        if (again) {
          again = false
          tick()
        }
      })
  }

  // One look: news about providers, live messages that nobody holds, then bulk if the gate is open.
  async function look(): Promise<void> {
    wakeAt(Date.now() + pollMs)
    await deps.providers.refresh()
    for (const line of lines.values()) probe(line)
    await fill('live')
    pump()
    if (gateOpen()) await fill('bulk')
    pump()
  }

  async function fill(lane: 'live' | 'bulk'): Promise<void> {
    const now = Date.now()
    const channels = channelKinds.filter((kind) => line(kind).wants(lane, AHEAD[lane], now))
    const room = Math.min(...channels.map((kind) => line(kind).ahead(lane, AHEAD[lane], now)))
    if (channels.length === 0 || room <= 0) return
    const claimed = await claimMessages(reads[lane], { worker, shards: deps.shards(), lane, channels, limit: room })
    if (lane === 'live') moreLive = claimed.length >= room
    for (const message of claimed) {
      if (inHand.has(keyOf(message))) continue
      inHand.add(keyOf(message))
      line(message.channel)[lane].push(message)
    }
    if (claimed.length > 0 || lane === 'bulk') return
    if (now - dueLookedAt < DUE_LOOK_MS) return wakeAt(dueLookedAt + DUE_LOOK_MS)
    dueLookedAt = now
    const due = await nextDueAt(reads.live, deps.shards())
    if (due !== null) wakeAt(due)
  }

  function gateOpen(): boolean {
    for (const each of lines.values()) if (each.live.length > 0) return false
    return deps.liveWaiting?.() !== true
  }

  function pump(): void {
    for (const each of lines.values()) pumpLine(each)
  }

  function pumpLine(each: Line): void {
    const now = Date.now()
    if (each.paused(now)) {
      const waiting = [...each.live.splice(0), ...each.bulk.splice(0)]
      const pause = each.status()
      for (const message of waiting) ledger.giveBack(message, pause.state === 'paused' ? `Delayed: ${pause.detail}` : null)
      if (pause.retryAt !== null) wakeAt(pause.retryAt)
      return
    }
    for (;;) {
      const live = each.live.length > 0
      if (!live && (each.bulk.length === 0 || !gateOpen())) break
      const lane = live ? 'live' : 'bulk'
      const room = each.room(lane, Date.now())
      if (room <= 0) break
      // While enough are on their way, room for a set is awaited: one message checked alone costs as many queries as a set.
      const some = Math.min(BATCH[lane], each.most(lane, Date.now())) / 2
      if (room < Math.min(each[lane].length, some) && each.inFlightOf(lane) >= some) break
      const batch = each[lane].splice(0, Math.min(room, BATCH[lane]))
      each.begin(batch.length, lane)
      const attempt = deliver(each, batch, live).finally(() => attempts.delete(attempt))
      attempts.add(attempt)
    }
    const wait = each.wait(now)
    if (wait > 0 && each.live.length + each.bulk.length > 0) wakeAt(now + wait)
  }

  async function deliver(each: Line, batch: readonly Claimed[], live: boolean): Promise<void> {
    const lane = live ? 'live' : 'bulk'
    let left = batch.length
    let waiting: readonly Claimed[] = batch
    try {
      const inspected = await inspectMessages(reads[lane], worker, batch)
      const found = new Map(inspected.map((message) => [keyOf(message), message]))
      const going: Inspected[] = []
      for (const key of batch) {
        const message = found.get(keyOf(key))
        if (message === undefined || !message.wanted) ledger.release(key)
        else if (message.sentAt === null && (!message.ours || (message.halted && message.calledBack === null))) ledger.giveBack(key, null)
        else going.push(message)
      }
      waiting = going
      left = going.length
      each.end(batch.length - left, lane)
      await courier.carry(going, each, {
        yielding: !live,
        done: () => {
          left -= 1
          each.end(1, lane)
          afterOne(each)
        },
      })
    } catch (error) {
      // Nothing became of these yet: keep them in line while the claim lasts, and look again shortly. What was given back or let
      // go above may have been claimed anew, and stand in line already.
      log.warn({ err: error, count: waiting.length }, 'could not check messages before sending')
      each[lane].unshift(...waiting)
      setTimeout(pump, 250).unref()
    } finally {
      each.end(left, lane)
      afterOne(each)
    }
  }

  function afterOne(each: Line): void {
    if (!running) return
    pumpLine(each)
    if ((each.bulk.length < AHEAD.bulk / 4 && each.hadBulk) || (moreLive && each.live.length < AHEAD.live / 4)) tick()
  }

  // A paused provider that nothing waits for would stay paused for ever: when its time is up, it is asked.
  function probe(each: Line): void {
    if (!each.readyToProbe(Date.now()) || each.live.length + each.bulk.length > 0) return
    each.begin(1, 'live')
    const attempt = courier.verify(each).finally(() => {
      each.end(1, 'live')
      attempts.delete(attempt)
      if (each.status().retryAt !== null) wakeAt(each.status().retryAt ?? 0)
      else tick()
    })
    attempts.add(attempt)
  }

  function line(kind: ChannelKind): Line {
    const found = lines.get(kind)
    if (found === undefined) throw new TypeError(`no such channel: ${kind}`)
    return found
  }

  return {
    take(rows) {
      for (const row of rows) {
        if (row.claimedBy !== worker || row.status !== 'queued') continue
        if (!running) {
          ledger.giveBack(row, null)
          continue
        }
        if (inHand.has(keyOf(row))) continue
        inHand.add(keyOf(row))
        line(row.channel)[row.lane === lanes.bulk ? 'bulk' : 'live'].push(row)
      }
      if (running) pump()
    },
    bulkRoom(channel) {
      const each = line(channel)
      const now = Date.now()
      return running && deps.providers.loaded && !each.paused(now) ? Math.max(0, each.ahead('bulk', AHEAD.bornBulk, now)) : 0
    },
    start() {
      running = true
      tick()
    },
    async stop(graceMs = 10_000) {
      running = false
      if (timer !== null) clearTimeout(timer)
      await ticking
      for (const each of lines.values())
        for (const message of [...each.live.splice(0), ...each.bulk.splice(0)]) ledger.giveBack(message, null)
      const end = setTimeout(() => stopping.abort(), graceMs)
      while (attempts.size > 0) await Promise.all(attempts)
      clearTimeout(end)
      await ledger.stop(graceMs)
      await Promise.all([reads.live.close(), reads.bulk.close()])
      await deps.providers.close()
    },
    status: () => [...lines.values()].map((each) => each.status()),
  }
}

function keyOf(message: { readonly shard: number; readonly id: string }): string {
  return `${message.shard}/${message.id}`
}
