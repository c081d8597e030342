import type { RouteResponse } from '@throughline/contracts'
import { makeTail, readNewest, toTimelineEntry, type InboxEntry } from '../inbox/index.ts'
import type { Logger } from '../platform/log/index.ts'
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
  readonly log: Logger
}

/** Handlers of people and of the live stream; `findPeople` for the lists of other domains; `stop` ends the streams. */
export function makeProfiles({ pool, unpack, history, unmergeProfiles, log }: ProfileDeps) {
  const lastSeen = makeLastSeen(pool, history)
  const tail = makeTail(pool, (error) => log.warn({ err: error }, 'could not look for new events'))

  const withNames = async (entries: readonly InboxEntry[]): Promise<RouteResponse<'recentEvents'>['items']> => {
    const profiles = await loadProfiles(pool, entries.map((entry) => entry.profile_id), unpack)
    return entries.map((entry) => {
      const profile = profiles.get(entry.profile_id)
      return { ...toTimelineEntry(entry), personName: profile === undefined ? null : nameOf(profile.traits) }
    })
  }

  const handlers = {
    async recentEvents({ query }) {
      return { items: await withNames(await readNewest(pool, query.limit, query.name)) }
    },
    async *eventStream({ signal }) {
      for await (const entry of tail.follow(signal)) yield* await withNames([entry])
    },
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
  } satisfies Handlers<'recentEvents' | 'eventStream' | 'people' | 'person' | 'timeline' | 'unmerge'>

  return {
    handlers,
    findPeople: (ids: readonly string[]) => loadPeople(pool, ids, unpack, lastSeen),
    /** What came of a message, newest first. */
    messageEvents: (profileId: string, messageId: string) => readOutcomes(pool, history, profileId, messageId),
    /** A person's id and those of all that were merged into them. */
    peopleOf: async (id: string) => [...(await loadFormerIds(pool, [id])).keys()],
    stop: () => tail.stop(),
  }
}
