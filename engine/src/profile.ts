import type { ChannelKind, Json, JsonObject } from '@throughline/contracts'
import { emptyTable, type Table } from './table.ts'

/**
 * A trait and when it was said, epoch ms: the later word stays, ties go to the larger JSON text. What was said of a profile before it was
 * merged into this one (`merged`) fills in where the person's own words say nothing.
 */
export type Trait = readonly [value: Json, at: number, merged?: true]

/** A run of a journey: one person on the way through one version of it. Plain JSON, as it is stored. */
export interface Run {
  readonly id: string
  readonly journey: string
  readonly version: number
  readonly step: string
  readonly enteredAt: number
  /** When it came to this step. */
  readonly since: number
  /** When its wait ends, if it waits. */
  readonly wakesAt?: number
  /** The properties of the event that started it, for templates: `{ id, name, timestamp, properties }`. */
  readonly trigger: {
    readonly id: string
    readonly name: string
    readonly timestamp: number
    readonly properties: { readonly [key: string]: Json }
  }
  /** What its trigger said under the journey's key. */
  readonly key?: string
  /** The send of a campaign that it belongs to. */
  readonly send?: string
  /** Which of the journey's entries it came by, where that is not the first. */
  readonly entry?: number
  /** At the gate: it waits to be told whether there is room for it today. */
  readonly asked?: true
  /** Which of the journey's goals it has reached. */
  readonly reached?: readonly number[]
  /** The ways by which it came through, where the journey has a goal. */
  readonly passed?: Passed
  /** When it said its latest message, where a goal counts from it. */
  readonly messagedAt?: number
  /** The latest message of each step that a later step asks about, by step. */
  readonly said?: { readonly [step: string]: Said }
  /** Which way it took out of each step of which a later step asks, when it was there last. */
  readonly took?: { readonly [step: string]: 'next' | 'otherwise' | number }
  /** The experiments that it has come to, each recorded once. */
  readonly exposed?: readonly string[]
  /** At a step that waits for the best of several: the best so far. */
  readonly best?: number
  /** At a step that says something by the best of several channels: by which of them it has been said. */
  readonly tried?: readonly number[]
  /** What it is about to say waits for another journey to be over; it is asked again at the latest when its wait ends. */
  readonly held?: true
  /** Journeys below it that did not take the person in because of it. */
  readonly refused?: readonly string[]
  /** The request whose answer it waits for. */
  readonly asking?: string
  /** What came of it, where that is known before the run goes on. */
  readonly answered?: { readonly ok: boolean; readonly reason?: string }
  /** What was kept of answers, by step. */
  readonly answers?: { readonly [step: string]: JsonObject }
  /** Steps taken so far; part of the ids handed out, so that a step visited twice sends two messages. */
  readonly hops: number
}

/** Ways that a run took, each once, by their numbers in the version in which it took them. */
export interface Passed {
  readonly [version: number]: readonly number[]
}

/** A message of a run, and what is known to have become of it. */
export interface Said {
  readonly id: string
  /** The rule that held it back. */
  readonly held?: string
  /** When each thing was heard of it first, epoch ms; by names of reactions, and `clicked LINK` for links that are asked about. */
  readonly heard?: { readonly [what: string]: number }
}

/** Where a run stands whose entry condition is pending: nobody is told of it. No step can have this id. */
export const gate = '@entry'

/** What is remembered of a journey that a person has entered before: once for all of it, and where it has a key for the latest keys. */
export interface Entry {
  readonly count: number
  readonly lastAt: number
  /** Its goal, or an event that ends it, has come since: nothing that was decided then is left to call back. */
  readonly over?: true
  /** When the latest run ended. */
  readonly leftAt?: number
  /** When they came in, as often as it takes to know how many times in a while. */
  readonly recent?: readonly number[]
  /** The day of each date by which they came in last, as its number since 1970: clocks that are set back bring it no second time. By `dateKey`. */
  readonly days?: { readonly [date: string]: number }
  /** The latest run, where there may be others beside it; and what it left of {@link Run.reached}, {@link Run.messagedAt} and {@link Run.passed}. */
  readonly run?: string
  /** Of a campaign: its latest send that came to them. */
  readonly send?: string
  /** Of a campaign: the latest send, of those that come in parts, in which they had their turn and got nothing: held out, excluded, or late. */
  readonly turn?: string
  /** The version of that run, where it matters after its end: goals and ends are those of this version. */
  readonly version?: number
  readonly reached?: readonly number[]
  readonly messagedAt?: number
  readonly passed?: Passed
}

export interface ConsentState {
  readonly state: 'granted' | 'withdrawn'
  readonly at: number
  /** Where it was said, as people call it: `preference centre`. */
  readonly source?: string
}

/** What stands about an address: why it gets nothing, an empty text where it does again; and since when, epoch ms. */
export type AddressWord = readonly [reason: string, at: number]

/** A marketing message that was to be sent: when that was decided, epoch ms, and a short key of its id. */
export type Messaged = readonly [at: number, channel: ChannelKind, journey: string, key: string]

/**
 * All that the engine keeps of one person: plain JSON data, at most some 1.5 KB. The lease holder of the shard alone writes it.
 */
export interface ProfileState {
  readonly id: string
  readonly createdAt: number
  readonly traits: { readonly [name: string]: Trait }
  /** By `channel` or `channel:topic`. */
  readonly consents: { readonly [key: string]: ConsentState }
  /** What events have told of addresses that are to get nothing, by `channel:address`. */
  readonly suppressed: { readonly [address: string]: AddressWord }
  /** What is remembered of past events, by the key of the memory; conditions that look at the same events share it. */
  readonly memories: Table<Json>
  /** Segments this person is in, with the exact instant since when. */
  readonly segments: Table<number>
  readonly entries: { readonly [journey: string]: Entry }
  readonly runs: readonly Run[]
  /** What they were told of late, in order, as far as a cap may count it; left out where there are no caps. */
  readonly messaged?: readonly Messaged[]
  /** Leaves of this one profile that wait to be folded from history (after an unmerge or an overflow). */
  readonly pending?: readonly string[]
  /** Which request to fold this person anew is the latest, while it is under way: what was folded for an earlier one is out of date. */
  readonly refold?: string
  /** When a date of theirs next starts a journey, epoch ms. */
  readonly entersAt?: number
  /** When the passing of time alone may next change a membership, epoch ms; all memberships are right until then. */
  readonly flipsAt?: number
}

/** The state of a person of whom nothing is known yet. */
export function emptyProfile(id: string, createdAt: number): ProfileState {
  return { id, createdAt, traits: {}, consents: {}, suppressed: {}, memories: emptyTable, segments: emptyTable, entries: {}, runs: [] }
}
