import type { Db } from '../../platform/postgres/index.ts'
import { shardOf } from '@throughline/contracts'
import { checkFormat } from '../codec.ts'
import { readPeople } from '../read.ts'
import { newPerson, personOf, type Person } from './person.ts'

/**
 * The people whom this worker has touched lately. Only the lease holder writes a profile, so what is kept here is what
 * stands in the database, or will once the transactions on their way have committed; it has to be dropped when one of them
 * fails and when a shard is given away.
 */
export interface People {
  /**
   * Reads those that are not here, in one query; afterwards {@link get} answers for each of them.
   * @throws PipelineError `profile_format` when one of them was written by another release
   */
  load(db: Db, ids: Iterable<string>): Promise<void>
  get(id: string): Person
  clear(): void
  /** Keeps the latest used, at least so many; to be called between batches. */
  trim(atLeast: number): void
  readonly size: number
}

/** @param limit how many stay between batches; more than two batches can touch, so that none is lost on its way */
export function makePeople(limit: number): People {
  // A Map in the order of last use.
  const kept = new Map<string, Person>()
  return {
    async load(db, ids) {
      const missing: { shard: number; id: string }[] = []
      for (const id of ids) {
        const person = kept.get(id)
        if (person === undefined) missing.push({ shard: shardOf(id), id })
        else {
          kept.delete(id)
          kept.set(id, person)
        }
      }
      const rows = await readPeople(db, missing)
      // Before anything is decided: it is no fault of the entries that come for them.
      for (const row of rows) checkFormat(row.id, row.state)
      for (const row of rows) kept.set(row.id, personOf(row))
      if (rows.length < missing.length) for (const { id, shard } of missing) if (!kept.has(id)) kept.set(id, newPerson(id, shard))
    },
    get(id) {
      const person = kept.get(id)
      if (person === undefined) throw new Error(`Profile ${id} was not loaded`)
      return person
    },
    clear: () => kept.clear(),
    trim(atLeast) {
      let excess = kept.size - Math.max(limit, atLeast)
      if (excess <= 0) return
      for (const id of kept.keys()) {
        if (excess-- <= 0) break
        kept.delete(id)
      }
    },
    get size() {
      return kept.size
    },
  }
}
