import { readUpTo } from '../up-to.ts'
import { countOrders } from './ask.ts'
import { computeNow, computePastDay, lastHour, type ComputeDeps } from './compute.ts'
import { readCurrent } from './store.ts'
import { lookAtSurge, noSurge, type Surge } from './surge.ts'

/** How often it is asked, at most, how many people have ordered; less often where asking takes long. */
const COUNT_EVERY_MS = 10_000
/** How long nobody is asked again after nobody had an order that counts, ms. */
const EMPTY_MS = 600_000

/** Keeps scores up to date. Each call looks whether something is to be done and does one thing; answers whether there may be more. */
export type RfmKeeper = (signal?: AbortSignal) => Promise<boolean>

/**
 * Everything is computed once a day at the hour in the settings; anew, at once, when other days are to count; and when history has
 * come in ({@link lookAtSurge}), the first of all included: so that nobody who imports theirs goes by scores of a part of it until
 * the next night.
 */
export function makeRfmKeeper(deps: ComputeDeps & { readonly countEveryMs?: number }): RfmKeeper {
  const { pool, ask, countEveryMs = COUNT_EVERY_MS } = deps
  let countAt = 0
  let exported = -1
  let surge: Surge = noSurge
  let emptyUntil = 0

  async function hasSurged(people: number): Promise<false | 'doubled' | 'anew'> {
    if (performance.now() < countAt) return false
    const begun = performance.now()
    const { rows } = await pool.query<{ n: number }>('select sum(seq)::bigint as n from export_cursors')
    const isStill = rows[0]!.n === exported
    exported = rows[0]!.n
    countAt = begun + countEveryMs
    if (isStill && surge.growing === null) return false
    const counts = await countOrders(ask)
    countAt = begun + Math.max(countEveryMs, 100 * (performance.now() - begun))
    const looked = lookAtSurge(surge, { at: performance.now(), ...counts, people })
    surge = looked.surge
    return looked.compute
  }

  return async (signal) => {
    const [current, settings, upTo] = await Promise.all([readCurrent(pool), deps.settings(), readUpTo(pool)])
    // Not before history has come to that hour.
    const isDue =
      current !== null &&
      performance.now() >= emptyUntil &&
      (current.thresholds?.days !== settings.rfm.days || current.moment.asOf < lastHour(upTo, settings))
    const surged = isDue ? false : await hasSurged(current?.people ?? 0)
    if (isDue || surged !== false) {
      const made = await computeNow(deps, signal, surged === 'anew')
      if (made === null) emptyUntil = performance.now() + EMPTY_MS
      if (made !== null) return true
    }
    return computePastDay(deps, signal)
  }
}
