import { durationToMs, eventNames, type JourneyExit, type JourneyGoal } from '@throughline/contracts'
import {
  compileMatch,
  describeClause,
  describeCondition,
  describeMatch,
  type CompiledCondition,
  type Compiler,
  type Occurrence,
} from '../conditions/index.ts'
import { keyIn, slotOf } from './key.ts'

/** An event that is a goal of a run, or ends it. */
interface CompiledEnding {
  readonly name: string
  readonly event: string
  /** Whether the event is meant, and for the run of this slot; see `slotOf`. */
  matches(occurrence: Occurrence, slot: string): boolean
}

export interface CompiledGoal extends CompiledEnding {
  readonly leaves: boolean
  /** What has to be so when the event comes; null: nothing. While history is read for it, it is not. */
  readonly condition: CompiledCondition | null
  /** How long it counts, ms, and from when; null: while the run goes on. */
  readonly window: { readonly ms: number; readonly since: JourneyGoal['since'] } | null
}

/** Something that, being true, ends a run. */
export interface CompiledWatch {
  readonly name: string
  readonly condition: CompiledCondition
}

export interface CompiledExits {
  readonly events: readonly CompiledEnding[]
  readonly watches: readonly CompiledWatch[]
}

/** A goal by its name, or in words. */
export function nameOfGoal(goal: JourneyGoal): string {
  return goal.name ?? `${describeMatch(goal.on)}${goal.if === undefined ? '' : `, if the person ${describeClause(goal.if)}`}`
}

export function compileGoal(goal: JourneyGoal, journey: string, compiler: Compiler): CompiledGoal {
  return {
    name: nameOfGoal(goal),
    event: goal.on.event,
    matches: ofSlot(compileMatch(goal.on, compiler.context), goal.key, journey),
    leaves: goal.afterwards === 'leave',
    condition: goal.if === undefined ? null : compiler.compile(goal.if),
    window: goal.within === undefined ? null : { ms: durationToMs(goal.within), since: goal.since },
  }
}

export function compileExits(exits: readonly JourneyExit[], journey: string, compiler: Compiler): CompiledExits {
  const events: CompiledEnding[] = []
  const watches: CompiledWatch[] = []
  for (const exit of exits) {
    const name = describeExit(exit)
    switch (exit.kind) {
      case 'event':
        events.push({ name, event: exit.on.event, matches: ofSlot(compileMatch(exit.on, compiler.context), exit.key, journey) })
        break
      case 'segment-left':
        events.push({
          name,
          event: eventNames.segmentLeft,
          matches: ({ name: said, properties }) => said === eventNames.segmentLeft && properties.segment === exit.segment,
        })
        break
      case 'condition':
        watches.push({ name, condition: compiler.compile(exit.if) })
        break
      case 'consent-withdrawn':
        watches.push({ name, condition: compiler.compile({ kind: 'consent', channel: exit.channel, is: 'withdrawn' }) })
        break
      default:
        exit satisfies never
    }
  }
  return { events, watches }
}

/** What ends a run, as the reason that is stored and shown. */
export function describeExit(exit: JourneyExit): string {
  switch (exit.kind) {
    case 'event':
      return describeMatch(exit.on)
    case 'segment-left':
      return `left the segment ${exit.segment}`
    case 'condition':
      return describeCondition(exit.if)
    case 'consent-withdrawn':
      return `withdrew consent to ${exit.channel}`
    default:
      return exit satisfies never
  }
}

function ofSlot(
  matches: (occurrence: Occurrence) => boolean,
  path: string | undefined,
  journey: string,
): (occurrence: Occurrence, slot: string) => boolean {
  if (path === undefined) return matches
  return (occurrence, slot) => {
    if (!matches(occurrence)) return false
    const key = keyIn(occurrence.properties, path)
    return key !== null && slotOf(journey, key) === slot
  }
}
