import {
  durationToMs,
  exitsOf,
  goalsOf,
  priorityOf,
  reentryOf,
  startsOf,
  type Alone,
  type JourneyDefinition,
  type Reentry,
} from '@throughline/contracts'
import { compareText } from '../compare-text.ts'
import { rangeOf, type Compiler } from '../conditions/index.ts'
import { edgeId } from '../effects.ts'
import type { Entry } from '../profile.ts'
import type { Port, Resolve } from './behaviour.ts'
import { compileEntry, type CompiledEntry } from './entries.ts'
import { compileLookBacks, type Remembered } from './look-back.ts'
import { compileExits, compileGoal, type CompiledExits, type CompiledGoal } from './leaving.ts'
import { behaviourOf } from './registry.ts'
import { compileWays, type CompiledWays } from './ways.ts'

export interface CompiledStep {
  readonly resolve: Resolve
  /** Where each way out leads; a way that is not in it ends the run. */
  readonly next: ReadonlyMap<Port, string>
  /** The ids of the ways out; see `edgeId`. */
  readonly edges: ReadonlyMap<Port, string>
}

/** One version of a journey, made ready for the hot path. */
export interface CompiledJourney {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly priority: number
  /** What those below it do meanwhile with whoever is in it; null: what they always do. */
  readonly alone: Alone | null
  /** Whether it says something that is no marketing. */
  readonly serves: boolean
  /** Whether coming in and leaving stand on the timeline. */
  readonly isTold: boolean
  readonly entries: readonly CompiledEntry[]
  /** The path of the property by whose values one person has runs side by side. */
  readonly key: string | null
  /** Whether somebody of whom this is remembered may come in (again) at this instant. */
  mayEnter(entry: Entry | undefined, now: number): boolean
  /** How often one person comes in within so many ms, over all keys. */
  readonly perPerson: { readonly times: number; readonly ms: number } | null
  /** How many of its marketing messages one person gets in a time. */
  readonly mostMessages: JourneyDefinition['mostMessages']
  /** How many come in a day, over everybody; and the day of an instant, as its number since 1970. */
  readonly perDay: { readonly most: number; dayOf(at: number): number } | null
  /** Nobody comes in before, or from then on; epoch ms. */
  readonly opens: number
  readonly closes: number
  readonly goals: readonly CompiledGoal[]
  /** The goals in words; null when there is none. */
  readonly goal: string | null
  /** Whether a goal counts after the run as well. */
  readonly countsLater: boolean
  readonly exits: CompiledExits
  /** Names of the events that may be its goal or end it. */
  readonly endedBy: readonly string[]
  readonly start: string
  readonly steps: ReadonlyMap<string, CompiledStep>
  /** The ways that its runs remember, to tell which of them led to a goal; null where that is not asked. */
  readonly ways: CompiledWays | null
  /** What its runs remember of the steps that they have been at. */
  readonly remembered: Remembered
  /** Names of the events that may move a run of it. */
  readonly hears: readonly string[]
}

/** A version of a journey as matchers, closures and a graph. */
export function compileJourney(definition: JourneyDefinition, version: number, compiler: Compiler): CompiledJourney {
  const { id, name, key, perPerson, perDay } = definition
  const { calendar } = compiler.context
  const steps = Object.entries(definition.steps)
  const goals = goalsOf(definition).map((goal) => compileGoal(goal, id, compiler))
  const exits = compileExits(exitsOf(definition), id, compiler)
  const endedBy = [...goals, ...exits.events].map(({ event }) => event)
  const [opens] = rangeOf(definition.opens ?? null, null, compiler.context.calendar)
  const [closes] = definition.closes === undefined ? [Infinity] : rangeOf(definition.closes, null, compiler.context.calendar)
  return {
    id,
    name,
    version,
    priority: priorityOf(definition),
    alone: definition.alone ?? null,
    serves: steps.some(([, step]) => 'purpose' in step && step.purpose === 'transactional'),
    isTold: true,
    entries: startsOf(definition).map((entry, index) => compileEntry(entry, index, id, compiler)),
    key: key ?? null,
    mayEnter: compileReentry(reentryOf(definition)),
    perPerson: perPerson === undefined ? null : { times: perPerson.times, ms: durationToMs(perPerson.within) },
    mostMessages: definition.mostMessages,
    perDay: perDay === undefined ? null : { most: perDay, dayOf: (at) => calendar.dayOf(at) },
    opens,
    closes,
    goals,
    goal: goals.length === 0 ? null : goals.map((goal) => goal.name).join(' or '),
    countsLater: goals.some(({ window }) => window !== null),
    exits,
    endedBy,
    start: definition.start,
    steps: new Map(
      steps.map(([stepId, step]) => {
        const behaviour = behaviourOf(step)
        const ways = behaviour.waysOut(step)
        const next = new Map(ways.flatMap((way) => (way.next === undefined ? [] : [[way.port, way.next] as const])))
        const edges = new Map(ways.map(({ port }) => [port, edgeId(stepId, port)]))
        return [stepId, { resolve: behaviour.compile(step, compiler), next, edges }]
      }),
    ),
    ways: goals.length === 0 ? null : compileWays(definition),
    remembered: compileLookBacks(definition),
    hears: [...endedBy, ...steps.flatMap(([, step]) => behaviourOf(step).hears(step))],
  }
}

/** The order in which journeys have their turn: by priority, the highest first, then by id. */
export function compareTurns(a: CompiledJourney, b: CompiledJourney): number {
  return b.priority - a.priority || compareText(a.id, b.id) || a.version - b.version
}

function compileReentry(reentry: Reentry): CompiledJourney['mayEnter'] {
  switch (reentry.kind) {
    case 'never':
      return (entry) => entry === undefined
    case 'always':
      return () => true
    case 'after': {
      const pause = durationToMs(reentry.time)
      return (entry, now) => entry === undefined || now >= entry.lastAt + pause
    }
    case 'after-leaving': {
      const pause = durationToMs(reentry.time)
      return (entry, now) => entry === undefined || now >= (entry.leftAt ?? entry.lastAt) + pause
    }
    default:
      return reentry satisfies never
  }
}
