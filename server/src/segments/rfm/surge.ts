/** Of so many orders between two looks nobody takes notice: a shop that is open has them. */
const FEW = 10
/** Above these, history comes in while orders become more by this share between two looks. */
const FLOW = 0.001
/** History is not waited for any longer than this before something is computed of what there is, ms. */
const PATIENCE_MS = 300_000
/** How long after a computation it is seen whether history went on after all, ms. */
const WATCH_MS = 600_000
/** The share of further orders within that time for which everything begins anew. */
const MORE = 0.02

/** What is remembered between two looks; plain data. */
export interface Surge {
  /** Since when something is to be computed, ms, and how many orders there were at the latest look. */
  readonly growing: { readonly since: number; readonly orders: number } | null
  /** How many orders the latest computation was made of, and until when more of them are waited for, ms. */
  readonly watched: { readonly orders: number; readonly until: number } | null
  /** Buyers at the latest computation, as counted here: people who were merged may count twice. */
  readonly buyers: number
}

export const noSurge: Surge = { growing: null, watched: null, buyers: 0 }

export interface Look {
  /** Of any clock that only goes forward, ms. */
  readonly at: number
  readonly buyers: number
  readonly orders: number
  /** How many people the scores in force were computed of. */
  readonly people: number
}

/**
 * Whether scores are to be computed: with twice as many buyers as the last time, once no more orders are coming in or after five
 * minutes; and, `anew`, with orders that came after that although nobody expected them: an import that paused, or one of more than
 * five minutes. It goes by orders, since a file in the order of time has fewer and fewer new buyers towards its end.
 */
export function lookAtSurge(
  before: Surge,
  { at, buyers, orders, people }: Look,
): { readonly surge: Surge; readonly compute: false | 'doubled' | 'anew' } {
  const { growing, watched } = before
  const isDoubled = buyers > 0 && buyers >= 2 * Math.max(people, before.buyers)
  const hasMore = watched !== null && at < watched.until && orders > watched.orders * (1 + MORE) + FEW
  if (!isDoubled && !hasMore) return { surge: { ...before, growing: null }, compute: false }
  const since = growing?.since ?? at
  const isFlowing = growing === null || orders > growing.orders * (1 + FLOW) + FEW
  if (isFlowing && at - since < PATIENCE_MS) return { surge: { ...before, growing: { since, orders } }, compute: false }
  const until = isDoubled || isFlowing || watched === null ? at + WATCH_MS : watched.until
  return { surge: { growing: null, watched: { orders, until }, buyers }, compute: isDoubled ? 'doubled' : 'anew' }
}
