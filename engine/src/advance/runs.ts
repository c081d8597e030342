import { eventNames, type Json, type JsonObject } from '@throughline/contracts'
import type { Occurrence } from '../conditions/index.ts'
import { valuesOfTraits } from '../definitions/index.ts'
import { edgeId, type MessageEffect } from '../effects.ts'
import { noteOutcome, rememberMessage, rememberStep, type Cause, type CompiledJourney, type Resolution } from '../journeys/index.ts'
import { addTrait } from '../profiles/index.ts'
import { gate, type Run } from '../profile.ts'
import { noteTraitChanges } from './trait-changes.ts'
import { rememberWay } from './conversion.ts'
import { carryOut } from './deeds.ts'
import { addFact, type Draft } from './draft.ts'
import { endStay, leaveStep, type OpenRun } from './run-copies.ts'
import { breakOff, countGoals, end, endingOf, isHalted, journeyOf, slotOfRun, withoutRun, type From } from './leaving.ts'
import { concernedBy, decideMembership } from './memberships.ts'
import { countMessage } from './messaged.ts'
import { aboveOf } from './turns.ts'

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

type Exposure = NonNullable<Extract<Resolution, { kind: 'go' }>['exposure']>

/** Steps that may be taken without waiting; a run that takes more goes round in a circle and is ended. */
const maxStepsWithoutWaiting = 100

/** What the event does to a run: reaches its goals, ends it, or moves it on from a step that waits for it. */
export function hearInRun(draft: Draft, run: Run, occurrence: Occurrence, from: From): void {
  const journey = journeyOf(draft, run)
  // Another run that heard it before may have stopped this one.
  if (journey === undefined || !draft.runs.includes(run)) return
  const counted = run.step === gate ? run : countGoals(draft, journey, run, occurrence, from)
  const standing = noteOutcome(counted, occurrence, journey.remembered.messages, draft.clock)
  if (standing !== run) draft.runs = draft.runs.map((one) => (one === run ? standing : one))
  const ending = endingOf(draft, journey, occurrence, slotOfRun(run))
  if (ending !== undefined) return breakOff(draft, journey, standing, ending, from)
  if (run.step !== gate) ask(draft, journey, standing, { kind: 'event', occurrence }, draft.clock, from)
}

/** What came of the request that a run waits for. One that stands still goes on by it once its journey does. */
export function hearStepAnswer(
  draft: Draft,
  {
    id,
    step,
    ok,
    fields,
    reason,
  }: { readonly id: string; readonly step: string; readonly ok: boolean; readonly fields: JsonObject; readonly reason?: string },
  from: From,
): void {
  const run = draft.runs.find((one) => one.asking === id && one.step === step)
  if (run === undefined) return
  const { asking: _, ...waiting } = run
  const answered: Run = {
    ...waiting,
    wakesAt: draft.now,
    answered: { ok, ...(reason !== undefined && { reason }) },
    ...(ok && { answers: { ...run.answers, [step]: fields } }),
  }
  draft.runs = draft.runs.map((one) => (one === run ? answered : one))
  wake(draft, answered, draft.now, from)
}

/** Moves a run on whose wait was over at `at`. */
export function wake(draft: Draft, run: Run, at: number, from: From): void {
  const journey = journeyOf(draft, run)
  if (journey !== undefined) ask(draft, journey, run, { kind: 'wake' }, at, from)
}

/** Asks the step at which a run stands what to do. */
export function ask(draft: Draft, journey: CompiledJourney, run: Run, cause: Cause, at: number, from: From): void {
  const step = journey.steps.get(run.step)
  if (step === undefined || isHalted(draft, journey.id)) return
  const resolution = step.resolve(visit(draft, journey, run, at), cause)
  if (resolution === null || (resolution.kind === 'undecided' && run.wakesAt === undefined && draft.runs.includes(run))) return
  follow(draft, journey, run, resolution, at, from)
}

/** A run comes to the step at which it stands. */
export function arrive(draft: Draft, journey: CompiledJourney, run: Run, at: number, from: From): void {
  ask(draft, journey, run, { kind: 'arrive' }, at, from)
}

/** Does what a step said, and goes on from step to step until the run waits, hangs or ends. */
function follow(draft: Draft, journey: CompiledJourney, start: Run, first: Resolution, at: number, from: From): void {
  let run = start
  let resolution = first
  for (let taken = 1; resolution.kind === 'go'; taken++) {
    const { port, message, set, start, stop, deed, exposure } = resolution
    run = rememberStep(run, port, message, journey.remembered, at)
    if (message !== undefined) run = say(draft, journey, run, message, at, from)
    if (exposure !== undefined) run = expose(draft, journey, run, exposure, at, from)
    if (start !== undefined) requestJourney(draft, run, start, at, from)
    if (stop !== undefined) stopRuns(draft, stop, journey, from)
    if (set !== undefined) updateTraits(draft, journey, run, set, at, from)
    if (deed !== undefined) carryOut(draft, journey, run, deed, at, from)
    const left = journey.steps.get(run.step)
    const way = left?.edges.get(port) ?? edgeId(run.step, port)
    draft.effects.push({ kind: 'edge', journey: journey.id, version: journey.version, edge: way })
    const moving = leaveStep(run)
    rememberWay(draft, journey, moving, way)
    run = moving
    const next = left?.next.get(port)
    const step = next === undefined ? undefined : journey.steps.get(next)
    if (next === undefined || step === undefined) return end(draft, journey, run, at, 'end', 'end', from)
    if (taken > maxStepsWithoutWaiting)
      return end(draft, journey, run, at, 'exit', `stopped at ${next}: took ${maxStepsWithoutWaiting} steps without a wait`, from)
    moving.step = next
    moving.since = at
    moving.hops++
    const answer = step.resolve(visit(draft, journey, run, at), { kind: 'arrive' })
    resolution = answer ?? { kind: 'undecided' }
  }
  if (resolution.kind === 'leave') return end(draft, journey, run, at, 'exit', resolution.reason, from)
  const standing = endStay(run)
  const settled: Run = resolution.kind === 'wait' ? wait(draft, journey, standing, resolution, at, from) : standing
  draft.runs = [...withoutRun(draft, run), settled]
  draft.effects.push({ kind: 'run-at', run: settled })
  if (resolution.kind === 'wait' && resolution.ask !== undefined) draft.effects.push(resolution.ask)
}

function wait(
  draft: Draft,
  journey: CompiledJourney,
  run: OpenRun,
  { until, best, message, tried, delayed, held, ask: asked }: Extract<Resolution, { kind: 'wait' }>,
  at: number,
  from: From,
): Run {
  if (delayed !== undefined)
    addFact(draft, eventNames.messageDelayed, at, { ...delayed, until, journey: journey.id, run: run.id, step: run.step }, from)
  const waiting: OpenRun =
    message === undefined ? run : { ...say(draft, journey, rememberMessage(run, message, journey.remembered, at), message, at, from) }
  waiting.wakesAt = until
  if (best !== undefined) waiting.best = best
  if (tried !== undefined) waiting.tried = tried
  if (held === true) waiting.held = held
  if (asked !== undefined) waiting.asking = asked.id
  return waiting
}

/** Says what a step wants to say. Answers the run, which may remember when. */
function say(draft: Draft, journey: CompiledJourney, run: Run, message: MessageEffect, at: number, from: From): Run {
  addMessage(draft, message, at, from)
  return journey.countsLater ? { ...run, messagedAt: at } : run
}

function addMessage(draft: Draft, message: MessageEffect, at: number, from: From): void {
  draft.effects.push(message)
  countMessage(draft, message)
  const { id, channel, template, journey, step, reason, decision } = message
  const properties = { message_id: id, channel, template, journey, step, reason }
  if (decision.kind === 'send') addFact(draft, eventNames.messagePlanned, at, properties, from)
  else addFact(draft, eventNames.messageHeldBack, at, { ...properties, rule: decision.rule }, from)
}

/** Records which variant the person was given, once a run. */
function expose(draft: Draft, journey: CompiledJourney, run: Run, exposure: Exposure, at: number, from: From): Run {
  const { exposed = [] } = run
  if (exposed.includes(exposure.experiment)) return run
  addFact(draft, eventNames.experimentExposed, at, { ...exposure, ...about(journey, run), step: run.step }, from)
  return { ...run, exposed: [...exposed, exposure.experiment] }
}

/** Asks another journey to take the person in; it hears of it once this event is done with. */
function requestJourney(draft: Draft, run: Run, journey: string, at: number, from: From): void {
  const { properties } = run.trigger
  addFact(draft, eventNames.journeyRequested, at, { journey, by: 'journey', from: run.journey, properties }, from)
}

function stopRuns(draft: Draft, id: string, by: CompiledJourney, from: From): void {
  for (const run of draft.runs) {
    const journey = run.journey === id ? journeyOf(draft, run) : undefined
    if (journey !== undefined) breakOff(draft, journey, run, { port: 'exit', name: `the journey ${by.name}` }, from)
  }
}

function updateTraits(
  draft: Draft,
  journey: CompiledJourney,
  run: Run,
  set: { readonly [name: string]: Json },
  at: number,
  from: From,
): void {
  const before = draft.traits
  for (const [name, value] of Object.entries(set)) draft.traits = addTrait(draft.traits, name, [value, at])
  noteTraitChanges(draft, before, Object.keys(set), from)
  addFact(draft, eventNames.profileUpdated, at, { traits: set, ...about(journey, run), step: run.step }, from)
  for (const name of Object.keys(set)) for (const segment of concernedBy(draft, name)) decideMembership(draft, segment, from)
}

function visit(draft: Draft, journey: CompiledJourney, run: Run, at: number) {
  const { base, definitions, traits, consents, suppressed, messaged, now } = draft
  return {
    run,
    journey,
    profile: { id: base.id, traits, consents, suppressed, messaged },
    view: draft,
    at,
    now,
    settings: definitions.settings,
    computed: () => valuesOfTraits(definitions, draft, draft.now),
    above: () => aboveOf(draft, journey, run),
    templateVersion: (template: string) => definitions.templates.get(template),
  }
}

function about(journey: CompiledJourney, run: Run) {
  return { journey: journey.id, version: journey.version, run: run.id }
}
