/** A bucket of hand-overs: at most `perSecond` a second, a tenth of a second's worth at once. */
export interface Rate {
  /** How many may go now. */
  available(now: number): number
  take(count: number): void
  /** Milliseconds until the next one may go; 0 when one may. */
  wait(now: number): number
}

/** @param perSecond asked each time, since the share of this worker changes; null for no limit */
export function makeRate(perSecond: () => number | null): Rate {
  let tokens = 1
  let last = 0

  function refill(now: number): number {
    const limit = perSecond()
    if (limit === null) return Infinity
    const size = Math.max(1, limit / 10)
    tokens = last === 0 ? Math.min(tokens, size) : Math.min(size, tokens + ((now - last) / 1_000) * limit)
    last = now
    return Math.floor(tokens + 1e-9)
  }

  return {
    available: refill,
    take(count) {
      if (perSecond() !== null) tokens -= count
    },
    wait(now) {
      const limit = perSecond()
      if (limit === null || refill(now) >= 1) return 0
      return Math.max(1, Math.ceil(((1 - tokens) / limit) * 1_000))
    },
  }
}
