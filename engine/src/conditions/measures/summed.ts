import type { Json } from '@throughline/contracts'
import { shortKey } from '../../hash.ts'
import { lookUp } from '../../table.ts'
import type { Compiler, Leaf, Memory, Occurrence, View } from '../behaviour.ts'
import { addRecord, isRecords, mergeRecords, recordCount, timeOf, valueOfRecord, type Records } from '../records.ts'
import { widest } from '../retention.ts'
import { compileSelection, type Selected, type Selection } from '../selection.ts'
import { addToTally, adoptTally, foldTally, mergeTallies, readTally, settleTally, type TallyRule } from '../tally.ts'
import type { Adder } from '../totals.ts'
import { canCount, compileWindow, traitsOf, type Window } from '../window.ts'
import type { WindowFields } from '@throughline/contracts'
import { countedOf, holdLatest, isHeld, needOf } from './held.ts'
import { unknown, type Change, type CompiledMeasure } from './measure.ts'

const nothing: Records = []
const asRecords = (state: Json | undefined): Records => (isRecords(state) ? state : nothing)

/** What is added up, and what is asked about the sum. */
export interface Summed<A> {
  readonly adder: Adder<A>
  /** Tells what is taken out of an event; part of the key of the memory. */
  readonly source: Json
  /** What an event adds; `undefined`: nothing. */
  read(occurrence: Occurrence): number | string | undefined
  answer(sum: A): Json | undefined
  /** An answer looks through all values: it is not worked out for every instant at which one leaves a full window. */
  readonly answersSlowly?: true
  /** Whether whole days can be added up, so that a calendar window may be of any length. */
  readonly inDays: boolean
}

/** Something that was added up, with the instant at which it leaves the window. */
interface Item<A> {
  readonly at: number
  readonly leaves: number
  addTo(sum: A): void
}

/**
 * A figure made by adding up values of events. Without a window, or with one that does not move, all but the latest events are
 * added up (a tally); so are days, in a calendar window. In other windows events are held one by one.
 */
export function compileSummed<A>(measure: Selected & WindowFields, summed: Summed<A>, compiler: Compiler): CompiledMeasure {
  const selection = compileSelection(measure, compiler.context)
  const window = compileWindow(measure, compiler.context)
  const counts = !isHeld(measure, summed.inDays)
  const memoryKey = shortKey(
    JSON.stringify([counts ? 'tally' : 'records', ...selection.key, summed.source, window.key, counts ? (window.days ?? null) : null]),
  )
  const { calendar } = compiler.context
  const rule: TallyRule<A> = { adder: summed.adder, bucketOf: window.days === undefined ? () => 0 : calendar.dayOf, buckets: window.days }
  const need = needOf(counts ? undefined : window.within)
  const leaf: Leaf = compiler.leaf(memoryKey, need, () =>
    counts ? makeTally(memoryKey, selection, window, summed, rule) : makeRecords(memoryKey, selection, summed),
  )

  const itemsOf = (view: View): readonly Item<A>[] => {
    const state = lookUp(view.memories, memoryKey)
    if (state === undefined) return []
    const { latest, settled } = counts ? readTally(state) : { latest: countedOf(asRecords(state)), settled: [] }
    const begins = window.anchor?.of(view) ?? -Infinity
    const items = settled.map(({ bucket, totals }): Item<A> => {
      const at = window.days === undefined ? -Infinity : calendar.startOf(bucket)
      return { at, leaves: window.leavesAt(at), addTo: (sum) => summed.adder.addTotals(sum, totals) }
    })
    for (let i = 0; i < recordCount(latest); i++) {
      const at = timeOf(latest, i)
      if (at < begins) continue
      items.push({ at, leaves: window.leavesAt(at), addTo: (sum) => summed.adder.add(sum, valueOfRecord(latest, i)) })
    }
    return items
  }
  const valueAt = (items: readonly Item<A>[], now: number): Json | undefined => {
    const sum = summed.adder.start()
    for (const item of items) if (item.at <= now && item.leaves > now) item.addTo(sum)
    return counts && summed.adder.isOver?.(sum) === true ? undefined : summed.answer(sum)
  }
  return {
    leaf,
    traits: traitsOf(window),
    timed: window.timed,
    value: (view, now) => valueAt(itemsOf(view), now),
    changes(view, now) {
      const items = itemsOf(view)
      if (items.some(({ at }) => at > now)) return changesOneByOne(items, now, valueAt)
      return window.timed ? changesByLeaving(items, now, summed) : []
    },
  }
}

/** Of so many values at most, all later answers are worked out at once. */
const FEW = 32

/** Everything has happened: items only leave, in order, so that what stays is always the later part. Added up from behind. */
function changesByLeaving<A>(items: readonly Item<A>[], now: number, { adder, answer, answersSlowly }: Summed<A>): readonly Change[] {
  const inside = items.filter(({ leaves }) => leaves > now).sort((a, b) => a.leaves - b.leaves)
  if (answersSlowly && inside.length > FEW) return [[inside[0]!.leaves, unknown]]
  const sum = adder.start()
  const changes: Change[] = []
  for (let i = inside.length - 1; i >= 0; i--) {
    const item = inside[i]!
    if (inside[i + 1]?.leaves !== item.leaves) changes.push([item.leaves, answer(sum)])
    item.addTo(sum)
  }
  return changes.reverse()
}

function* changesOneByOne<A>(
  items: readonly Item<A>[],
  now: number,
  valueAt: (items: readonly Item<A>[], now: number) => Json | undefined,
): Iterable<Change> {
  const instants = new Set(items.flatMap(({ at, leaves }) => [at, leaves]).filter((at) => at > now && at < Infinity))
  for (const at of [...instants].sort((a, b) => a - b)) yield [at, valueAt(items, at)]
}

function makeRecords<A>(key: string, selection: Selection, summed: Summed<A>): Memory {
  const need = widest()
  return {
    key,
    eventNames: selection.eventNames,
    widen: need.widen,
    add(state: Json | undefined, occurrence: Occurrence) {
      const value = selection.matches(occurrence) ? summed.read(occurrence) : undefined
      return value === undefined ? state : holdLatest(addRecord(asRecords(state), occurrence.at, occurrence.hash, value, need))
    },
    merge: (a, b) => holdLatest(mergeRecords(asRecords(a), asRecords(b), need)),
  }
}

function makeTally<A>(key: string, selection: Selection, window: Window, summed: Summed<A>, rule: TallyRule<A>): Memory {
  const read = (occurrence: Occurrence): number | string | undefined =>
    selection.matches(occurrence) && canCount(window, occurrence.at) ? summed.read(occurrence) : undefined
  return {
    key,
    eventNames: selection.eventNames,
    widen() {},
    add(state: Json | undefined, occurrence: Occurrence) {
      const value = read(occurrence)
      return value === undefined ? state : addToTally(state, occurrence.at, occurrence.hash, value, rule)
    },
    merge: (a, b) => mergeTallies(a, b, rule),
    counts: {
      fold(occurrences) {
        const events: { at: number; hash: number; value: number | string }[] = []
        for (const occurrence of occurrences) {
          const value = read(occurrence)
          if (value !== undefined) events.push({ at: occurrence.at, hash: occurrence.hash, value })
        }
        return foldTally(events, rule)
      },
      adopt: adoptTally,
      settle: (state) => settleTally(state, rule),
    },
  }
}
