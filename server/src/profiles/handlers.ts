import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { nameOf } from './describe.ts'
import { makeAccessFile, type KeptBeside } from './everything.ts'
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
  /** What other domains keep of people, for those who ask what is known of them. */
  readonly beside: readonly KeptBeside[]
}

/** Handlers of people, and what other domains ask about people. */
export function makeProfiles({ pool, unpack, history, unmergeProfiles, beside }: ProfileDeps) {
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
    async accessRequest({ params }) {
      const person = await readPerson(pool, unpack, lastSeen, params.id)
      const profiles = [...(await loadFormerIds(pool, [person.id])).keys()]
      const content = await makeAccessFile(pool, history, person, profiles, beside)
      return { filename: `person-${person.id}.json`, content }
    },
  } satisfies Handlers<'people' | 'person' | 'timeline' | 'unmerge' | 'accessRequest'>

  return {
    handlers,
    findPeople: (ids: readonly string[]) => loadPeople(pool, ids, unpack, lastSeen),
    findProfiles: (ids: readonly string[]) => loadProfiles(pool, ids, unpack),
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
