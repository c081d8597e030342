import { shardOf, type Event } from '@throughline/contracts'

/** Somebody's events that a fill is about. */
export interface Past {
  readonly id: string
  readonly events: readonly Event[]
}

/** People of several sources, each in the order of their ids, in that order: one who comes from several has the events of all. */
export async function* joinById(sources: readonly AsyncIterable<Past>[]): AsyncGenerator<Past> {
  const open = sources.map((source) => source[Symbol.asyncIterator]())
  try {
    const next = await Promise.all(open.map((source) => source.next()))
    for (;;) {
      let id: string | undefined
      for (const { done, value } of next) if (!done && (id === undefined || value.id < id)) id = value.id
      if (id === undefined) return
      let events: readonly Event[] = []
      for (const [at, { done, value }] of next.entries()) {
        if (done === true || value.id !== id) continue
        events = events.length === 0 ? value.events : [...events, ...value.events]
        next[at] = await open[at]!.next()
      }
      yield { id, events }
    }
  } finally {
    await Promise.all(open.map((source) => source.return?.()))
  }
}

/** People who come by shard, handed out a shard at a time. */
export interface PastByShard {
  /** Those of a shard; shards have to be asked for in ascending order, and what is left of earlier ones is passed over. */
  of(shard: number): AsyncGenerator<Past>
  close(): Promise<void>
}

export function splitByShard(past: AsyncGenerator<Past>): PastByShard {
  let next: IteratorResult<Past, unknown> | undefined
  return {
    async *of(shard) {
      for (;;) {
        next ??= await past.next()
        if (next.done === true || shardOf(next.value.id) > shard) return
        const { value } = next
        next = undefined
        if (shardOf(value.id) === shard) yield value
      }
    },
    async close() {
      await past.return(undefined)
    },
  }
}
