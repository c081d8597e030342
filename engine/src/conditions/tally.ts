import type { Json } from '@throughline/contracts'
import { utf8Length } from '../utf8.ts'
import { comesAfter, isRecords, joinRecords, recordCount, STRIDE, timeOf, valueOfRecord, type Records } from './records.ts'
import type { Adder } from './totals.ts'

/**
 * What happened any number of times, in little room: the latest events one by one, all before them added up. Plain JSON:
 * `[latest, border, bucket, totals, bucket, totals, …]`, a bucket being a day (its number), or 0 for all of time; `border` the time
 * and hash of the latest event that was added up.
 *
 * ```
 *   open ──settle──▶ settled          open: nothing is added up, so that taking an event in twice changes nothing
 *     ▲                │              settled: the latest few are told apart, what is older is counted on trust
 *     └──begin anew────┘
 * ```
 * - While its leaf is pending a tally stays open: what is folded from history and what was heard meanwhile overlap, and are joined
 *   as sets (`adopt`). So is every replay of the fill.
 * - Known from then on to hold all of history, it is settled. The pipeline hands every event to a person once; an event that
 *   comes again while it is among the latest is known.
 * - `merge` is for two people, who share no events: commutative and associative, and not idempotent once settled.
 */
export interface Tally {
  readonly latest: Records
  readonly border: readonly [at: number, hash: number]
  readonly settled: readonly Settled[]
}

export interface Settled {
  readonly bucket: number
  readonly totals: Json
}

/** So many of the latest events are told apart once settled. */
export const SETTLED_KEEP = 8
/** So many while open; of somebody with more, older events that come again meanwhile count as known. */
const OPEN_KEEP = 2_000
/** And no more than take so many bytes of text. */
const OPEN_BYTES = 128_000

/** How many of the latest events are told apart while open. */
function openKeep(latest: Records): number {
  let bytes = 0
  let kept = 0
  for (let number = recordCount(latest) - 1; number >= 0 && kept < OPEN_KEEP && bytes <= OPEN_BYTES; number--, kept++) {
    const value = valueOfRecord(latest, number)
    if (typeof value === 'string') bytes += utf8Length(value)
  }
  return kept
}

const nothing: Tally = { latest: [], border: [-1, 0], settled: [] }

export function readTally(state: Json | undefined): Tally {
  if (!Array.isArray(state)) return nothing
  const [latest, at, hash, ...rest] = state
  const settled: Settled[] = []
  for (let i = 0; i < rest.length; i += 2) settled.push({ bucket: Number(rest[i]), totals: rest[i + 1]! })
  return { latest: isRecords(latest) ? latest : [], border: [Number(at), Number(hash)], settled }
}

function write({ latest, border: [at, hash], settled }: Tally): Json {
  return [latest, at, hash, ...settled.flatMap(({ bucket, totals }) => [bucket, totals])]
}

export interface TallyRule<A> {
  readonly adder: Adder<A>
  /** The bucket of an event's time; never earlier for a later event. */
  bucketOf(at: number): number
  /** How many buckets are held, the latest; all, when left out. */
  readonly buckets?: number | undefined
}

/** The state with one more event; the same object when it is known. */
export function addToTally<A>(state: Json | undefined, at: number, hash: number, value: number | string, rule: TallyRule<A>): Json {
  const tally = readTally(state)
  const { latest, border, settled } = tally
  let place = latest.length
  while (place > 0 && comesAfter(latest, place - STRIDE, at, hash)) place -= STRIDE
  if (place > 0 && latest[place - STRIDE] === at && latest[place - STRIDE + 1] === hash) return state!
  if (place === 0 && settled.length > 0 && (at < border[0] || (at === border[0] && hash <= border[1])))
    return write({ latest, border, settled: addUp(settled, [{ at, value }], rule) })
  const changed = { latest: [...latest.slice(0, place), at, hash, value, ...latest.slice(place)], border, settled }
  const keep = openKeep(changed.latest)
  return write(recordCount(changed.latest) > keep * 2 ? settle(changed, keep, rule) : changed)
}

/** Adds up all but the latest few events; the same object when there is nothing to add up. */
export function settleTally<A>(state: Json, rule: TallyRule<A>): Json {
  const tally = readTally(state)
  return recordCount(tally.latest) <= SETTLED_KEEP ? state : write(settle(tally, SETTLED_KEEP, rule))
}

/** What two people did together. */
export function mergeTallies<A>(a: Json, b: Json, rule: TallyRule<A>): Json {
  const [one, two] = [readTally(a), readTally(b)]
  const border = isLater(one.border, two.border) ? one.border : two.border
  return write({ latest: joinRecords(one.latest, two.latest), border, settled: joinBuckets(one.settled, two.settled, rule) })
}

/** What was folded from a person's history, and what they did since it began to be read: events in both count once. */
export function adoptTally(standing: Json, folded: Json): Json {
  const [one, two] = [readTally(standing), readTally(folded)]
  // Whatever was added up before is in the history too. Of somebody with very many events the older ones are known by their time.
  const isKnown = (i: number): boolean => two.settled.length > 0 && !comesAfter(one.latest, i, ...two.border)
  const fresh = one.latest.filter((_, part) => !isKnown(part - (part % STRIDE)))
  return write({ latest: joinRecords(fresh, two.latest), border: two.border, settled: two.settled })
}

/** The tally of events in any order, an event that comes twice counted once; open unless there are very many. */
export function foldTally<A>(
  events: readonly { at: number; hash: number; value: number | string }[],
  rule: TallyRule<A>,
): Json | undefined {
  if (events.length === 0) return undefined
  const latest: (number | string)[] = []
  for (const { at, hash, value } of events.toSorted((a, b) => a.at - b.at || a.hash - b.hash)) {
    const size = latest.length
    if (latest[size - STRIDE] !== at || latest[size - STRIDE + 1] !== hash) latest.push(at, hash, value)
  }
  const tally = { ...nothing, latest }
  const keep = openKeep(latest)
  return write(recordCount(latest) > keep ? settle(tally, keep, rule) : tally)
}

function settle<A>({ latest, border, settled }: Tally, keep: number, rule: TallyRule<A>): Tally {
  const count = recordCount(latest) - keep
  const events = Array.from({ length: count }, (_, i) => ({ at: timeOf(latest, i), value: valueOfRecord(latest, i) }))
  const last: Tally['border'] = [timeOf(latest, count - 1), Number(latest[(count - 1) * STRIDE + 1])]
  return {
    latest: latest.slice(count * STRIDE),
    border: isLater(border, last) ? border : last,
    settled: addUp(settled, events, rule),
  }
}

function addUp<A>(
  settled: readonly Settled[],
  events: readonly { at: number; value: number | string }[],
  rule: TallyRule<A>,
): readonly Settled[] {
  const sums = new Map<number, A>()
  for (const { at, value } of events) {
    const bucket = rule.bucketOf(at)
    let sum = sums.get(bucket)
    if (sum === undefined) sums.set(bucket, (sum = rule.adder.start()))
    rule.adder.add(sum, value)
  }
  return joinBuckets(
    settled,
    [...sums].map(([bucket, sum]) => ({ bucket, totals: rule.adder.close(sum) })),
    rule,
  )
}

function joinBuckets<A>(a: readonly Settled[], b: readonly Settled[], { adder, buckets }: TallyRule<A>): readonly Settled[] {
  const joined = new Map(a.map(({ bucket, totals }) => [bucket, totals]))
  for (const { bucket, totals } of b) {
    const standing = joined.get(bucket)
    if (standing === undefined) {
      joined.set(bucket, totals)
      continue
    }
    const sum = adder.start()
    adder.addTotals(sum, standing)
    adder.addTotals(sum, totals)
    joined.set(bucket, adder.close(sum))
  }
  const sorted = [...joined].sort(([one], [two]) => one - two).map(([bucket, totals]) => ({ bucket, totals }))
  if (buckets === undefined || sorted.length === 0) return sorted
  const latest = sorted.at(-1)!.bucket
  return sorted.filter(({ bucket }) => bucket > latest - buckets)
}

function isLater(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1])
}
