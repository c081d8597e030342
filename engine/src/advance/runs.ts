import { eventNames, type Json } from '@throughline/contracts'
import type { Occurrence } from '../conditions/index.ts'
import { valuesOfTraits, versionKey } from '../definitions/index.ts'
import { edgeId } from '../effects.ts'
import { stableId } from '../hash.ts'
import type { Cause, CompiledJourney, Resolution } from '../journeys/index.ts'
import { addTrait } from '../profiles/index.ts'
import { gate, type Run } from '../profile.ts'
import { addFact, type Draft, type Heard } from './draft.ts'
import { concernedBy, decideMembership } from './memberships.ts'

/*
 * A run, from entry to end:
 *
 *               entry.if pending                       resolve says wait
 *   (event) ───────────────────▶ at the gate     ┌──────────────────────────▶ waiting ──┐
 *      │                             │ true      │                               │      │ timer: wake
 *      └────────────────────────────▶├──────▶ arrived at a step ◀────────────────┼──────┤ event that the step hears
 *                                    │ false     │  ▲    │ resolve says undecided │      │
 *                                    ▼           │  │    └───────▶ undecided ─────┼──────┘ adopted: asked again
 *                                 (nothing)   go │  │ next step                   │
 *                                                └──┤                             │
 *                                                   ▼                             ▼
 *                                   left: end · exit · goal (goal and exit events end it wherever it is)
 *
 * Waiting has `wakesAt`; undecided and at the gate have none.
 */

/** Steps that may be taken without waiting; a run that takes more goes round in a circle and is ended. */
const maxStepsWithoutWaiting = 100

type From = Pick<Heard, 'triggers' | 'generation'>

/** The version of the journey that a run is on; `undefined` when it is not among the definitions. */
export function journeyOf(draft: Draft, run: Run): CompiledJourney | undefined {
  return draft.definitions.journeys.get(versionKey(run.journey, run.version))
}

/** Starts a run if the journey may be entered now: not inside already, re-entry allowed, condition met. */
export function tryEntry(draft: Draft, journey: CompiledJourney, occurrence: Occurrence, from: From): void {
  const { entry } = journey
  if (
    !entry.matches(occurrence) ||
    draft.runs.some((run) => run.journey === journey.id) ||
    !entry.mayEnter(draft.entries[journey.id], draft.now)
  )
    return
  const value = entry.condition === null || entry.condition.value(draft, draft.now)
  if (value === false) return
  const { id, name, timestamp, properties } = occurrence
  const at = draft.clock
  const run: Run = {
    id: stableId('run', draft.base.id, journey.id, id),
    journey: journey.id,
    version: journey.version,
    step: gate,
    enteredAt: at,
    since: at,
    trigger: { id, name, timestamp, properties },
    hops: 0,
  }
  if (value === 'pending') draft.runs = [...draft.runs, run]
  else enter(draft, journey, run, at, from)
}

function enter(draft: Draft, journey: CompiledJourney, run: Run, at: number, from: From): void {
  const count = (draft.entries[journey.id]?.count ?? 0) + 1
  draft.entries = { ...draft.entries, [journey.id]: { count, lastAt: at } }
  addFact(draft, eventNames.journeyEntered, at, about(journey, run), from)
  draft.effects.push({ kind: 'edge', journey: journey.id, version: journey.version, edge: 'entry' })
  arrive(draft, journey, { ...run, step: journey.start, enteredAt: at, since: at }, at, from)
}

/** What the event does to a run: reaches its goal, ends it, or moves it on from a step that waits for it. */
export function hearInRun(draft: Draft, run: Run, occurrence: Occurrence, from: From): void {
  const journey = journeyOf(draft, run)
  if (journey === undefined) return
  const ending = endingOf(journey, occurrence)
  if (ending !== undefined) {
    if (run.step !== gate) callBack(draft, journey, run.enteredAt, ending)
    return end(draft, journey, run, draft.clock, ending.port, ending.port === 'goal' ? 'goal' : ending.name, from)
  }
  if (run.step !== gate) ask(draft, journey, run, { kind: 'event', occurrence }, draft.clock, from)
}

/**
 * Calls back what a run that is over was about to say, if its journey's goal or end comes only now: nobody is told of a forgotten
 * cart after paying. A run that is still on its way is left to {@link hearInRun}.
 */
export function hearAfterRun(draft: Draft, journey: CompiledJourney, occurrence: Occurrence): void {
  const entry = draft.entries[journey.id]
  if (entry === undefined || entry.over === true) return
  if (draft.runs.some((run) => run.journey === journey.id && run.step !== gate)) return
  const ending = endingOf(journey, occurrence)
  if (ending !== undefined) callBack(draft, journey, entry.lastAt, ending)
}

interface Ending {
  readonly port: 'goal' | 'exit'
  readonly name: string
}

function endingOf(journey: CompiledJourney, occurrence: Occurrence): Ending | undefined {
  if (journey.goal?.matches(occurrence) === true) return { port: 'goal', name: journey.goal.name }
  const exit = journey.exits.find(({ matches }) => matches(occurrence))
  return exit === undefined ? undefined : { port: 'exit', name: exit.name }
}

function callBack(draft: Draft, journey: CompiledJourney, since: number, { port, name }: Ending): void {
  const entry = draft.entries[journey.id]
  if (entry !== undefined) draft.entries = { ...draft.entries, [journey.id]: { ...entry, over: true } }
  const what = port === 'goal' ? `the goal of ${journey.name} was reached (${name})` : `${journey.name} was ended by ${name}`
  draft.effects.push({ kind: 'unsend', journey: journey.id, since, reason: `Not sent: ${what} before it went out` })
}

/** Moves a run on whose wait was over at `at`. */
export function wake(draft: Draft, run: Run, at: number, from: From): void {
  const journey = journeyOf(draft, run)
  if (journey !== undefined) ask(draft, journey, run, { kind: 'wake' }, at, from)
}

/** Asks again what was undecided, in runs and at gates. */
export function askAgain(draft: Draft, from: From): void {
  for (const run of draft.runs) {
    const journey = run.wakesAt === undefined ? journeyOf(draft, run) : undefined
    if (journey === undefined) continue
    if (run.step !== gate) {
      ask(draft, journey, run, { kind: 'arrive' }, draft.now, from)
      continue
    }
    const value = journey.entry.condition?.value(draft, draft.now) ?? true
    if (value === 'pending') continue
    draft.runs = draft.runs.filter(({ id }) => id !== run.id)
    if (value) enter(draft, journey, run, draft.now, from)
  }
}

function ask(draft: Draft, journey: CompiledJourney, run: Run, cause: Cause, at: number, from: From): void {
  const step = journey.steps.get(run.step)
  if (step === undefined) return
  const resolution = step.resolve(visit(draft, journey, run, at), cause)
  if (resolution === null || (resolution.kind === 'undecided' && run.wakesAt === undefined && draft.runs.includes(run))) return
  follow(draft, journey, run, resolution, at, from)
}

function arrive(draft: Draft, journey: CompiledJourney, run: Run, at: number, from: From): void {
  ask(draft, journey, run, { kind: 'arrive' }, at, from)
}

/** Does what a step said, and goes on from step to step until the run waits, hangs or ends. */
function follow(draft: Draft, journey: CompiledJourney, start: Run, first: Resolution, at: number, from: From): void {
  let run = start
  let resolution = first
  for (let taken = 1; resolution.kind === 'go'; taken++) {
    const { port, message, set } = resolution
    if (message !== undefined) addMessage(draft, message, at, from)
    if (set !== undefined) updateTraits(draft, journey, run, set, at, from)
    draft.effects.push({ kind: 'edge', journey: journey.id, version: journey.version, edge: edgeId(run.step, port) })
    const next = journey.steps.get(run.step)?.next.get(port)
    const step = next === undefined ? undefined : journey.steps.get(next)
    if (next === undefined || step === undefined) return end(draft, journey, run, at, 'end', 'end', from)
    if (taken > maxStepsWithoutWaiting)
      return end(draft, journey, run, at, 'exit', `stopped at ${next}: took ${maxStepsWithoutWaiting} steps without a wait`, from)
    const { wakesAt: _, ...moving } = run
    run = { ...moving, step: next, since: at, hops: run.hops + 1 }
    const answer = step.resolve(visit(draft, journey, run, at), { kind: 'arrive' })
    resolution = answer ?? { kind: 'undecided' }
  }
  if (resolution.kind === 'leave') return end(draft, journey, run, at, 'exit', resolution.reason, from)
  const { wakesAt: _, ...standing } = run
  const settled: Run = resolution.kind === 'wait' ? { ...standing, wakesAt: resolution.until } : standing
  const others = draft.runs.filter(({ id }) => id !== run.id)
  draft.runs = [...others, settled]
  draft.effects.push({ kind: 'run-at', run: settled })
}

function end(
  draft: Draft,
  journey: CompiledJourney,
  run: Run,
  at: number,
  port: 'goal' | 'exit' | 'end',
  reason: string,
  from: From,
): void {
  draft.runs = draft.runs.filter(({ id }) => id !== run.id)
  // Nobody was told of a run at the gate.
  if (run.step === gate) return
  if (port === 'goal') addFact(draft, eventNames.goalReached, at, about(journey, run), from)
  addFact(draft, eventNames.journeyLeft, at, { ...about(journey, run), step: run.step, reason }, from)
  draft.effects.push({ kind: 'edge', journey: journey.id, version: journey.version, edge: `left:${port}` })
  draft.effects.push({ kind: 'run-over', run: run.id, journey: journey.id, version: journey.version, reason })
}

function addMessage(draft: Draft, message: NonNullable<Extract<Resolution, { kind: 'go' }>['message']>, at: number, from: From): void {
  draft.effects.push(message)
  const { id, channel, template, journey, step, reason, decision } = message
  const properties = { message_id: id, channel, template, journey, step, reason }
  if (decision.kind === 'send') addFact(draft, eventNames.messagePlanned, at, properties, from)
  else addFact(draft, eventNames.messageHeldBack, at, { ...properties, rule: decision.rule }, from)
}

function updateTraits(
  draft: Draft,
  journey: CompiledJourney,
  run: Run,
  set: { readonly [name: string]: Json },
  at: number,
  from: From,
): void {
  for (const [name, value] of Object.entries(set)) draft.traits = addTrait(draft.traits, name, value, at)
  addFact(draft, eventNames.profileUpdated, at, { traits: set, ...about(journey, run), step: run.step }, from)
  for (const name of Object.keys(set)) for (const segment of concernedBy(draft, name)) decideMembership(draft, segment, from)
}

function visit(draft: Draft, journey: CompiledJourney, run: Run, at: number) {
  const { base, definitions, traits, consents, suppressed, now } = draft
  return {
    run,
    journey: { id: journey.id, name: journey.name, version: journey.version, goal: journey.goal?.name ?? null },
    profile: { id: base.id, traits, consents, suppressed },
    view: draft,
    at,
    now,
    settings: definitions.settings,
    computed: () => valuesOfTraits(definitions, draft, draft.now),
    templateVersion: (template: string) => definitions.templates.get(template),
  }
}

function about(journey: CompiledJourney, run: Run) {
  return { journey: journey.id, version: journey.version, run: run.id }
}
