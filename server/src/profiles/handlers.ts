import { timelineKindOf, type JsonObject } from '@throughline/contracts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import { planMerge } from '../identity/index.ts'
import type { Pool, PoolClient } from '../platform/postgres/index.ts'
import { nameOf } from './describe.ts'
import { unknownPerson } from './errors.ts'
import { makeExportHandlers } from './export-people/index.ts'
import { makeAccessFile, type KeptBeside } from './everything.ts'
import type { History } from './history.ts'
import { loadFormerIds, makeReadSeen } from './seen.ts'
import { loadPeople, loadProfiles, type ReadComputed, type UnpackProfile } from './load.ts'
import { readPersonHistory } from './person-history.ts'
import { identifiedEvent, type IdentifiedEvent } from './set-traits.ts'
import { filterOf } from './timeline-filter.ts'
import { livingId, readPerson } from './person.ts'
import { findPeople, searchIds } from './search.ts'
import { readOutcomes, readTimeline } from './timeline.ts'

export interface ProfileDeps {
  readonly pool: Pool
  readonly unpack: UnpackProfile
  readonly history: History
  /** Undoes a merge; ingest's, since both sides are told in the order of their shards. */
  readonly unmergeProfiles: (merge: string) => Promise<unknown>
  /** Merges two people and tells the pipeline; ingest's, for the same reason. */
  readonly mergePeople: (
    one: string,
    other: string,
    reason: string,
    also: (client: PoolClient) => Promise<void>,
  ) => Promise<{ readonly id: string; readonly winner: string }>
  readonly append: (events: IdentifiedEvent[]) => Promise<unknown>
  readonly readComputed: ReadComputed
  /** What other domains keep of people, for those who ask what is known of them. */
  readonly beside: readonly KeptBeside[]
}

/** Handlers of people, and what other domains ask about people. */
export function makeProfiles({ pool, unpack, history, unmergeProfiles, mergePeople, append, readComputed, beside }: ProfileDeps) {
  const readSeen = makeReadSeen(pool, history)
  const deps = { pool, unpack, readSeen, readComputed }
  const handlers = {
    ...makeExportHandlers(deps),
    async people({ query }) {
      const before = readCursor(query.cursor, [''])?.[0]
      const { items, next } = await findPeople({ pool, unpack, history, readSeen }, query.search, before, query.limit)
      return { items, next: next === null ? null : writeCursor([next]) }
    },
    async person({ params }) {
      return readPerson(deps, params.id)
    },
    async timeline({ params, query }) {
      const after = readCursor(query.cursor, [0, ''])
      const id = await livingId(pool, params.id)
      const page = await readTimeline(pool, history, id, after && { timestamp: after[0], id: after[1] }, query.limit, filterOf(query))
      return { ...page, next: page.next === null ? null : writeCursor([page.next.timestamp, page.next.id]) }
    },
    async personHistory({ params }) {
      const id = await livingId(pool, params.id)
      const profile = (await loadProfiles(pool, [id], unpack)).get(id)
      return readPersonHistory(pool, history, id, profile?.traits ?? {})
    },
    async setTraits({ params, body, auth, audit }) {
      const person = await readPerson(deps, params.id)
      const before = Object.fromEntries(person.traits.flatMap(({ name, value }) => (name in body.traits ? [[name, value]] : [])))
      audit.note({ before, after: body.traits })
      const event = await identifiedEvent(pool, person, body.traits, auth.name)
      await append([event])
      return { at: event.timestamp }
    },
    async previewMerge({ params, query }) {
      const [one, other] = [await livingId(pool, params.id), await livingId(pool, query.with)]
      const plan = await planMerge(pool, one, other)
      const people = await loadPeople(pool, [plan.winner, plan.loser], unpack, readSeen)
      const side = (id: string) => {
        const person = people.get(id)
        if (person === undefined) throw unknownPerson(id)
        return { person, identifiers: [...(plan.identifiers.get(id) ?? [])] }
      }
      return { winner: side(plan.winner), loser: side(plan.loser), refusal: plan.refusal }
    },
    async mergePeople({ params, body, auth, audit }) {
      const [one, other] = [await livingId(pool, params.id), await livingId(pool, body.with)]
      const merge = await mergePeople(one, other, `by hand (${auth.name})`, (client) => audit.commit(client))
      return { id: merge.winner, merge: merge.id }
    },
    async unmerge({ body }) {
      await unmergeProfiles(body.merge)
      return { ok: true }
    },
    async accessRequest({ params }) {
      const person = await readPerson(deps, params.id)
      const profiles = [...(await loadFormerIds(pool, [person.id])).keys()]
      const content = await makeAccessFile(pool, history, person, profiles, beside)
      return { filename: `person-${person.id}.json`, content }
    },
  } satisfies Handlers<
    | 'people'
    | 'person'
    | 'timeline'
    | 'personHistory'
    | 'setTraits'
    | 'previewMerge'
    | 'mergePeople'
    | 'unmerge'
    | 'accessRequest'
    | 'exportColumns'
    | 'exportPeople'
  >

  return {
    handlers,
    findPeople: (ids: readonly string[]) => loadPeople(pool, ids, unpack, readSeen),
    /** Ids of those whom a search finds, the newest so many. */
    searchIds: (text: string, limit: number) => searchIds({ pool, unpack, history, readSeen }, text.trim(), undefined, limit),
    findProfiles: (ids: readonly string[]) => loadProfiles(pool, ids, unpack),
    /** What came of a message, newest first. */
    messageEvents: (profileId: string, messageId: string) => readOutcomes(pool, history, profileId, messageId),
    /** The id that somebody with a profile goes by today. Throws `person_unknown`, `person_forgotten`. */
    async livingPerson(wanted: string): Promise<string> {
      const id = await livingId(pool, wanted)
      if (!(await loadPeople(pool, [id], unpack, readSeen)).has(id)) throw unknownPerson(wanted)
      return id
    },
    /** The latest event of their own, as a template names it. */
    async latestAction(id: string): Promise<JsonObject | null> {
      const [event] = (await readTimeline(pool, history, id, undefined, 1, timelineKindOf.action)).items
      return event === undefined ? null : { name: event.name, timestamp: event.timestamp, properties: event.properties }
    },
    /** A person's id and those of all that were merged into them. */
    peopleOf: async (id: string) => [...(await loadFormerIds(pool, [id])).keys()],
    /** Names of people, null for those without. */
    async namesOf(ids: readonly string[]): Promise<Map<string, string | null>> {
      const profiles = await loadProfiles(pool, ids, unpack)
      return new Map(ids.map((id) => [id, nameOf(profiles.get(id)?.traits ?? {})]))
    },
  }
}
