import type { LeafStates } from '@throughline/engine'
import type { ShardFill, ShardState } from '../shard-state.ts'

/** Behind all ids. */
export const everybody = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Somebody who has to be decided, with what history knows of them. */
export interface Folded {
  readonly id: string
  readonly states: LeafStates
}

/** The next people of a shard, in the order of their ids, of whom history has been read. */
export interface Slice {
  /** The shard as it was leased when the reading began; another object: all of it is read anew. */
  readonly state: ShardState
  /** The publication whose leaves these are. */
  readonly epoch: number
  /** The shard's streams have to be taken up to here, since what was read may have been on its way in them. */
  readonly reach: { readonly live: number; readonly bulk: number }
  readonly people: readonly Folded[]
  /** Nobody else up to here, this id included, has to be decided. */
  readonly upTo: string
}

/** What of a slice one turn takes. */
export interface Walk {
  readonly slice: Slice
  readonly fill: ShardFill
  readonly people: ReadonlyMap<string, LeafStates>
  readonly upTo: string
}

/**
 * Where the fill hands people over to the loop of the same process, which alone may write them:
 *
 *   filler ──offer──▶ slices, in order for each shard ──cut──▶ a walk in a turn ──took──▶ the slice is done with, or goes on
 */
export interface Walks {
  /** Answers whether the slice was taken; not, when the shard's state is not the one that it was read for. */
  offer(slice: Slice): Promise<boolean>
  /** Shards of which a slice may be taken now; of shards that are held otherwise by now, slices are dropped. */
  ready(held: ReadonlyMap<number, ShardState>): ShardState[]
  /** The next people of a shard, `limit` at most, whoever was moved meanwhile included. */
  cut(shard: number, limit: number): Walk | null
  /** A walk has been taken. */
  took(walk: Walk): void
  /** Drops what is left of a shard. */
  drop(shard: number): void
  /** Drops everything: nobody takes any more. */
  close(): void
}

interface Offered {
  readonly slice: Slice
  readonly answer: (taken: boolean) => void
}

/** @param wake called when there is something to take */
export function makeWalks(wake: () => void): Walks {
  const queues = new Map<number, Offered[]>()
  let isClosed = false

  function firstOf(shard: number): Slice | undefined {
    return queues.get(shard)?.[0]?.slice
  }

  function drop(shard: number): void {
    for (const { answer } of queues.get(shard) ?? []) answer(false)
    queues.delete(shard)
  }

  return {
    offer(slice) {
      if (isClosed) return Promise.resolve(false)
      return new Promise((answer) => {
        const { shard } = slice.state
        queues.set(shard, [...(queues.get(shard) ?? []), { slice, answer }])
        wake()
      })
    },
    ready(held) {
      for (const [shard, [first]] of queues) if (first !== undefined && held.get(shard) !== first.slice.state) drop(shard)
      return [...queues.keys()].flatMap((shard) => {
        const { state, reach } = firstOf(shard)!
        return state.liveSeq >= reach.live && state.bulkSeq >= reach.bulk ? [state] : []
      })
    },
    cut(shard, limit) {
      const slice = firstOf(shard)
      const fill = slice?.state.fills.find(({ epoch }) => epoch === slice.epoch)
      if (slice === undefined || fill === undefined) {
        drop(shard)
        return null
      }
      const people = new Map(slice.people.filter(({ id }) => id > fill.walkedTo).map(({ id, states }) => [id, states]))
      for (const id of slice.state.touched ?? []) if (id > fill.walkedTo && id <= slice.upTo && !people.has(id)) people.set(id, {})
      if (people.size <= limit) return { slice, fill, people, upTo: slice.upTo }
      const ids = [...people.keys()].sort().slice(0, limit)
      return { slice, fill, people: new Map(ids.map((id) => [id, people.get(id)!])), upTo: ids.at(-1)! }
    },
    took({ slice, upTo }) {
      if (upTo !== slice.upTo) return
      const { shard } = slice.state
      const [first, ...rest] = queues.get(shard) ?? []
      if (rest.length === 0) queues.delete(shard)
      else queues.set(shard, rest)
      first?.answer(true)
    },
    drop,
    close() {
      isClosed = true
      for (const shard of queues.keys()) drop(shard)
    },
  }
}
