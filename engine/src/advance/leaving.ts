import { eventNames } from '@throughline/contracts'
import type { Occurrence } from '../conditions/index.ts'
import { isOver, versionKey } from '../definitions/index.ts'
import { isSlotOf, slotOf, type CompiledGoal, type CompiledJourney } from '../journeys/index.ts'
import { gate, type Entry, type Run } from '../profile.ts'
import { creditWays } from './conversion.ts'
import { addFact, type Draft, type Heard } from './draft.ts'

export type From = Pick<Heard, 'triggers' | 'generation'>

/** The reason for which people leave a journey that is stopped. */
const stopped = 'the journey was stopped'

export interface Ending {
  readonly port: 'goal' | 'exit'
  readonly name: string
  /** Why what they were about to be told is called back, as a clause; left out, it follows from the name. */
  readonly because?: string
}

/** The version of the journey that a run is on; `undefined` when it is not among the definitions. */
export function journeyOf({ definitions }: Draft, { journey, version }: Run): CompiledJourney | undefined {
  // Most runs are on the latest version, for which no key has to be made.
  const latest = definitions.latestJourneys.get(journey)
  return latest?.version === version ? latest : definitions.journeys.get(versionKey(journey, version))
}

/** All runs of a person but this one. */
export function withoutRun({ runs }: Draft, { id }: Run): readonly Run[] {
  return runs.some((run) => run.id === id) ? runs.filter((run) => run.id !== id) : runs
}

export function slotOfRun({ journey, key, send }: Run): string {
  return slotOf(journey, key ?? send)
}

/** The event that ends a run of this slot; its goal goes before what else ends it. */
export function endingOf(draft: Draft, journey: CompiledJourney, occurrence: Occurrence, slot: string): Ending | undefined {
  const goal = journey.goals.find((one) => one.leaves && isGoal(draft, one, occurrence, slot))
  if (goal !== undefined) return { port: 'goal', name: goal.name }
  const exit = journey.exits.events.find(({ matches }) => matches(occurrence, slot))
  return exit === undefined ? undefined : { port: 'exit', name: exit.name }
}

function isGoal(draft: Draft, { matches, condition }: CompiledGoal, occurrence: Occurrence, slot: string): boolean {
  return matches(occurrence, slot) && (condition === null || condition.value(draft, draft.clock) === true)
}

/** Counts the goals that the event is for this run, each once a run and in its time; returns the run that knows of them. */
export function countGoals(draft: Draft, journey: CompiledJourney, run: Run, occurrence: Occurrence, from: From): Run {
  const { enteredAt, messagedAt, reached = [] } = run
  const found = reachedNow(draft, journey, { slot: slotOfRun(run), enteredAt, messagedAt, reached }, occurrence)
  if (found.length === 0) return run
  for (const index of found) tellGoal(draft, journey, run, index, from)
  return { ...run, reached: [...reached, ...found] }
}

interface Standing {
  readonly slot: string
  readonly enteredAt: number
  readonly messagedAt: number | undefined
  readonly reached: readonly number[]
}

function reachedNow(draft: Draft, journey: CompiledJourney, standing: Standing, occurrence: Occurrence): readonly number[] {
  const found: number[] = []
  for (const [index, goal] of journey.goals.entries()) {
    if (isGoal(draft, goal, occurrence, standing.slot) && !standing.reached.includes(index) && isInTime(goal, standing, draft.clock))
      found.push(index)
  }
  return found
}

function isInTime({ window }: CompiledGoal, { enteredAt, messagedAt }: Standing, at: number): boolean {
  if (window === null) return true
  const begun = window.since === 'entry' ? enteredAt : messagedAt
  return begun !== undefined && at <= begun + window.ms
}

function tellGoal(
  draft: Draft,
  journey: CompiledJourney,
  { id: run, passed }: Pick<Run, 'id' | 'passed'>,
  index: number,
  from: From,
): void {
  const { id, version, goals } = journey
  const several = goals.length > 1
  addFact(draft, eventNames.goalReached, draft.clock, { journey: id, version, run, ...(several && { goal: goals[index]!.name }) }, from)
  draft.effects.push({ kind: 'edge', journey: id, version, edge: `goal:${index}` })
  creditWays(draft, journey, passed, index)
}

/**
 * What an event means for runs of a version of a journey that are over: a goal that is still in its time counts, and what they were about to
 * say is called back: nobody is told of a forgotten cart after paying. A run that is still on its way is left to `hearInRun`.
 */
export function hearAfterRun(draft: Draft, journey: CompiledJourney, occurrence: Occurrence, from: From): void {
  for (const slot of slotsOf(draft, journey)) {
    const entry = draft.entries[slot]
    if (entry === undefined || versionOf(draft, journey.id, entry) !== journey.version) continue
    if (draft.runs.some((run) => run.step !== gate && slotOfRun(run) === slot)) continue
    if (journey.countsLater) countLater(draft, journey, slot, entry, occurrence, from)
    const ending = entry.over === true ? undefined : endingOf(draft, journey, occurrence, slot)
    if (ending !== undefined) callBack(draft, journey, slot, entry.lastAt, ending)
  }
}

/** The version by which it is judged what an event means for a run that is over: its own, or the latest where that is not known. */
function versionOf({ definitions }: Draft, id: string, { version }: Entry): number | undefined {
  if (version !== undefined && definitions.journeys.has(versionKey(id, version))) return version
  return definitions.latestJourneys.get(id)?.version
}

function countLater(draft: Draft, journey: CompiledJourney, slot: string, entry: Entry, occurrence: Occurrence, from: From): void {
  const { lastAt: enteredAt, messagedAt, reached = [], run: id, passed } = entry
  if (id === undefined) return
  const found = reachedNow(draft, journey, { slot, enteredAt, messagedAt, reached }, occurrence).filter(
    (index) => journey.goals[index]!.window !== null,
  )
  if (found.length === 0) return
  for (const index of found) tellGoal(draft, journey, { id, ...(passed && { passed }) }, index, from)
  draft.entries = { ...draft.entries, [slot]: { ...entry, reached: [...reached, ...found] } }
}

function slotsOf(draft: Draft, { id, key }: CompiledJourney): readonly string[] {
  return key === null ? [id] : Object.keys(draft.entries).filter((slot) => isSlotOf(slot, id))
}

/** Calls back what a run has said since it began and nobody has handed over. */
export function callBack(draft: Draft, journey: CompiledJourney, slot: string, since: number, { port, name, because }: Ending): void {
  const entry = draft.entries[slot]
  if (entry !== undefined) draft.entries = { ...draft.entries, [slot]: { ...entry, over: true } }
  const ended = name === stopped ? `${journey.name} was stopped` : `${journey.name} was ended by ${name}`
  const what = because ?? (port === 'goal' ? `the goal of ${journey.name} was reached (${name})` : ended)
  const only = slot === journey.id || entry?.run === undefined ? {} : { run: entry.run }
  draft.effects.push({ kind: 'unsend', journey: journey.id, since, ...only, reason: `Not sent: ${what} before it went out` })
}

/** The end of a run, and what is remembered of it. */
export function end(
  draft: Draft,
  journey: CompiledJourney,
  run: Run,
  at: number,
  port: 'goal' | 'exit' | 'end',
  reason: string,
  from: From,
): void {
  draft.runs = withoutRun(draft, run)
  // Nobody was told of a run at the gate.
  if (run.step === gate) return
  const { id, version } = journey
  const slot = slotOfRun(run)
  rememberEnd(draft, journey, run, id, at)
  if (slot !== id) rememberEnd(draft, journey, run, slot, at)
  if (journey.isTold) addFact(draft, eventNames.journeyLeft, at, { journey: id, version, run: run.id, step: run.step, reason }, from)
  draft.effects.push({ kind: 'edge', journey: id, version, edge: `left:${port}` })
  draft.effects.push({ kind: 'run-over', run: run.id, journey: id, version, reason })
  if (journey.alone?.others === 'wait') release(draft)
}

function rememberEnd(draft: Draft, { countsLater }: CompiledJourney, { reached, messagedAt, passed }: Run, slot: string, at: number): void {
  const standing = draft.entries[slot]
  if (standing === undefined) return
  const entry: { -readonly [K in keyof Entry]: Entry[K] } = { ...standing }
  entry.leftAt = at
  if (countsLater) {
    if (reached !== undefined) entry.reached = reached
    if (messagedAt !== undefined) entry.messagedAt = messagedAt
    if (passed !== undefined) entry.passed = passed
  }
  draft.entries = { ...draft.entries, [slot]: entry }
}

/** Lets what waited for another journey to be over ask again at once, by the timer. */
function release(draft: Draft): void {
  for (const run of draft.runs) {
    if (run.held !== true || run.wakesAt === undefined || run.wakesAt <= draft.now) continue
    const { held: _, ...rest } = run
    const released: Run = { ...rest, wakesAt: draft.now }
    draft.runs = draft.runs.map((one) => (one === run ? released : one))
    draft.effects.push({ kind: 'run-at', run: released })
  }
}

/** Ends a run before its way is at an end, and calls back what it was about to say. */
export function breakOff(draft: Draft, journey: CompiledJourney, run: Run, ending: Ending, from: From): void {
  if (run.step !== gate) callBack(draft, journey, slotOfRun(run), run.enteredAt, ending)
  end(draft, journey, run, draft.clock, ending.port, ending.port === 'goal' ? 'goal' : ending.name, from)
}

/** Whether those who are in a journey stand still. */
export function isHalted(draft: Draft, journey: string): boolean {
  const state = draft.definitions.standings.get(journey)?.state
  return state === 'paused' || isOver(state)
}

/**
 * When a run goes on whose wait ends then, epoch ms; `undefined`: not by time. Who stood still while the journey was paused goes on from
 * the instant at which it was resumed.
 */
export function wakingAt(draft: Draft, run: Run): number | undefined {
  if (run.wakesAt === undefined || journeyOf(draft, run) === undefined || isHalted(draft, run.journey)) return undefined
  return Math.max(run.wakesAt, draft.definitions.standings.get(run.journey)?.since ?? 0)
}

/** Ends the runs of which something is so that ends them. */
export function leaveByWatches(draft: Draft, from: From): void {
  if (!draft.definitions.watches) return
  for (const run of draft.runs) {
    if (!draft.runs.includes(run)) continue
    const journey = journeyOf(draft, run)
    if (run.step === gate && !isOver(draft.definitions.standings.get(run.journey)?.state)) continue
    const name = journey === undefined ? undefined : trueWatch(draft, journey)
    if (journey !== undefined && name !== undefined) breakOff(draft, journey, run, { port: 'exit', name }, from)
  }
}

/** What is so now that ends runs of this journey; `undefined`: nothing. What is pending is not known to be. */
export function trueWatch(draft: Draft, { id, exits }: CompiledJourney): string | undefined {
  if (isOver(draft.definitions.standings.get(id)?.state)) return stopped
  return exits.watches.find(({ condition }) => condition.value(draft, draft.clock) === true)?.name
}

/** When time alone may next end a run, epoch ms. */
export function nextWatch(draft: Draft): number | null {
  let next: number | null = null
  if (!draft.definitions.watches) return next
  for (const run of draft.runs) {
    if (run.step === gate) continue
    for (const { condition } of journeyOf(draft, run)?.exits.watches ?? []) {
      const at = condition.timed ? condition.nextChangeAt(draft, draft.now) : null
      if (at !== null && (next === null || at < next)) next = at
    }
  }
  return next
}
