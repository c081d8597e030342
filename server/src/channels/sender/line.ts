import type { ChannelKind } from '@throughline/contracts'
import type { ActiveProvider, ProviderStore } from '../providers/store.ts'
import { makeCircuit, type Circuit } from './circuit.ts'
import type { Claimed } from './claim.ts'
import type { ChannelStatus } from './make-sender.ts'
import { makeRate, type Rate } from './rate.ts'
import { FRESH_MS } from './times.ts'

/** Everything of one channel in one sender: who waits, how many are on their way, and whether its provider may be used. */
export interface Line {
  readonly kind: ChannelKind
  readonly live: Claimed[]
  readonly bulk: Claimed[]
  /** Whether bulk has come this way since the last look that found none. */
  readonly hadBulk: boolean
  readonly active: ActiveProvider
  readonly circuit: Circuit
  /** Whether more of this lane should be claimed. */
  wants(lane: 'live' | 'bulk', ahead: number, now: number): boolean
  /** How many more. */
  ahead(lane: 'live' | 'bulk', ahead: number, now: number): number
  /** How many may be handed over now. */
  room(lane: 'live' | 'bulk', now: number): number
  /** Milliseconds until the provider's rate allows the next one. */
  wait(now: number): number
  /** How many are being checked, written or handed over. */
  readonly inFlight: number
  /** How many of a lane may be there at most. */
  most(lane: 'live' | 'bulk', now: number): number
  /** How many of them are of this lane. */
  inFlightOf(lane: 'live' | 'bulk'): number
  /** Waits for a turn at the provider, live before bulk; answers what gives the turn back, and is told whether it was used. */
  enter(isLive: boolean): Promise<(used: boolean) => void>
  begin(count: number, lane: 'live' | 'bulk'): void
  end(count: number, lane: 'live' | 'bulk'): void
  paused(now: number): boolean
  readyToProbe(now: number): boolean
  status(): ChannelStatus
}

/** Connections that bulk leaves to live. */
const RESERVED = 2
/**
 * Messages checked and written ahead of their turn, for each that is being handed over: so that they are checked in sets. Of bulk more, since nobody
 * waits for one of them; but not while live messages come, which would wait until so many are written.
 */
const AHEAD_OF_TURN = { live: 3, bulk: 12, bulkBesideLive: 2 }
/** So long after a live message another one is expected, ms. */
const LIVE_LATELY_MS = 2_000

function forBulk(slots: number): number {
  return Math.max(1, slots - RESERVED)
}

export function makeLine(kind: ChannelKind, providers: ProviderStore): Line {
  const live: Claimed[] = []
  const bulk: Claimed[] = []
  const inFlight = { live: 0, bulk: 0 }
  let liveAt = -Infinity
  let handingOver = 0
  /** What a hand-over took lately, ms. */
  let took = 0
  const turns: { readonly live: (() => void)[]; readonly bulk: (() => void)[] } = { live: [], bulk: [] }
  let circuit: Circuit = makeCircuit(Math.random)
  let rate: Rate = makeRate(() => providers.share(kind))
  let seen: ActiveProvider | null = null

  // A provider that was configured anew starts with a clean record.
  function current(): ActiveProvider {
    const active = providers.current(kind)
    if (active !== seen) {
      seen = active
      circuit = makeCircuit(Math.random)
      rate = makeRate(() => providers.share(kind))
      took = 0
    }
    return active
  }

  const mostOf = (lane: 'live' | 'bulk', now: number): number => {
    const { provider } = current()
    const most = AHEAD_OF_TURN[lane === 'bulk' && now - liveAt < LIVE_LATELY_MS ? 'bulkBesideLive' : lane]
    // What would wait for its turn until it is stale is not taken up: it would be checked and written for nothing.
    const ahead = took * most < FRESH_MS / 2 ? most : Math.max(1, Math.floor(FRESH_MS / 2 / took))
    return (lane === 'live' ? provider.slots : forBulk(provider.slots)) * ahead
  }

  const roomOf = (lane: 'live' | 'bulk', now: number): number => {
    if (!providers.loaded) return 0
    // What is there of bulk takes no room from live, which goes before it at its turn.
    const others = inFlight[lane === 'live' ? 'bulk' : 'live']
    return Math.min(circuit.room(mostOf(lane, now) + others, inFlight.live + inFlight.bulk, now), rate.available(now))
  }

  function nextTurn(): void {
    const { slots } = current().provider
    while (handingOver < slots) {
      const turn = turns.live.shift() ?? (handingOver < forBulk(slots) ? turns.bulk.shift() : undefined)
      if (turn === undefined) return
      handingOver += 1
      turn()
    }
  }

  function leave(since: number, used: boolean): void {
    if (used) took += (Date.now() - since - took) / 4
    handingOver -= 1
    nextTurn()
  }

  return {
    kind,
    live,
    bulk,
    get hadBulk() {
      return bulk.length > 0
    },
    get active() {
      return current()
    },
    get circuit() {
      current()
      return circuit
    },
    wants(lane, ahead, now) {
      return this.ahead(lane, ahead, now) > 0 && !this.paused(now)
    },
    ahead(lane, ahead) {
      const share = providers.share(kind)
      // What cannot be sent well within its claim is left to others.
      const most = share === null ? ahead : Math.min(ahead, Math.max(1, Math.floor(share * 10)))
      return most - (lane === 'live' ? live : bulk).length
    },
    most: mostOf,
    room: roomOf,
    wait: (now) => rate.wait(now),
    get inFlight() {
      return inFlight.live + inFlight.bulk
    },
    inFlightOf: (lane) => inFlight[lane],
    enter(isLive) {
      return new Promise((resolve) => {
        turns[isLive ? 'live' : 'bulk'].push(() => {
          const since = Date.now()
          resolve((used) => leave(since, used))
        })
        nextTurn()
      })
    },
    begin(count, lane) {
      inFlight[lane] += count
      if (lane === 'live') liveAt = Date.now()
      rate.take(count)
    },
    end(count, lane) {
      inFlight[lane] -= count
    },
    paused(now) {
      current()
      const state = circuit.state()
      return state.state === 'paused' && now < state.retryAt
    },
    readyToProbe(now) {
      current()
      const state = circuit.state()
      return state.state === 'paused' && now >= state.retryAt && inFlight.live + inFlight.bulk === 0
    },
    status() {
      const { provider } = current()
      const state = circuit.state()
      return {
        channel: kind,
        provider: provider.name,
        state: state.state,
        detail: state.state === 'ok' ? `${provider.name} is working` : state.reason,
        retryAt: state.state === 'ok' ? null : state.retryAt,
        waiting: live.length + bulk.length,
        inFlight: inFlight.live + inFlight.bulk,
      }
    },
  }
}
