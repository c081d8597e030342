import type { Retention } from './behaviour.ts'

/** What a memory holds: the most that any of its leaves needs. */
export interface Widest extends Retention {
  widen(need: Retention): void
}

/** A retention that needs nothing yet. */
export function widest(): Widest {
  let keep = 0
  let within: number | undefined = 0
  return {
    get keep() {
      return keep
    },
    get within() {
      return within
    },
    widen(need) {
      keep = Math.max(keep, need.keep)
      within = within === undefined || need.within === undefined ? undefined : Math.max(within, need.within)
    },
  }
}
