import { durationToMs, type JourneyDefinition } from '@throughline/contracts'
import { compileMatch, describeMatch, type CompiledCondition, type Compiler, type Matcher } from '../conditions/index.ts'
import type { Entry } from '../profile.ts'
import type { Port, Resolve } from './behaviour.ts'
import { behaviourOf } from './registry.ts'

export interface CompiledStep {
  readonly resolve: Resolve
  /** Where each way out leads; a way that is not in it ends the run. */
  readonly next: ReadonlyMap<Port, string>
}

/** One version of a journey, made ready for the hot path. */
export interface CompiledJourney {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly entry: {
    readonly event: string
    readonly matches: Matcher
    readonly condition: CompiledCondition | null
    /** Whether somebody who was in it before may enter at this instant. */
    mayEnter(entry: Entry | undefined, now: number): boolean
  }
  readonly goal: { readonly name: string; readonly matches: Matcher } | null
  readonly exits: readonly { readonly name: string; readonly matches: Matcher }[]
  /** Names of the events that may be its goal or end it. */
  readonly endedBy: readonly string[]
  readonly start: string
  readonly steps: ReadonlyMap<string, CompiledStep>
  /** Names of the events that may move a run of it. */
  readonly hears: readonly string[]
}

/** A version of a journey as matchers, closures and a graph. */
export function compileJourney(definition: JourneyDefinition, version: number, compiler: Compiler): CompiledJourney {
  const { entry, goal } = definition
  const steps = Object.entries(definition.steps)
  const endedBy = [...(goal === undefined ? [] : [goal.on.event]), ...(definition.exitOn ?? []).map(({ event }) => event)]
  return {
    id: definition.id,
    name: definition.name,
    version,
    entry: {
      event: entry.on.event,
      matches: compileMatch(entry.on, compiler.context),
      condition: entry.if === undefined ? null : compiler.compile(entry.if),
      mayEnter: compileReentry(entry.reentry),
    },
    goal: goal === undefined ? null : { name: goal.name ?? describeMatch(goal.on), matches: compileMatch(goal.on, compiler.context) },
    exits: (definition.exitOn ?? []).map((on) => ({ name: describeMatch(on), matches: compileMatch(on, compiler.context) })),
    endedBy,
    start: definition.start,
    steps: new Map(
      steps.map(([id, step]) => {
        const behaviour = behaviourOf(step)
        const next = new Map(behaviour.waysOut(step).flatMap((way) => (way.next === undefined ? [] : [[way.port, way.next] as const])))
        return [id, { resolve: behaviour.compile(step, compiler), next }]
      }),
    ),
    hears: [...endedBy, ...steps.flatMap(([, step]) => behaviourOf(step).hears(step))],
  }
}

function compileReentry(reentry: JourneyDefinition['entry']['reentry']): CompiledJourney['entry']['mayEnter'] {
  switch (reentry.kind) {
    case 'never':
      return (entry) => entry === undefined
    case 'always':
      return () => true
    case 'after': {
      const pause = durationToMs(reentry.time)
      return (entry, now) => entry === undefined || now >= entry.lastAt + pause
    }
    default:
      return reentry satisfies never
  }
}
