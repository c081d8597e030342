import type { Condition, ConditionKind, Event, Json, JsonObject } from '@throughline/contracts'
import { hash32 } from '../hash.ts'
import type { ConsentState, Entry, ProfileState, Run, Trait } from '../profile.ts'
import { emptyTable, type Table } from '../table.ts'
import type { ConditionContext } from './context.ts'
import type { SqlBuilder } from './sql-builder.ts'

/** Three-valued: `'pending'` while a leaf it hangs on is still being computed from history. */
export type Truth = boolean | 'pending'

/** What conditions look at. A `ProfileState` with the shard's pending leaves beside it. */
export interface View {
  /** Left out for nobody in particular. */
  readonly id?: string
  readonly traits: { readonly [name: string]: Trait }
  readonly consents: { readonly [key: string]: ConsentState }
  readonly suppressed: ProfileState['suppressed']
  readonly memories: Table<Json>
  readonly entries: { readonly [journey: string]: Entry }
  readonly runs: readonly Run[]
  readonly pending?: readonly string[]
  readonly shardPending: ReadonlySet<string>
}

/** Somebody of whom nothing is known. */
export const nobody: View = {
  traits: {},
  consents: {},
  suppressed: {},
  memories: emptyTable,
  entries: {},
  runs: [],
  shardPending: new Set(),
}

/** An event in the form that leaves and matches take: its one time, and the hash that tells it from others of that time. */
export interface Occurrence {
  readonly id: string
  readonly name: string
  /** The earlier of timestamp and receivedAt, epoch ms. */
  readonly at: number
  readonly hash: number
  readonly timestamp: number
  readonly properties: JsonObject
  /** The event itself; left out for what Throughline says of itself. Its context is parsed when it is asked for. */
  readonly event?: Event
}

/** What of the past has to be held to answer: how many of the latest events, and how far back in ms (`undefined`: ever). */
export interface Retention {
  readonly keep: number
  readonly within: number | undefined
}

/**
 * What a profile remembers of the events that match: one state, shared by all leaves that look at the same events and wide
 * enough for each of them.
 * `merge` is commutative, associative and (unless it counts) idempotent; `add` is a merge with the state of one event, so that the order of events
 * does not matter and adding one twice changes nothing. States are plain JSON.
 */
export interface Memory {
  /** Hash of which events are meant: conditions that look at the same ones share the state. */
  readonly key: string
  readonly eventNames: readonly string[]
  /** Set where it reads the context of events. */
  readonly readsContext?: true
  /** Set where the name, the time and the id of an event are all that it looks at. */
  readonly readsNoProperties?: true
  /** Holds at least so much from here on; told while definitions are compiled, before any event is added. */
  widen(need: Retention): void
  /** The state with the event in it; the same object when nothing changed. `undefined` is the empty state. */
  add(state: Json | undefined, occurrence: Occurrence): Json | undefined
  merge(a: Json, b: Json): Json
  /**
   * Set by memories that count, whose `merge` is right only for states of different events (two people, not two accounts of one).
   * The other laws hold for all.
   */
  readonly counts?: Counts
}

/** How a memory that counts comes to count everything once; tally.ts says how. */
export interface Counts {
  /** The state of these events, in any order. */
  fold(occurrences: Iterable<Occurrence>): Json | undefined
  /** What was folded from history, with what was heard since it began to be read: idempotent. */
  adopt(standing: Json, folded: Json): Json
  /** Lets go of what is only needed while history is being read; the same object when there is nothing to let go of. */
  settle(state: Json): Json
}

/** A behavioural leaf: a question about past events. It is pending while its memory is not known to reach back far enough for it. */
export interface Leaf {
  /** Hash of the memory and of what must be held of it. */
  readonly key: string
  readonly eventNames: readonly string[]
  readonly memory: Memory
}

/** A condition made ready for the hot path. */
export interface CompiledCondition {
  value(view: View, now: number): Truth
  /**
   * The first instant after `now` at which the value may become another although nothing comes in, epoch ms; `null`: never.
   * Before it the value is constant.
   */
  nextChangeAt(view: View, now: number): number | null
  readonly leaves: readonly Leaf[]
  /** Top-level names of the traits it reads. */
  readonly traits: readonly string[]
  /** Names of events that may change it otherwise than by traits and leaves: what is known of consents and journeys. */
  readonly hears?: readonly string[]
  /** Set where it hangs on how everybody else stands, so that new thresholds may change it. */
  readonly ranked?: boolean
  /** Whether time alone can change it. */
  readonly timed: boolean
}

export interface Compiler {
  readonly context: ConditionContext
  compile(condition: Condition): CompiledCondition
  /** What stands in several conditions under one name, compiled once. */
  shared(name: string, compile: () => CompiledCondition): CompiledCondition
  /** The leaf that needs so much of the memory of this key, which is made on first demand. */
  leaf(memory: string, need: Retention, make: () => Memory): Leaf
}

export type ConditionOf<K extends ConditionKind> = Extract<Condition, { kind: K }>

/** One kind of condition. A new kind is a file that exports one of these, and a line in the registry. */
export interface ConditionBehaviour<C extends Condition> {
  compile(condition: C, compiler: Compiler): CompiledCondition
  /** A ClickHouse expression, 0 or 1, over the columns that it asked the builder for. */
  toSql(condition: C, sql: SqlBuilder): string
  /** A clause such as `did Order Completed at least 2 times in the last 30 days`; `nested`: it stands inside another. */
  describe(condition: C, describe: (inner: Condition) => string, nested: boolean): string
  /** What is kept for it and how exact it is, in a line or two; left out by what keeps nothing of its own. */
  exactness?(condition: C): string
  children(condition: C): readonly Condition[]
}

/** The event as an occurrence. */
export function toOccurrence(event: Event): Occurrence {
  return {
    id: event.id,
    name: event.name,
    at: Math.min(event.timestamp, event.receivedAt),
    hash: hash32(event.id),
    timestamp: event.timestamp,
    properties: event.properties,
    event,
  }
}

const noProperties: JsonObject = {}

/** The event for memories that read no properties, which are left unparsed. */
export function toBareOccurrence({ id, name, timestamp, receivedAt }: Event): Occurrence {
  return { id, name, at: Math.min(timestamp, receivedAt), hash: hash32(id), timestamp, properties: noProperties }
}

/** Whether one of these leaves is still being computed from history. */
export function isAnyPending(view: View, keys: readonly string[]): boolean {
  return (view.shardPending.size > 0 || view.pending !== undefined) && keys.some((key) => isPending(view, key))
}

/** Whether this leaf is still being computed from history, for the whole shard or for this profile. */
export function isPending({ pending, shardPending }: View, key: string): boolean {
  if (shardPending.size > 0 && shardPending.has(key)) return true
  return pending !== undefined && (pending.includes(key) || pending.includes(everyLeaf))
}

/** In the place of leaves that are pending for one profile: all of them. */
export const everyLeaf = '*'
/** So many leaves are named one by one; of more, all wait, so that the profile stays small. */
const MOST_PENDING = 20

/** Leaves that are pending for one profile, as it keeps them. */
export function pendingOf(leaves: readonly string[]): readonly string[] {
  return leaves.length > MOST_PENDING || leaves.includes(everyLeaf) ? [everyLeaf] : leaves
}
