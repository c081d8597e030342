import type { Json, JsonObject } from '@throughline/contracts'
import type { Occurrence } from '../conditions/index.ts'
import { lookInside, type Compiled, type CompiledSegment } from '../definitions/index.ts'
import type { Effect } from '../effects.ts'
import type { CompiledJourney } from '../journeys/index.ts'
import { withValue, type Table } from '../table.ts'
import { hash32, stableId } from '../hash.ts'
import type { AdvanceContext } from '../ports.ts'
import type { ProfileState, Run } from '../profile.ts'

/**
 * A profile while it is being advanced: the parts that change are replaced by copies, each at most once, and the profile that
 * was handed in stays as it is. A draft is also a `View`, so conditions see what has changed so far.
 */
export interface Draft {
  readonly id: string
  readonly base: ProfileState
  readonly definitions: Compiled
  shardPending: ReadonlySet<string>
  readonly now: number
  /** Addresses known to get nothing, by `channel:address`, with the reason. */
  readonly suppressions: AdvanceContext['suppressions']
  /** The instant for which memberships are decided: `now`, or an earlier one while passed time is caught up with. */
  clock: number
  /** What moves the profile: the id of the event, or the kind of another input. Part of the ids of facts. */
  readonly cause: string
  traits: ProfileState['traits']
  consents: ProfileState['consents']
  suppressed: ProfileState['suppressed']
  memories: Table<Json>
  segments: Table<number>
  entries: ProfileState['entries']
  runs: readonly Run[]
  messaged: ProfileState['messaged']
  pending: readonly string[] | undefined
  flipsAt: number | undefined
  entersAt: number | undefined
  /** Whether `flipsAt` has to be found anew among all segments before the draft is closed. */
  isUntimed: boolean
  /**
   * While {@link isUntimed} because of one memory alone: no segment that does not look at it flips before `others`, and those that do
   * flip at `own`, epoch ms.
   */
  lastFlips: { readonly others: number; readonly own: number | undefined } | undefined
  readonly effects: Effect[]
  /** Facts that a definition reads, still to be heard. */
  readonly unheard: Heard[]
  /** Changes of traits by which journeys start, still to be heard. */
  readonly changes: TraitChange[]
  /** What journeys still have to make of what was heard, because others go first. */
  readonly later: Turn[]
  /** Whether waits that are over end: the profile's timer is due. */
  endsWaits: boolean
  /** Waits that have ended so far. */
  woken: number
  facts: number
}

/** An event, or a fact concluded from one, as it is heard by leaves and journeys. */
export interface Heard {
  readonly occurrence: Occurrence
  readonly triggers: boolean
  /** How many facts lie between it and what came in: 0 for the event itself. */
  readonly generation: number
  /** It became so by the reading of history, for the first time. */
  readonly backfill?: true
  /** It is remembered already, and these segments look at what changed by it. */
  readonly touched?: readonly CompiledSegment[]
}

/** The turn of the journeys of one priority to make something of what was heard. */
export interface Turn {
  readonly priority: number
  take(): void
}

/** A trait got another value, and these journeys ask about it. */
export interface TraitChange extends Heard {
  readonly journeys: readonly CompiledJourney[]
}

export function openDraft(profile: ProfileState, ctx: AdvanceContext, cause: string): Draft {
  return {
    id: profile.id,
    base: profile,
    definitions: lookInside(ctx.definitions),
    shardPending: ctx.pending,
    now: ctx.now,
    suppressions: ctx.suppressions,
    clock: ctx.now,
    cause,
    traits: profile.traits,
    consents: profile.consents,
    suppressed: profile.suppressed,
    memories: profile.memories,
    segments: profile.segments,
    entries: profile.entries,
    runs: profile.runs,
    messaged: profile.messaged,
    pending: profile.pending,
    flipsAt: profile.flipsAt,
    entersAt: profile.entersAt,
    isUntimed: false,
    lastFlips: undefined,
    effects: [],
    unheard: [],
    changes: [],
    later: [],
    endsWaits: false,
    woken: 0,
    facts: 0,
  }
}

export function setMemory(draft: Draft, key: string, state: Json): void {
  draft.memories = withValue(draft.memories, key, state)
}

/** Lets `flipsAt` be found anew among all timed segments before the draft is closed. */
export function untime(draft: Draft): void {
  draft.isUntimed = true
  draft.lastFlips = undefined
}

/** Records a fact; if a definition reads facts of this name, it is heard once the present one is done with. */
export function addFact(draft: Draft, name: string, at: number, properties: JsonObject, from: Omit<Heard, 'occurrence'>): void {
  const id = stableId('fact', draft.base.id, draft.cause, at, draft.facts++)
  draft.effects.push({ kind: 'fact', id, name, at, properties })
  if (draft.definitions.concernOf(name) === undefined) return
  // Its id as an event in the history, so that a fill finds the same one again.
  const eventId = `throughline:${id}`
  draft.unheard.push({
    occurrence: { id: eventId, name, at, hash: hash32(eventId), timestamp: at, properties },
    triggers: from.triggers,
    generation: from.generation + 1,
    ...(from.backfill && { backfill: from.backfill }),
  })
}
