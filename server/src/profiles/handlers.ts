import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { nameOf } from './describe.ts'
import type { History } from './history.ts'
import { loadFormerIds, makeLastSeen } from './last-seen.ts'
import { loadPeople, loadProfiles, type UnpackProfile } from './load.ts'
import { livingId, readPerson } from './person.ts'
import { findPeople } from './search.ts'
import { readOutcomes, readTimeline } from './timeline.ts'

export interface ProfileDeps {
  readonly pool: Pool
  readonly unpack: UnpackProfile
  readonly history: History
  /** Undoes a merge; ingest's, since both sides are told in the order of their shards. */
  readonly unmergeProfiles: (merge: string) => Promise<unknown>
}

/** Handlers of people, and what other domains ask about people. */
export function makeProfiles({ pool, unpack, history, unmergeProfiles }: ProfileDeps) {
  const lastSeen = makeLastSeen(pool, history)
  const handlers = {
    async people({ query }) {
      const before = readCursor(query.cursor, [''])?.[0]
      const { items, next } = await findPeople({ pool, unpack, history, lastSeen }, query.search, before, query.limit)
      return { items, next: next === null ? null : writeCursor([next]) }
    },
    async person({ params }) {
      return readPerson(pool, unpack, lastSeen, params.id)
    },
    async timeline({ params, query }) {
      const after = readCursor(query.cursor, [0, ''])
      const id = await livingId(pool, params.id)
      const page = await readTimeline(pool, history, id, after && { timestamp: after[0], id: after[1] }, query.limit)
      return { ...page, next: page.next === null ? null : writeCursor([page.next.timestamp, page.next.id]) }
    },
    async unmerge({ body }) {
      await unmergeProfiles(body.merge)
      return { ok: true }
    },
  } satisfies Handlers<'people' | 'person' | 'timeline' | 'unmerge'>

  return {
    handlers,
    findPeople: (ids: readonly string[]) => loadPeople(pool, ids, unpack, lastSeen),
    /** What came of a message, newest first. */
    messageEvents: (profileId: string, messageId: string) => readOutcomes(pool, history, profileId, messageId),
    /** A person's id and those of all that were merged into them. */
    peopleOf: async (id: string) => [...(await loadFormerIds(pool, [id])).keys()],
    /** Names of people, null for those without. */
    async namesOf(ids: readonly string[]): Promise<Map<string, string | null>> {
      const profiles = await loadProfiles(pool, ids, unpack)
      return new Map(ids.map((id) => [id, nameOf(profiles.get(id)?.traits ?? {})]))
    },
  }
}
