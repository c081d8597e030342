import type { AnswerRates, Event, JourneyState, Json, PublishedDefinition, RfmThresholds, Settings } from '@throughline/contracts'
import type { ConditionContext } from './conditions/index.ts'
import type { Effect } from './effects.ts'
import type { ProfileState } from './profile.ts'

/** What the engine is told to move a profile by. */
export type Input =
  | { readonly kind: 'event'; readonly event: Event }
  /** The profile's one timer is due (it may come early; never late is the pipeline's promise). */
  | { readonly kind: 'timer' }

/** Everything an advance depends on besides the profile and the input. */
export interface AdvanceContext {
  readonly definitions: CompiledDefinitions
  /** The shard's clock, epoch ms: an event's receivedAt, or the instant a timer was due. Never runs backwards within a shard. */
  readonly now: number
  /** Leaves of this shard that are still being computed from history: neither true nor false, decisions on them wait. */
  readonly pending: ReadonlySet<string>
  /**
   * Why addresses are to get nothing, by `channel:address` as `suppressionKey` writes it, an empty text where they are free; of those at
   * least that the event tells. Left out: what events say of addresses is all there is to know.
   */
  readonly suppressions?: ReadonlyMap<string, string>
}

export interface Advance {
  readonly profile: ProfileState
  readonly effects: readonly Effect[]
  /** When this profile has to be looked at again although nothing came in, epoch ms. */
  readonly nextTimerAt: number | null
}

/** The settings that decisions depend on. */
export type DecisionSettings = Pick<Settings, 'zone'> &
  Partial<Pick<Settings, 'quietHours' | 'frequencyCaps'>> & { readonly consentDefaults: Partial<Settings['consentDefaults']> }

/** How a journey stands, by which publication, and since when, epoch ms. */
export interface JourneyStanding {
  readonly epoch: number
  readonly state: JourneyState
  readonly since: number
}

/** By the ids of journeys; one that is not in it is live, and was so always. */
export type JourneyStandings = ReadonlyMap<string, JourneyStanding>

/** What depends on everybody, as it was computed last, and the epoch under which the thresholds in it came into force. */
export interface Ranks {
  readonly epoch: number
  /** When they came into force, epoch ms; `null`: everything began anew, so that nothing happened with anybody. */
  readonly rankedAt: number | null
  /** Left out before anybody had ordered. */
  readonly rfm?: RfmThresholds
  /** What everybody answers by each channel. Memberships do not hang on it, so that nobody is decided anew by it. Left out before anything was sent. */
  readonly answers?: AnswerRates
}

/**
 * Published definitions in the form that the engine works on: indexes from event name to leaves, journeys and goals, so that
 * a definition which an event does not concern costs nothing. Opaque to everybody else.
 */
export interface CompiledDefinitions {
  readonly published: readonly PublishedDefinition[]
  readonly standings: JourneyStandings
  readonly settings: DecisionSettings
  /** `null` before anything was computed. */
  readonly ranks: Ranks | null
  /** What their conditions depend on besides the person. */
  readonly context: ConditionContext
  /** Every leaf that keeps state, with the event names it reads: what a fill has to fold. */
  readonly leaves: ReadonlyMap<string, { readonly eventNames: readonly string[] }>
  /** Whether a condition reads the context of events beyond the traits in it. */
  readonly readsContext: boolean
  /** Whether anything at all depends on events of this name; the pipeline parses no properties otherwise. */
  concerns(eventName: string): boolean
}

/** States of leaves computed from history, to be merged with what was added live since. */
export interface LeafStates {
  readonly [leaf: string]: Json
}
