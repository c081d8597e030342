import { readUpTo } from '../up-to.ts'
import { countBuyers } from './ask.ts'
import { computeNow, computePastDay, lastHour, type ComputeDeps } from './compute.ts'
import { readCurrent } from './store.ts'

/** How often it is asked, at most, how many people have ordered; less often where asking takes long. */
const COUNT_EVERY_MS = 10_000
/** History comes in while buyers become more by a tenth between two counts; it is not waited for any longer than this. */
const PATIENCE_MS = 300_000
/** How long nobody is asked again after nobody had an order that counts, ms. */
const EMPTY_MS = 600_000

/** Keeps scores up to date. Each call looks whether something is to be done and does one thing; answers whether there may be more. */
export type RfmKeeper = (signal?: AbortSignal) => Promise<boolean>

/**
 * Everything is computed once a day at the hour in the settings; anew, at once, when other days are to count; and when there are
 * twice as many buyers as were looked at the last time, the first of all included, as soon as no more history is coming in: so that
 * nobody who imports their history goes by scores of a part of it until the next night.
 */
export function makeRfmKeeper(deps: ComputeDeps & { readonly countEveryMs?: number }): RfmKeeper {
  const { pool, ask, countEveryMs = COUNT_EVERY_MS } = deps
  let countAt = 0
  let exported = -1
  let growing: { readonly since: number; readonly buyers: number } | null = null
  /** Buyers at the last computation of this process, as counted here: people who were merged may count twice. */
  let counted = 0
  let emptyUntil = 0

  /** Whether there are twice as many buyers as `people`, and no more are coming in. */
  async function hasDoubled(people: number): Promise<boolean> {
    if (performance.now() < countAt) return false
    const begun = performance.now()
    const { rows } = await pool.query<{ n: number }>('select sum(seq)::bigint as n from export_cursors')
    const isStill = rows[0]!.n === exported
    exported = rows[0]!.n
    countAt = begun + countEveryMs
    if (isStill && growing === null) return false
    const buyers = await countBuyers(ask)
    countAt = begun + Math.max(countEveryMs, 100 * (performance.now() - begun))
    if (buyers === 0 || buyers < 2 * Math.max(people, counted)) {
      growing = null
      return false
    }
    const since = growing?.since ?? performance.now()
    const isAtRest = growing !== null && buyers < growing.buyers * 1.1
    growing = { since, buyers }
    if (!isAtRest && performance.now() - since < PATIENCE_MS) return false
    growing = null
    counted = buyers
    return true
  }

  return async (signal) => {
    const [current, settings, upTo] = await Promise.all([readCurrent(pool), deps.settings(), readUpTo(pool)])
    // Not before history has come to that hour.
    const isDue =
      current !== null &&
      performance.now() >= emptyUntil &&
      (current.thresholds?.days !== settings.rfm.days || current.moment.asOf < lastHour(upTo, settings))
    if (isDue || (await hasDoubled(current?.people ?? 0))) {
      const made = await computeNow(deps, signal)
      if (made === null) emptyUntil = performance.now() + EMPTY_MS
      if (made !== null) return true
    }
    return computePastDay(deps, signal)
  }
}
