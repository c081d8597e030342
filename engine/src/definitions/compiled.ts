import { eventNames, type Alone, type JourneyState, type TraitDefinition } from '@throughline/contracts'
import type { CompiledCondition, CompiledMeasure, Leaf, Memory } from '../conditions/index.ts'
import type { CompiledCampaign, CompiledJourney } from '../journeys/index.ts'
import type { CompiledDefinitions } from '../ports.ts'

export interface CompiledSegment {
  readonly id: string
  /** Of the publication that brought this version. */
  readonly epoch: number
  readonly condition: CompiledCondition
}

/** Everything that events of one name concern. */
export interface Concern {
  readonly memories: readonly {
    readonly memory: Memory
    /** Keys of the leaves that look at it. */
    readonly leaves: readonly string[]
    readonly segments: readonly CompiledSegment[]
    readonly timed: readonly CompiledSegment[]
  }[]
  /** Segments that such an event may change otherwise than by a memory. */
  readonly segments: readonly CompiledSegment[]
  /** Journeys, in their latest version, that such an event may start. */
  readonly entries: readonly CompiledJourney[]
  /** Journeys, in every version, whose goal such an event may be, or that it may end. */
  readonly endings: readonly CompiledJourney[]
  /** Whether such an event may move a run of any version. */
  readonly moves: boolean
}

/** Where runs of a version go that people are moved away from. */
export interface Mapping {
  readonly target: CompiledJourney
  /** By the step at which they stand; null: out. Who stands at another stays. */
  readonly steps: ReadonlyMap<string, string | null>
  readonly by: string
}

/** What stands behind {@link CompiledDefinitions}, for the engine's own eyes. */
export interface Compiled extends CompiledDefinitions {
  readonly leaves: ReadonlyMap<string, Leaf>
  readonly memories: ReadonlyMap<string, Memory>
  /** Keys of the leaves that look at a memory, by its key. */
  readonly leavesByMemory: ReadonlyMap<string, readonly string[]>
  /** Keys of the leaves on which a step or an entry of a journey hangs, in any version. */
  readonly journeyLeaves: ReadonlySet<string>
  /** What events of this name concern; `undefined`: nothing. */
  concernOf(eventName: string): Concern | undefined
  /** Names, and patterns of names, of all events that anything depends on. */
  readonly names: readonly string[]
  readonly segments: readonly CompiledSegment[]
  /** Ids of segments out of use: nobody stays in them. */
  readonly archivedSegments: ReadonlySet<string>
  /** Those that time alone can change. */
  readonly timedSegments: readonly CompiledSegment[]
  /** Those that hang on how everybody else stands. */
  readonly rankedSegments: readonly CompiledSegment[]
  /** Those that somebody is in of whom nothing is known: no event has to touch them for a new person to enter. */
  readonly openSegments: readonly CompiledSegment[]
  /** Computed traits, in their latest version. */
  readonly traits: readonly { readonly definition: TraitDefinition; readonly measure: CompiledMeasure }[]
  readonly segmentsByTrait: ReadonlyMap<string, readonly CompiledSegment[]>
  /** By {@link versionKey}. */
  readonly journeys: ReadonlyMap<string, CompiledJourney>
  /** Journeys, in their latest version, that a change of this trait may start. */
  readonly entriesByTrait: ReadonlyMap<string, readonly CompiledJourney[]>
  /** Journeys, in their latest version, that start on dates of people, and the traits by which those dates change. */
  readonly dated: readonly CompiledJourney[]
  readonly dateTraits: ReadonlySet<string>
  /** Campaigns, by {@link versionKey}; their journeys are among the others. */
  readonly campaigns: ReadonlyMap<string, CompiledCampaign>
  /** Where runs of older versions go, by the {@link versionKey} on which they are. */
  readonly mappings: ReadonlyMap<string, Mapping>
  /** How far back messages count for a cap, ms; 0 where there are none. */
  readonly capsReach: number
  /** Journeys in their latest version. */
  readonly latestJourneys: ReadonlyMap<string, CompiledJourney>
  /** The priorities of journeys, in any version, from the highest on. */
  readonly priorities: readonly number[]
  /** The place of every version of a journey in the order in which they have their turn. */
  readonly turns: ReadonlyMap<CompiledJourney, number>
  /** In which ways journeys, in any version, make those below them hold back. */
  readonly loners: ReadonlySet<Alone['others']>
  /** Whether there is something that, being so, ends runs of any version. */
  readonly watches: boolean
  /** Latest version of every template. */
  readonly templates: ReadonlyMap<string, number>
}

/** Whether everybody is to leave a journey that stands so. */
export function isOver(state: JourneyState | undefined): boolean {
  return state === 'stopped' || state === 'archived'
}

/** How a version of a journey is found. */
export function versionKey(journey: string, version: number): string {
  return `${journey}@${version}`
}

/** The engine's side of compiled definitions. Throws a `TypeError` on an object that `compileDefinitions` did not make. */
export function lookInside(definitions: CompiledDefinitions): Compiled {
  if (!isCompiled(definitions)) throw new TypeError('definitions must come from compileDefinitions')
  return definitions
}

function isCompiled(definitions: CompiledDefinitions): definitions is Compiled {
  return 'concernOf' in definitions && 'timedSegments' in definitions
}

/** Outcomes that say of a message that nobody got it: it counts for no cap. */
export const uncounting: ReadonlySet<string> = new Set([eventNames.messageHeldBack, eventNames.messageFailed])
