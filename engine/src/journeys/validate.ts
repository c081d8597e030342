import { identifierKinds, startsOf, type ChannelKind, type JourneyDefinition, type Problem } from '@throughline/contracts'
import { stepsInOrder } from './describe.ts'
import { findLookBackProblems } from './look-back.ts'
import { findExperimentProblems } from './steps/experiment.ts'
import { behaviourOf } from './registry.ts'
import { findRuleProblems } from './rules.ts'

/** What a journey may refer to. */
export interface Known {
  /** Channel of every template, by its id. */
  readonly templates: ReadonlyMap<string, ChannelKind>
  /** Journeys by their ids. */
  readonly journeys: ReadonlyMap<string, JourneyDefinition>
}

/** What is wrong with a journey that its schema cannot see. Every message names the step. Empty: nothing. */
export function validateJourney(journey: JourneyDefinition, known: Known): readonly Problem[] {
  return [
    ...findNamesTaken(journey),
    ...findUnknownSteps(journey),
    ...findUnreachable(journey),
    ...findEndlessCircles(journey),
    ...findTemplateProblems(journey, known),
    ...findIdentifiersSet(journey),
    ...findRuleProblems(journey),
    ...findOtherJourneys(journey, known),
    ...findLookBackProblems(journey),
    ...findExperimentProblems(journey),
  ]
}

/** Passages of ways are counted by step and number (`split:0`); so are entries (`entry:0`) and goals (`goal:0`) of the journey itself. */
const takenNames = ['entry', 'goal']

function* findNamesTaken(journey: JourneyDefinition): Iterable<Problem> {
  for (const id of takenNames) {
    if (!Object.hasOwn(journey.steps, id)) continue
    yield {
      field: `steps.${id}`,
      value: id,
      allowed: `any other id, such as ${id}-step`,
      message: `a step of journey "${journey.id}" has the id "${id}", by which its ${id === 'goal' ? 'goals' : 'entries'} are counted: give it another`,
    }
  }
}

function* findUnknownSteps(journey: JourneyDefinition): Iterable<Problem> {
  const ids = Object.keys(journey.steps)
  const allowed = ids.length === 0 ? 'a journey needs at least one step' : `one of ${ids.join(', ')}`
  if (!ids.includes(journey.start)) {
    yield {
      field: 'start',
      value: journey.start,
      allowed,
      message: `journey "${journey.id}" starts at the step "${journey.start}", which it does not have`,
    }
  }
  for (const [id, step] of Object.entries(journey.steps)) {
    for (const { port, next } of behaviourOf(step).waysOut(step)) {
      if (next === undefined || ids.includes(next)) continue
      yield {
        field: `steps.${id}.${fieldOf(step, port)}`,
        value: next,
        allowed,
        message: `step "${id}" of journey "${journey.id}" leads to the step "${next}", which does not exist`,
      }
    }
  }
}

/** Who somebody is, and where they are reached, is theirs and the shop's to say: by it people are found, merged, suppressed and forgotten. */
function* findIdentifiersSet(journey: JourneyDefinition): Iterable<Problem> {
  for (const [id, step] of Object.entries(journey.steps)) {
    if (step.kind !== 'update-profile') continue
    for (const kind of identifierKinds) {
      if (!Object.hasOwn(step.set, kind)) continue
      yield {
        field: `steps.${id}.set.${kind}`,
        value: step.set[kind],
        allowed: `any trait but ${identifierKinds.join(', ')}`,
        message: `step "${id}" of journey "${journey.id}" sets ${kind}, by which people are told apart: only an identify may say it`,
      }
    }
  }
}

/** The lists in which the ways of a step stand, where they are not its `paths`. */
const listOfWays: { readonly [kind: string]: string } = { 'wait-for': 'any', reaction: 'ways', experiment: 'variants' }

function fieldOf(step: JourneyDefinition['steps'][string], port: string | number): string {
  if (typeof port === 'string') return port
  return `${listOfWays[step.kind] ?? 'paths'}.${port}.next`
}

function* findUnreachable(journey: JourneyDefinition): Iterable<Problem> {
  if (journey.steps[journey.start] === undefined) return
  const reached = new Set(stepsInOrder(journey))
  for (const id of Object.keys(journey.steps)) {
    if (reached.has(id)) continue
    yield {
      field: `steps.${id}`,
      value: id,
      allowed: 'a step that another one leads to, or the start',
      message: `nobody can come to the step "${id}" of journey "${journey.id}": no step leads to it`,
    }
  }
}

/** Circles in which nobody ever waits: a depth-first walk over the steps that take no time. */
function* findEndlessCircles(journey: JourneyDefinition): Iterable<Problem> {
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const problems: Problem[] = []
  for (const id of Object.keys(journey.steps)) visit(id)
  yield* problems

  function visit(id: string): void {
    const step = journey.steps[id]
    if (step === undefined || state.get(id) === 'done' || behaviourOf(step).takesTime(step)) return
    if (state.get(id) === 'open') {
      const circle = [...path.slice(path.indexOf(id)), id].join(' → ')
      problems.push({
        field: `steps.${id}`,
        value: circle,
        allowed: 'a circle with a wait in it',
        message: `step "${id}" of journey "${journey.id}" leads back to itself without a wait: ${circle}`,
      })
      return
    }
    state.set(id, 'open')
    path.push(id)
    for (const { next } of behaviourOf(step).waysOut(step)) if (next !== undefined) visit(next)
    path.pop()
    state.set(id, 'done')
  }
}

function* findTemplateProblems(journey: JourneyDefinition, known: Known): Iterable<Problem> {
  const ofChannel = (channel: ChannelKind) => [...known.templates].filter(([, found]) => found === channel).map(([id]) => id)
  for (const [id, step] of Object.entries(journey.steps)) {
    const sayings =
      step.kind === 'message'
        ? [{ ...step, field: 'template' }]
        : step.kind === 'best-message'
          ? step.channels.map((one, i) => ({ ...one, field: `channels.${i}.template` }))
          : step.kind === 'webhook'
            ? [{ channel: 'webhook' as const, template: step.template, field: 'template' }]
            : []
    for (const { channel, template, field } of sayings) {
      const found = known.templates.get(template)
      if (found === channel) continue
      const templates = ofChannel(channel)
      yield {
        field: `steps.${id}.${field}`,
        value: template,
        allowed:
          templates.length === 0 ? `a template for ${channel}; there is none yet` : `a template for ${channel}: ${templates.join(', ')}`,
        message:
          found === undefined
            ? `step "${id}" of journey "${journey.id}" sends the template "${template}", which does not exist`
            : `step "${id}" of journey "${journey.id}" sends by ${channel}, but its template "${template}" is for ${found}`,
      }
    }
  }
}

/** Steps that start or stop another journey. */
function* findOtherJourneys(journey: JourneyDefinition, known: Known): Iterable<Problem> {
  for (const [id, step] of Object.entries(journey.steps)) {
    if (step.kind !== 'start-journey' && step.kind !== 'stop-journey') continue
    const other = step.journey === journey.id ? undefined : known.journeys.get(step.journey)
    const starts = step.kind === 'start-journey'
    if (other !== undefined && (!starts || startsOf(other).some(({ kind }) => kind === 'journey'))) continue
    const fitting = [...known.journeys.values()].filter(
      (one) => one.id !== journey.id && (!starts || startsOf(one).some(({ kind }) => kind === 'journey')),
    )
    const what = starts ? 'another journey with an entry of the kind journey' : 'another journey'
    const why =
      step.journey === journey.id
        ? 'which is this very journey'
        : other === undefined
          ? 'which does not exist'
          : 'which has no entry of the kind journey'
    yield {
      field: `steps.${id}.journey`,
      value: step.journey,
      allowed: fitting.length === 0 ? `${what}; there is none` : `${what}: ${fitting.map((one) => one.id).join(', ')}`,
      message: `step "${id}" of journey "${journey.id}" ${starts ? 'starts' : 'stops'} the journey "${step.journey}", ${why}`,
    }
  }
}
