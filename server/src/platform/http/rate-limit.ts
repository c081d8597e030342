import { LRUCache } from 'lru-cache'

/**
 * Counts tries per key in a fixed window.
 * @param limit tries allowed in a window
 * @param windowMs length of the window in milliseconds
 * @returns a function that answers 0 when the try is allowed, else the seconds until the next one is
 */
export function makeRateLimit(limit: number, windowMs: number, now: () => number = Date.now): (key: string) => number {
  const counts = new LRUCache<string, { n: number; until: number }>({ max: 10_000 })
  return (key) => {
    const at = now()
    const known = counts.get(key)
    const count = known && known.until > at ? known : { n: 0, until: at + windowMs }
    count.n++
    counts.set(key, count)
    return count.n <= limit ? 0 : Math.ceil((count.until - at) / 1_000)
  }
}
