import type { ChannelKind, JourneyDefinition, Json, JsonObject, Step, StepKind, StepOf } from '@throughline/contracts'
import type { Compiler, Occurrence, View } from '../conditions/index.ts'
import type { AskEffect, CouponEffect, MessageEffect, TaskEffect } from '../effects.ts'
import type { Above } from '../policy/index.ts'
import type { DecisionSettings } from '../ports.ts'
import type { ProfileState, Run } from '../profile.ts'

/** Which way out of a step; `edgeId` names the edge. */
export type Port = 'next' | 'otherwise' | number

/** Why a step is asked; an arrival whose decision was pending is asked again as an arrival. */
export type Cause = { readonly kind: 'arrive' } | { readonly kind: 'wake' } | { readonly kind: 'event'; readonly occurrence: Occurrence }

/** What a step may look at. */
export interface Visit {
  readonly run: Run
  readonly journey: {
    readonly id: string
    readonly name: string
    readonly version: number
    readonly goal: string | null
    readonly mostMessages: JourneyDefinition['mostMessages']
  }
  readonly profile: Pick<ProfileState, 'id' | 'traits' | 'consents' | 'suppressed' | 'messaged'>
  readonly view: View
  /** The exact instant at which the run got here; waits count from it. */
  readonly at: number
  /** The present instant, later than `at` when a timer fires late. Conditions and policy are asked about it. */
  readonly now: number
  readonly settings: DecisionSettings
  /** The journey above this one during which its marketing is held back; `undefined`: there is none. */
  above(): Above | undefined
  /** Computed traits that have a value for this person, by their ids. */
  computed(): { readonly [id: string]: Json }
  /** The latest version of a template; `undefined` when there is none. */
  templateVersion(template: string): number | undefined
}

/** What a step does besides saying something, carried out when it is passed. */
export type Deed =
  /** An event on the person's own timeline. */
  | { readonly kind: 'event'; readonly name: string; readonly properties: JsonObject }
  | { readonly kind: 'list'; readonly list: string; readonly joined: boolean }
  | {
      readonly kind: 'consent'
      readonly channel: StepOf<'consent'>['channel']
      readonly topic?: string
      readonly state: 'granted' | 'withdrawn'
    }
  /** Says what came of a request; with `pool`, of one for a code of it. */
  | { readonly kind: 'answered'; readonly ok: boolean; readonly reason?: string; readonly pool?: string }
  /** Something for the shop's people to do. */
  | TaskEffect

/** What follows. Effects are data; ids are made of run, step and hop. */
export type Resolution =
  /** `set`: traits · `start`, `stop`: another journey for this person. */
  | {
      readonly kind: 'go'
      readonly port: Port
      readonly message?: MessageEffect
      readonly set?: JsonObject
      /** Which variant of an experiment the person was given. */
      readonly exposure?: { readonly experiment: string; readonly variant: string }
      readonly start?: string
      readonly stop?: string
      readonly deed?: Deed
    }
  /**
   * `best`: the foremost so far of what it waits for, where it waits for the best of several · `message`: what it says before it waits ·
   * `tried`: by which of its channels it has said it · `ask`: what it asks for, to be answered until then · `delayed`: what waits for its time, and why · `held`: until another journey is over, if that comes first.
   */
  | {
      readonly kind: 'wait'
      readonly until: number
      readonly best?: number
      readonly message?: MessageEffect
      readonly tried?: readonly number[]
      readonly ask?: AskEffect | CouponEffect
      readonly delayed?: { readonly channel: ChannelKind; readonly template: string; readonly rule: string; readonly reason: string }
      readonly held?: true
    }
  /** It hangs on a leaf that is still being computed: the run stays and is asked again once that is adopted. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'leave'; readonly reason: string }

/** A step made ready for the hot path; pure. `null`: the step does not answer to this event. */
export type Resolve = (visit: Visit, cause: Cause) => Resolution | null

export interface WayOut {
  readonly port: Port
  /** The step it leads to; `undefined` ends the run. */
  readonly next: string | undefined
  /** The way in words: `Order Completed`, `after 1 hour`. */
  readonly label?: string
}

/** An earlier step that a step asks about, and what of it is to be remembered until then. */
export interface LookBack {
  readonly step: string
  /** Field in which it is named. */
  readonly field: string
  /** Whether what became of its message is asked. */
  readonly message: boolean
  /** Set where it is asked what it answered. */
  readonly answer?: true
  /** The ways out of it that are asked about, each with the field that names it; null: none is. */
  readonly ways: readonly { readonly port: Port; readonly field: string }[] | null
  /** Texts in the addresses of links whose clicks are told apart. */
  readonly links: readonly string[]
}

/** One kind of step. A new kind is a file that exports one of these, and a line in the registry. */
export interface StepBehaviour<S extends Step> {
  compile(step: S, compiler: Compiler): Resolve
  waysOut(step: S): readonly WayOut[]
  /** Whether every passage takes time, so that a circle through it is no endless loop. */
  takesTime(step: S): boolean
  /** Names of the events that a run standing here answers to. */
  hears(step: S): readonly string[]
  /** Set where it says messages, so that later steps may ask what became of them. */
  readonly says?: true
  /** Set where it may be answered fields that stay with the run, for later steps and templates. */
  readonly answers?: true
  /** Whether what becomes of its own message moves it. */
  hearsOwn?(step: S): boolean
  /** What it asks about an earlier step; left out by those that ask nothing. */
  looksBackAt?(step: S): LookBack
  /** What it does, as a clause: `wait 1 hour`. */
  describe(step: S): string
}

export type StepRegistry = { readonly [K in StepKind]: StepBehaviour<StepOf<K>> }
