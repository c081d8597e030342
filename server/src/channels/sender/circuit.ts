/**
 * Whether a provider may be used.
 *
 *     open ──away──▶ paused ──time is up──▶ probing ──sent──▶ open
 *                      ▲                       │
 *                      └────────away───────────┘   (each time twice as long, up to a minute)
 *
 * While paused nothing is handed to it; while probing one message is.
 */
export interface Circuit {
  /** How many messages may be handed over now, given how many are on their way. */
  room(slots: number, inFlight: number, now: number): number
  sent(): void
  /** A message that the provider refused without blaming the address. */
  refused(reason: string, now: number): void
  away(reason: string, now: number): void
  state():
    | { readonly state: 'ok' }
    | { readonly state: 'paused'; readonly reason: string; readonly since: number; readonly retryAt: number }
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
/** So many refusals in a row look like an ill provider, not like bad messages. */
const REFUSALS = 5

/** @param random from [0, 1), spreads the pauses of several workers by ± 20 % */
export function makeCircuit(random: () => number): Circuit {
  let paused: { reason: string; since: number; retryAt: number; pauseMs: number } | null = null
  let refusals = 0

  function pause(reason: string, now: number): void {
    // What was on its way when the pause began fails too, and says nothing new.
    if (paused !== null && now < paused.retryAt) return
    const pauseMs = paused === null ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, paused.pauseMs * 2)
    paused = { reason, since: paused?.since ?? now, pauseMs, retryAt: now + Math.round(pauseMs * (0.8 + 0.4 * random())) }
  }

  return {
    room(slots, inFlight, now) {
      if (paused === null) return slots - inFlight
      return now < paused.retryAt || inFlight > 0 ? 0 : 1
    },
    sent() {
      paused = null
      refusals = 0
    },
    refused(reason, now) {
      refusals += 1
      if (refusals >= REFUSALS) pause(reason, now)
    },
    away(reason, now) {
      pause(reason, now)
    },
    state() {
      return paused === null ? { state: 'ok' } : { state: 'paused', reason: paused.reason, since: paused.since, retryAt: paused.retryAt }
    },
  }
}
