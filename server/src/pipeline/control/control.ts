import type { Db } from '../../platform/postgres/index.ts'
import type { Person } from '../advance/person.ts'
import type { Turn } from '../advance/turn.ts'
import type { InboxRow } from '../read.ts'
import type { ShardState } from '../shard-state.ts'

/** What a control entry may read before its turn comes; the reading itself changes nothing. */
export interface ControlReader {
  readonly db: Db
  /** Makes the definitions of an epoch available to the turn. */
  loadDefinitions(epoch: number): Promise<void>
}

/** A control entry whose turn has come. */
export interface ControlCall {
  readonly turn: Turn
  readonly state: ShardState
  readonly row: InboxRow
  /** The shard's time. */
  readonly now: number
  /** What {@link Control.prepare} read. */
  readonly prepared: Prepared | undefined
}

export interface Prepared {
  /** People to be loaded besides the one the entry is about. */
  readonly people?: readonly string[]
  /** Whose runs an order to move people comes to next. */
  readonly runs?: readonly { readonly profileId: string; readonly run: string }[]
}

interface CommonControl<Properties> {
  /** Checks the properties, which other parts of the program wrote. */
  parse(properties: unknown): Properties
  prepare?(properties: Properties, row: InboxRow, state: ShardState, reader: ControlReader): Promise<Prepared>
  /** Whether it is for a tombstone itself, and not for the profile that it was merged into. */
  staysWithTombstone?(properties: Properties, row: InboxRow): boolean
}

/** An entry that is about all of its shard. */
export interface ShardControl<Properties> extends CommonControl<Properties> {
  readonly about: 'shard'
  take(properties: Properties, call: ControlCall): void
  /** What is done in place of it when the database refused what followed from it; left out, the entry is put aside. */
  refused?(properties: Properties, call: ControlCall): void
}

/** An entry that is about the person it is addressed to; after a merge it is forwarded with them. */
export interface PersonControl<Properties> extends CommonControl<Properties> {
  readonly about: 'person'
  take(properties: Properties, call: ControlCall, person: Person): void
}

/** One kind of control entry. A new kind is a file that exports one of these, and a line in the registry. */
export type Control<Properties> = ShardControl<Properties> | PersonControl<Properties>
