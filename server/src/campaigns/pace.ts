import { LRUCache } from 'lru-cache'

/** Over so long, ms. */
const PACE_MS = 60_000
/** Looks are kept apart by this much, ms. */
const LOOK_MS = 1_000
/** Sends that somebody may look at meanwhile. */
const SENDS = 200

/** Messages a minute over the last minute, as far as somebody looked on; the first look goes by all since the beginning. */
export type Pace = (send: { readonly id: string; readonly startedAt: number | null }, now: number, sent: number) => number

/**
 * Tells how fast sends go by what was counted at earlier looks: counting by the times of single messages would take longer and longer.
 * It remembers looks of this process alone.
 */
export function makePace(): Pace {
  const looks = new LRUCache<string, { readonly at: number; readonly sent: number }[]>({ max: SENDS })
  return ({ id, startedAt }, now, sent) => {
    const kept = (looks.get(id) ?? []).filter(({ at }) => at <= now && now - at <= PACE_MS)
    const from = kept[0] ?? { at: startedAt ?? now, sent: 0 }
    if ((kept.at(-1)?.at ?? -Infinity) <= now - LOOK_MS) kept.push({ at: now, sent })
    looks.set(id, kept)
    return Math.round(((sent - from.sent) * 60_000) / Math.max(LOOK_MS, now - from.at))
  }
}
