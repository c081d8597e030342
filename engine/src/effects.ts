import type { ChannelKind, Json, JsonObject, StepOf } from '@throughline/contracts'
import type { Run } from './profile.ts'

/** Something to be written beside the profile, in the same transaction. Effects are data; the pipeline carries them out. */
export type Effect =
  | MessageEffect
  /** An entry of the derived stream: part of the timeline, type `fact`. */
  | { readonly kind: 'fact'; readonly id: string; readonly name: string; readonly at: number; readonly properties: JsonObject }
  /** Somebody passed an edge of a journey; see {@link edgeId}. */
  | { readonly kind: 'edge'; readonly journey: string; readonly version: number; readonly edge: string }
  /** Counted beside the passages of edges: how a run that came through a place of a journey stands to its goals; see `advance/conversion.ts`. */
  | { readonly kind: 'count'; readonly journey: string; readonly version: number; readonly what: string }
  /** The read side of runs: the run stands at its step now, or is over. */
  | { readonly kind: 'run-at'; readonly run: Run }
  | { readonly kind: 'run-over'; readonly run: string; readonly journey: string; readonly version: number; readonly reason: string }
  | UnsendEffect
  /** Somebody wants to come in where so many do a day, over everybody: `answerEntry` is to be told whether there is room. */
  | { readonly kind: 'entry-request'; readonly journey: string; readonly run: string; readonly day: number; readonly most: number }
  | { readonly kind: 'segment'; readonly segment: string; readonly change: 1 | -1 }
  /** The person joins a list or leaves it; a fact says so too. */
  | { readonly kind: 'list'; readonly list: string; readonly joined: boolean; readonly at: number }
  | ConsentEffect
  | AskEffect
  | CouponEffect
  | TaskEffect

/**
 * The person did what a run was for, or what ends it: marketing messages of the journey that were decided from `since` (epoch
 * ms, the run's entry) up to now and that nobody has handed over yet are called back, for this reason.
 */
interface UnsendEffect {
  readonly kind: 'unsend'
  readonly journey: string
  readonly since: number
  /** Where the person may have several runs: only what this one said. */
  readonly run?: string
  readonly reason: string
}

/** A journey notes a consent or its withdrawal, of which a fact says so too; a yes lifts no opt-out that stands. */
export interface ConsentEffect {
  readonly kind: 'consent'
  readonly channel: StepOf<'consent'>['channel']
  /** Empty: everything on the channel. */
  readonly topic: string
  readonly state: 'granted' | 'withdrawn'
  readonly source: string
  readonly at: number
}

/** A run waits for the answer of a webhook: `answerStep` is to be told of it. */
export interface AskEffect {
  readonly kind: 'ask'
  /** Stable, as that of a message: the same whenever the same call is made again. */
  readonly id: string
  readonly journey: string
  readonly version: number
  readonly step: string
  readonly run: string
  readonly template: string
  readonly templateVersion: number
  /** By name, the path of what is kept of the answer. */
  readonly keep: { readonly [name: string]: string }
  readonly at: number
  /** No answer is waited for any more from then on, epoch ms. */
  readonly until: number
  readonly variables: JsonObject
}

/** A run waits for a code of a pool: `answerStep` is to be told of it, with `code` among the fields. */
export interface CouponEffect {
  readonly kind: 'coupon'
  /** Stable, as that of a message. */
  readonly id: string
  readonly journey: string
  readonly step: string
  readonly run: string
  readonly pool: string
  /** Whether the person keeps a code that they have of the pool, or each run takes one of its own. */
  readonly per: StepOf<'coupon'>['per']
  readonly at: number
  /** No code is waited for any more from then on, epoch ms. */
  readonly until: number
}

/** Something for the shop's own people to do. */
export interface TaskEffect {
  readonly kind: 'task'
  /** Stable, as that of a message. */
  readonly id: string
  readonly journey: string
  readonly step: string
  readonly run: string
  /** Liquid, as the step has it. */
  readonly title: string
  readonly text: string
  readonly assignee: string
  /** Epoch ms; null: whenever there is time. */
  readonly dueAt: number | null
  readonly email: boolean
  readonly at: number
  readonly variables: JsonObject
}

export interface MessageEffect {
  readonly kind: 'message'
  /** Stable: made of run, step and hop, so a replay hands out the same one. */
  readonly id: string
  readonly channel: ChannelKind
  readonly template: string
  readonly templateVersion: number
  readonly purpose: 'marketing' | 'transactional'
  readonly journey: string
  readonly version: number
  readonly step: string
  readonly run: string
  /** The send of a campaign that it belongs to. */
  readonly send?: string
  /** What policy decided, and the sentence that is stored and shown. */
  readonly decision: { readonly kind: 'send' } | { readonly kind: 'hold'; readonly rule: string }
  readonly reason: string
  readonly address: string | null
  readonly at: number
  /** Template variables besides the profile: `{ event: { name, timestamp, properties }, journey: { id, name } }`. */
  readonly variables: { readonly [key: string]: Json }
}

/** The id of the way out of a step: `remind:next`, `split:0`, `wait:otherwise`; `entry`, `full` (kept out by the cap of the day), `goal:<number>` and `left:<reason>` at the ends. */
export function edgeId(step: string, port: 'next' | 'otherwise' | number): string {
  return `${step}:${port}`
}
