import { lanes, type Person, type PersonRef, type RouteResponse } from '@throughline/contracts'
import { resolveProfile } from '../identity/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Db } from '../platform/postgres/index.ts'
import { ListError } from './errors.ts'
import { listEvent, type ListEvent } from './list-event.ts'
import { findRefs, isProfileId, readListsOf, readMembers } from './members.ts'
import { insertList, readList, readLists, readUsage, renameList, requireList, setDeleted } from './store.ts'

export interface ListDeps {
  readonly pool: Db
  /** Accepts events; the accepting transaction writes memberships beside them. */
  append(events: ListEvent[]): Promise<readonly { readonly kind: 'accepted' | 'duplicate' | 'rejected' }[]>
  findPeople(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
}

type ListRoute =
  | 'lists'
  | 'list'
  | 'createList'
  | 'renameList'
  | 'deleteList'
  | 'restoreList'
  | 'listMembers'
  | 'addListMembers'
  | 'removeListMembers'
  | 'personLists'

/** From how many people on a change goes through the bulk lane, so that the shop does not wait for it. */
const BULK = 200

/** Handlers of lists. */
export function makeListHandlers({ pool, append, findPeople }: ListDeps): Handlers<ListRoute> {
  async function change(
    id: string,
    joined: boolean,
    refs: readonly PersonRef[],
    create: boolean,
    by: string,
  ): Promise<RouteResponse<'addListMembers'>> {
    const list = await requireList(pool, id)
    const found = await findRefs(pool, refs)
    const unknown: { index: number; reason: string }[] = []
    const events: ListEvent[] = []
    found.forEach((one, index) => {
      if (one.kind === 'nobody') unknown.push({ index, reason: one.reason })
      else if (one.kind === 'new' && !create)
        unknown.push({ index, reason: `Nobody is known by the ${one.identifier.kind.replace('_', ' ')} "${one.identifier.value}".` })
      else {
        const who = one.kind === 'known' ? { profileId: one.profileId } : { identifiers: [one.identifier] }
        events.push(listEvent({ list, joined, who, by, lane: refs.length > BULK ? lanes.bulk : lanes.live, triggers: true }))
      }
    })
    const outcomes = await append(events)
    const changed = outcomes.filter(({ kind }) => kind === 'accepted').length
    return { changed, unchanged: events.length - changed, unknown }
  }

  return {
    async lists({ query }) {
      return { items: await readLists(pool, query.deleted === 'true') }
    },
    async list({ params }) {
      const [list, usedIn] = await Promise.all([readList(pool, params.id), readUsage(pool, params.id)])
      return { ...list, usedIn }
    },
    async createList({ body, auth }) {
      return insertList(pool, body, auth.name)
    },
    async renameList({ params, body }) {
      return renameList(pool, params.id, body.name)
    },
    async deleteList({ params }) {
      const used = await readUsage(pool, params.id)
      if (used.length > 0) {
        const where = used.map(({ kind, name }) => `the ${kind} "${name}"`).join(', ')
        throw new ListError('conflict', 'list_in_use', `This list is used in ${where}. Take it out there first.`, {
          field: 'id',
          value: params.id,
          allowed: 'a list that no definition uses',
        })
      }
      await setDeleted(pool, params.id, Date.now())
      return { ok: true }
    },
    async restoreList({ params }) {
      return setDeleted(pool, params.id, null)
    },
    async listMembers({ params, query }) {
      await readList(pool, params.id)
      const before = readCursor(query.cursor, [''])?.[0]
      const members = await readMembers(pool, params.id, before !== undefined && isProfileId(before) ? before : undefined, query.limit + 1)
      const shown = members.slice(0, query.limit)
      const people = await findPeople(shown.map(({ person }) => person))
      const last = shown.at(-1)
      return {
        items: shown.flatMap(({ person, since }) => {
          const found = people.get(person)
          return found === undefined ? [] : [{ person: found, since }]
        }),
        next: members.length > query.limit && last !== undefined ? writeCursor([last.person]) : null,
      }
    },
    async addListMembers({ params, body, auth, audit }) {
      audit.note({ after: { people: body.people.length, create: body.create } })
      return change(params.id, true, body.people, body.create, auth.name)
    },
    async removeListMembers({ params, body, auth, audit }) {
      audit.note({ after: { people: body.people.length } })
      return change(params.id, false, body.people, false, auth.name)
    },
    async personLists({ params }) {
      if (!isProfileId(params.id)) return { items: [] }
      return { items: await readListsOf(pool, await resolveProfile(pool, params.id)) }
    },
  }
}
