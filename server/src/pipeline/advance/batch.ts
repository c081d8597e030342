import type { JsonObject } from '@throughline/contracts'
import type { Run } from '@throughline/engine'
import type { CallBack, MessageRow, StepRequest } from '../../channels/index.ts'
import type { CouponRequest, CouponUse } from '../../coupons/index.ts'
import type { TaskRequest } from '../../tasks/index.ts'
import type { ConsentSaid } from '../../consent/index.ts'
import type { ListSaid } from '../../lists/index.ts'
import type { Person } from './person.ts'

/** How far a transaction moves a shard; `from…` is what has to stand there for it to commit. */
export interface ShardMove {
  readonly shard: number
  readonly epoch: number
  readonly fromLive: number
  readonly fromBulk: number
  toLive: number
  toBulk: number
  derivedSeq: number
  clock: number
  definitionsEpoch: number
}

/** An entry to be put at the end of a stream; its seq and time are given by the head when it is written. */
export interface Append {
  readonly shard: number
  readonly lane: 0 | 1
  readonly profileId: string
  readonly eventId: string
  readonly source: string
  readonly type: string
  readonly name: string
  /** Epoch ms; null: the time at which it is written. */
  readonly occurredAt: number | null
  readonly properties: string
  readonly context: string
  readonly triggers: boolean
  readonly forwarded: boolean
}

export interface Fact {
  readonly shard: number
  readonly profileId: string
  readonly id: string
  readonly name: string
  readonly at: number
  readonly properties: JsonObject
}

export interface RunRow {
  readonly shard: number
  readonly profileId: string
  readonly id: string
  /** Null: the run is over. */
  readonly run: Run | null
}

export interface FillRow {
  readonly shard: number
  readonly leaf: string
  readonly epoch: number
}

/** How far a shard has been filled with what a publication brought. */
export interface Walked {
  readonly shard: number
  readonly epoch: number
  readonly to: string
  readonly isDone: boolean
}

export interface EntryRequest {
  readonly shard: number
  readonly profileId: string
  readonly run: string
  readonly journey: string
  readonly day: number
  readonly most: number
}

/** Somebody whom an order to move people came to, and whether it found them where they were to be taken from. */
export interface MovedRun {
  readonly shard: number
  readonly move: string
  readonly profileId: string
  readonly run: string
  /** Null: sent on to whom the person was merged into, and counted there. */
  readonly moved: boolean | null
}

/** Where the turn of a send ended in a shard, and how many messages came about in it. */
export interface SendTurn {
  readonly shard: number
  readonly send: string
  readonly turn: number
  readonly after: string | null
  readonly used: number
  readonly isDone: boolean
}

/** Something that could not be taken because of an error, and was put aside so that the shard goes on. */
export interface Parked {
  readonly source: string
  readonly name: string
  readonly messageId: string
  readonly at: number
  readonly message: string
  readonly raw: string
}

/** Everything that one transaction of the pipeline writes. */
export interface Batch {
  readonly moves: Map<number, ShardMove>
  readonly people: Map<string, Person>
  /** Ids of those among them who have no row yet. */
  readonly born: Set<string>
  readonly timers: Map<string, Person>
  readonly runs: Map<string, RunRow>
  /** Passages by shard, journey, version and edge; changes of size by shard and segment. */
  readonly edges: Map<
    string,
    { readonly shard: number; readonly journey: string; readonly version: number; readonly edge: string; n: number }
  >
  readonly segments: Map<string, { readonly shard: number; readonly segment: string; n: number }>
  readonly messages: MessageRow[]
  readonly facts: Fact[]
  readonly appends: Append[]
  readonly cancels: Map<string, Person>
  /** People who are forgotten in this batch. */
  readonly erased: Map<string, Person>
  /** Entries for people who were forgotten. */
  readonly dropped: { readonly shard: number; readonly lane: number; readonly seq: number; readonly receivedAt: number }[]
  /** Journeys whose goal or end somebody reached: what was decided in the run since then is called back. */
  readonly unsent: CallBack[]
  readonly fills: FillRow[]
  readonly walked: Walked[]
  readonly refolds: { readonly shard: number; readonly profileId: string; readonly liveSeq: number; readonly bulkSeq: number }[]
  /** People who want to come into journeys with a cap for the day. */
  readonly entryRequests: EntryRequest[]
  readonly movedRuns: MovedRun[]
  /** Calls for whose answers runs wait. */
  readonly stepRequests: StepRequest[]
  /** Codes for which runs wait, and codes that orders carried. */
  readonly couponRequests: CouponRequest[]
  readonly couponUses: CouponUse[]
  /** Tasks for people of the shop. */
  readonly tasks: TaskRequest[]
  /** What steps of journeys say of lists and consents. */
  readonly lists: ListSaid[]
  readonly consents: ConsentSaid[]
  readonly sendTurns: SendTurn[]
  /** What sends meant for people, by shard, what and send. */
  readonly sendCounts: Map<string, { readonly shard: number; readonly send: string; readonly what: string; n: number }>
  readonly parked: Parked[]
  /** Entries and timers taken; of bulk also what it weighs, in entries: one that looks at many people weighs as much as many. */
  inputs: { live: number; bulk: number; timers: number; bulkWeight: number }
  /** received_at of the oldest live entry taken, for the lag. */
  oldest: number
}

export function emptyBatch(): Batch {
  return {
    moves: new Map(),
    people: new Map(),
    born: new Set(),
    timers: new Map(),
    runs: new Map(),
    edges: new Map(),
    segments: new Map(),
    messages: [],
    facts: [],
    appends: [],
    cancels: new Map(),
    erased: new Map(),
    dropped: [],
    unsent: [],
    fills: [],
    walked: [],
    refolds: [],
    entryRequests: [],
    movedRuns: [],
    stepRequests: [],
    couponRequests: [],
    couponUses: [],
    tasks: [],
    lists: [],
    consents: [],
    sendTurns: [],
    sendCounts: new Map(),
    parked: [],
    inputs: { live: 0, bulk: 0, timers: 0, bulkWeight: 0 },
    oldest: Infinity,
  }
}

export function countInputs(batch: Batch): number {
  return batch.inputs.live + batch.inputs.bulk + batch.inputs.timers
}
