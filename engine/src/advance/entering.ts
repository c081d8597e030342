import { eventNames } from '@throughline/contracts'
import type { Occurrence, Truth } from '../conditions/index.ts'
import { stableId } from '../hash.ts'
import { isSlotOf, keyIn, slotOf, type CompiledEntry, type CompiledJourney } from '../journeys/index.ts'
import { gate, type Entry, type Run } from '../profile.ts'
import { rememberWay } from './conversion.ts'
import { addFact, type Draft } from './draft.ts'
import { isHalted, journeyOf, slotOfRun, trueWatch, type From } from './leaving.ts'
import { endStay, type OpenRun } from './run-copies.ts'
import { arrive, ask } from './runs.ts'
import { inOrder, inTurn, isKeptOut } from './turns.ts'

/** Changes of traits that follow from changes of traits: beyond so many, journeys go round in a circle and hear no more. */
const MOST_ROUNDS = 10
/** Whose clocks have shown the time of an audience so long ago stays out: it is another time of day for them. */
export const LATE_MS = 3_600_000
/** So many keys of a journey are remembered of one person, the latest. */
const MOST_KEYS = 20

/**
 * Starts a run if the journey may be entered now: one of its entries is meant and its condition holds, the person is not inside
 * already (for this key), and how often, from when and until when people come in allows it.
 * @param how `filled`: the occurrence was found by the reading of history, and only entries that ask for those look at it; `until`: they wait
 * at the gate until this instant, epoch ms
 */
export function tryEntry(
  draft: Draft,
  journey: CompiledJourney,
  occurrence: Occurrence,
  from: From,
  how: { readonly filled?: true; readonly until?: number | null } = {},
): void {
  for (const [index, entry] of journey.entries.entries()) {
    if ((how.filled === true && !entry.filled) || !entry.matches(occurrence)) continue
    const properties = entry.propertiesOf(occurrence)
    const key = journey.key === null ? undefined : keyIn(properties, journey.key)
    if (key === null || !mayEnter(draft, journey, slotOf(journey.id, key))) continue
    const wakesAt = (how.until ?? -Infinity) > draft.clock ? how.until : null
    const value = isMet(draft, entry)
    if (value === false && (wakesAt === null || !isInside(draft, entry))) continue
    const { id, name, timestamp } = occurrence
    const run: OpenRun = {
      id: stableId('run', draft.base.id, journey.id, id),
      journey: journey.id,
      version: journey.version,
      step: gate,
      enteredAt: draft.clock,
      since: draft.clock,
      trigger: { id, name, timestamp, properties },
      hops: 0,
    }
    if (key !== undefined) run.key = key
    if (index > 0) run.entry = index
    if (typeof wakesAt === 'number') draft.runs = [...draft.runs, { ...run, wakesAt }]
    else if (value === 'pending') draft.runs = [...draft.runs, run]
    else admit(draft, journey, run, draft.clock, from)
    return
  }
}

function mayEnter(draft: Draft, journey: CompiledJourney, slot: string): boolean {
  const { clock, runs, entries, definitions } = draft
  if ((definitions.standings.get(journey.id)?.state ?? 'live') !== 'live') return false
  if (clock < journey.opens || clock >= journey.closes) return false
  // Who waits at the gate for a time of day is not in it yet.
  const isInside = ({ step, wakesAt }: Run): boolean => step !== gate || wakesAt === undefined
  if (runs.some((run) => isInside(run) && slotOfRun(run) === slot) || !journey.mayEnter(entries[slot], draft.now)) return false
  const { perPerson } = journey
  if (perPerson !== null) {
    const recent = entries[journey.id]?.recent?.filter((at) => at > clock - perPerson.ms) ?? []
    if (recent.length >= perPerson.times) return false
  }
  return trueWatch(draft, journey) === undefined
}

/** Whether the person is in the audience of an entry; where it has none they are. */
function isInside(draft: Draft, { audience }: CompiledEntry): boolean {
  return audience === null || audience.segment === null || draft.segments.keys.includes(audience.segment)
}

function isMet(draft: Draft, entry: CompiledEntry): Truth {
  return isInside(draft, entry) && (entry.condition === null || entry.condition.value(draft, draft.now))
}

/** Starts what the changes of traits start. */
export function hearTraitChanges(draft: Draft): void {
  // What starts may change traits in turn, before anything else is heard.
  for (let round = 0; draft.changes.length > 0 && round < MOST_ROUNDS; round++)
    for (const { occurrence, journeys, ...from } of draft.changes.splice(0))
      inTurn(draft, journeys, false, (meant) => {
        for (const journey of meant) tryEntry(draft, journey, occurrence, from)
      })
}

/** Asks again what was undecided, in runs and at gates. */
export function askAgain(draft: Draft, from: From): void {
  for (const run of inOrder(draft)) {
    const journey = run.wakesAt === undefined && draft.runs.includes(run) ? journeyOf(draft, run) : undefined
    if (journey === undefined || run.asked === true || isHalted(draft, run.journey)) continue
    if (run.step === gate) askAtGate(draft, journey, run, from)
    else ask(draft, journey, run, { kind: 'arrive' }, draft.now, from)
  }
}

/** The time has come for which somebody waits at the gate. */
export function wakeAtGate(draft: Draft, run: Run, at: number, from: From): void {
  const journey = journeyOf(draft, run)
  if (journey !== undefined) askAtGate(draft, journey, run, from, at)
}

/** Whether somebody waited at the gate for a time that is long over: they stood still, or nobody was there to let them in. */
function isLate({ now }: Draft, { wakesAt }: Run): boolean {
  return wakesAt !== undefined && now - wakesAt > LATE_MS
}

/** Asks again at the gate, as on the way to it: much may have changed since. */
function askAtGate(draft: Draft, journey: CompiledJourney, run: Run, from: From, at = draft.now): void {
  const entry = journey.entries[run.entry ?? 0]
  const value = entry === undefined ? false : isMet(draft, entry)
  if (value === 'pending' && run.wakesAt === undefined) return
  const { wakesAt: _, ...waiting } = run
  draft.runs = draft.runs.filter(({ id }) => id !== run.id)
  if (value === 'pending') draft.runs = [...draft.runs, waiting]
  else if (value && !isLate(draft, run) && mayEnter(draft, journey, slotOfRun(run))) admit(draft, journey, waiting, at, from)
}

/** Lets a run in where no journey above keeps it out, or asks whether there is room today. */
function admit(draft: Draft, journey: CompiledJourney, run: Run, at: number, from: From): void {
  if (isKeptOut(draft, journey, at, from)) return
  if (journey.perDay === null) return enter(draft, journey, run, at, from)
  const { most, dayOf } = journey.perDay
  draft.runs = [...draft.runs, { ...run, asked: true }]
  draft.effects.push({ kind: 'entry-request', journey: journey.id, run: run.id, day: dayOf(at), most })
}

/** There is room today for a run at the gate, or none. */
export function hearAnswer(draft: Draft, id: string, hasRoom: boolean, from: From): void {
  const run = draft.runs.find((one) => one.id === id && one.asked === true)
  const journey = run === undefined ? undefined : journeyOf(draft, run)
  if (run === undefined || journey === undefined) return
  const { asked: _, ...waiting } = run
  draft.runs = draft.runs.filter((one) => one !== run)
  if (!hasRoom) draft.effects.push({ kind: 'edge', journey: journey.id, version: journey.version, edge: 'full' })
  else if (mayEnter(draft, journey, slotOfRun(run)) && !isKeptOut(draft, journey, draft.now, from))
    enter(draft, journey, waiting, draft.now, from)
}

function enter(draft: Draft, journey: CompiledJourney, run: Run, at: number, from: From): void {
  const { id, version, perPerson } = journey
  remember(draft, journey, run, at)
  addFact(draft, eventNames.journeyEntered, at, { journey: id, version, run: run.id }, from)
  draft.effects.push({ kind: 'edge', journey: id, version, edge: 'entry' })
  const way = journey.entries.length > 1 ? `entry:${run.entry ?? 0}` : 'entry'
  if (way !== 'entry') draft.effects.push({ kind: 'edge', journey: id, version, edge: way })
  if (perPerson !== null) {
    const entry = draft.entries[id]!
    const recent = [...(entry.recent ?? []).filter((before) => before > at - perPerson.ms), at].slice(-perPerson.times)
    draft.entries = { ...draft.entries, [id]: { ...entry, recent } }
  }
  const entered = endStay(run)
  rememberWay(draft, journey, entered, way)
  entered.step = journey.start
  entered.enteredAt = at
  entered.since = at
  arrive(draft, journey, entered, at, from)
}

function remember(draft: Draft, journey: CompiledJourney, { id: run, key }: Run, at: number): void {
  const entries: { [slot: string]: Entry } = { ...draft.entries }
  const { count = 0, recent, days } = entries[journey.id] ?? {}
  const entry: { -readonly [K in keyof Entry]: Entry[K] } = { count: count + 1, lastAt: at }
  if (recent !== undefined) entry.recent = recent
  if (days !== undefined) entry.days = days
  if (journey.countsLater) {
    entry.run = run
    entry.version = journey.version
  }
  entries[journey.id] = entry
  if (key !== undefined) {
    const slot = slotOf(journey.id, key)
    entries[slot] = { count: (entries[slot]?.count ?? 0) + 1, lastAt: at, run, version: journey.version }
    forgetOldest(entries, journey.id, draft.runs)
  }
  draft.entries = entries
}

/** Those of a key that the person is in it for now are never forgotten. */
function forgetOldest(entries: { [slot: string]: Entry }, journey: string, runs: readonly Run[]): void {
  const slots = Object.keys(entries).filter((slot) => isSlotOf(slot, journey))
  if (slots.length <= MOST_KEYS) return
  const inside = new Set(runs.map(slotOfRun))
  const oldest = slots.filter((slot) => !inside.has(slot)).sort((a, b) => entries[a]!.lastAt - entries[b]!.lastAt)
  for (const slot of oldest.slice(0, slots.length - MOST_KEYS)) delete entries[slot]
}
