import { eventNames, type Person } from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startIngest, type IngestServer } from '../../test/ingest-server.ts'
import { unmergeProfiles } from '../ingest/index.ts'
import { makeListHandlers } from './index.ts'

let server: IngestServer
let handlers: ReturnType<typeof makeListHandlers>
beforeAll(async () => {
  server = await startIngest()
  handlers = makeListHandlers({
    pool: server.pool,
    append: (events) => server.accepter.accept(events),
    findPeople: async (ids) => new Map(ids.map((id) => [id, { id } as Person])),
  })
})
afterAll(() => server.stop())

const base = {
  requestId: 'r',
  ip: '127.0.0.1',
  session: null,
  setSession: () => undefined,
  signal: new AbortController().signal,
  auth: { kind: 'user', id: 'u', name: 'ann@shop.example', role: 'editor' },
  params: undefined,
  query: undefined,
  body: undefined,
  audit: { note: () => undefined, commit: async () => undefined },
} as const

const make = (name: string) => handlers.createList({ ...base, body: { name } })
const add = (id: string, people: { email?: string; id?: string; userId?: string; phone?: string }[], create = true) =>
  handlers.addListMembers({ ...base, params: { id }, body: { people, create } })
const remove = (id: string, people: { email?: string; userId?: string; id?: string }[]) =>
  handlers.removeListMembers({ ...base, params: { id }, body: { people } })
const read = (id: string) => handlers.list({ ...base, params: { id } })
const members = async (id: string) =>
  (await handlers.listMembers({ ...base, params: { id }, query: { limit: 200 } })).items.map(({ person }) => person.id)
const words = async (list: string) =>
  (await server.inbox())
    .filter(({ properties }) => properties.includes(`"list":"${list}"`))
    .map(({ name, profile_id }) => [name, profile_id])
const identify = async (identifiers: { kind: 'email' | 'user_id' | 'anonymous_id'; value: string }[]): Promise<string> => {
  const [outcome] = await server.accepter.accept([
    {
      source: 'web',
      messageId: randomUUID(),
      type: 'identify',
      name: eventNames.identified,
      timestamp: Date.now(),
      properties: {},
      context: {},
      lane: 0,
      triggers: true,
      who: { identifiers },
    },
  ])
  if (outcome?.kind !== 'accepted') throw new Error('not accepted')
  return outcome.profileId
}

describe('a list', () => {
  test('has an id made from its name, which stays when it is renamed and is never given again', async () => {
    const list = await make('Fröhliche Weihnachten 2026!')
    expect(list).toMatchObject({ id: 'frohliche-weihnachten-2026', members: 0, createdBy: 'ann@shop.example', deletedAt: null })
    await expect(make('fröhliche weihnachten 2026!')).rejects.toMatchObject({ code: 'list_name_taken' })
    await handlers.renameList({ ...base, params: { id: list.id }, body: { name: 'Winter' } })
    expect((await make('Fröhliche Weihnachten 2026!')).id).toBe('frohliche-weihnachten-2026-2')
    await expect(handlers.createList({ ...base, body: { name: 'Other', id: list.id } })).rejects.toMatchObject({ code: 'list_id_taken' })
  })

  test('that was deleted takes nobody, and comes back with its members', async () => {
    const { id } = await make('Short-lived')
    await add(id, [{ email: 'kept@example.org' }])
    await handlers.deleteList({ ...base, params: { id } })
    expect((await handlers.lists({ ...base, query: { deleted: 'false' } })).items.map((list) => list.id)).not.toContain(id)
    expect((await handlers.lists({ ...base, query: { deleted: 'true' } })).items.map((list) => list.id)).toContain(id)
    await expect(add(id, [{ email: 'late@example.org' }])).rejects.toMatchObject({ code: 'list_deleted' })
    expect(await handlers.restoreList({ ...base, params: { id } })).toMatchObject({ members: 1, deletedAt: null })
  })

  test('that a definition in force names is not deleted, and the refusal says where it is used', async () => {
    const { id } = await make('Used')
    const where = { kind: 'all', of: [{ kind: 'in-list', list: id }] }
    await server.pool.query(
      `insert into definitions (kind, id, version, epoch, body, published_by) values ('segment', 's', 1, 1, $1, 'test')`,
      [{ kind: 'segment', id: 's', name: 'Loyal', where }],
    )
    await expect(handlers.deleteList({ ...base, params: { id } })).rejects.toThrow('This list is used in the segment "Loyal".')
    expect((await read(id)).usedIn).toEqual([{ kind: 'segment', id: 's', name: 'Loyal' }])
    await server.pool.query(
      `insert into definitions (kind, id, version, epoch, body, published_by) values ('segment', 's', 2, 2, '{"name":"Loyal"}', 'test')`,
    )
    await handlers.deleteList({ ...base, params: { id } })
  })
})

describe('members', () => {
  test('join and leave once: a repetition is no event, in one call or in several', async () => {
    const { id } = await make('Once')
    const ann = await identify([{ kind: 'user_id', value: 'once-ann' }])
    expect(await add(id, [{ userId: 'once-ann' }, { id: ann }, { email: 'Once-Bob@example.org ' }])).toEqual({
      changed: 2,
      unchanged: 1,
      unknown: [],
    })
    expect(await add(id, [{ userId: 'once-ann' }, { email: 'once-bob@example.org' }])).toEqual({ changed: 0, unchanged: 2, unknown: [] })
    expect((await read(id)).members).toBe(2)
    expect(await remove(id, [{ userId: 'once-ann' }])).toMatchObject({ changed: 1 })
    expect(await remove(id, [{ userId: 'once-ann' }])).toMatchObject({ changed: 0, unchanged: 1 })
    expect(await members(id)).not.toContain(ann)
    expect((await words(id)).filter(([, who]) => who === ann)).toEqual([
      ['List Joined', ann],
      ['List Left', ann],
    ])
  })

  test('asked for at the same time from many sides join once', async () => {
    const { id } = await make('Crowd')
    const ann = await identify([{ kind: 'user_id', value: 'crowd-ann' }])
    const all = await Promise.all(Array.from({ length: 20 }, () => add(id, [{ userId: 'crowd-ann' }])))
    expect(all.reduce((sum, { changed }) => sum + changed, 0)).toBe(1)
    expect(await words(id)).toEqual([['List Joined', ann]])
  })

  test('whom nobody knows are named, and made only when asked for', async () => {
    const { id } = await make('Strangers')
    const answer = await add(id, [{ email: 'stranger@example.org' }, { email: 'no address' }, { id: randomUUID() }], false)
    expect(answer).toMatchObject({ changed: 0, unknown: [{ index: 0 }, { index: 1 }, { index: 2 }] })
    expect(answer.unknown[1]!.reason).toBe('email is "no address"; allowed: an e-mail address.')
    expect((await server.pool.query(`select 1 from identifiers where value = 'stranger@example.org'`)).rowCount).toBe(0)
  })

  test('come in pages that neither repeat nor leave out anybody', async () => {
    const { id } = await make('Pages')
    await add(
      id,
      Array.from({ length: 7 }, (_, n) => ({ email: `page${n}@example.org` })),
    )
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await handlers.listMembers({ ...base, params: { id }, query: { limit: 3, ...(cursor !== undefined && { cursor }) } })
      seen.push(...page.items.map(({ person }) => person.id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(seen).toHaveLength(7)
    expect(seen).toEqual([...new Set(seen)].sort().reverse())
  })

  test('are one after a merge, by the word said last, and as before after it is undone', async () => {
    const both = (await make('Both')).id
    const left = (await make('Left')).id
    const own = (await make('Own')).id
    const ann = await identify([{ kind: 'user_id', value: 'merge-ann' }])
    const device = await identify([{ kind: 'anonymous_id', value: 'merge-device' }])
    await add(both, [{ id: ann }, { id: device }])
    await add(left, [{ id: ann }])
    await add(left, [{ id: device }])
    await new Promise((resolve) => setTimeout(resolve, 2))
    await remove(left, [{ id: device }])
    await add(own, [{ id: device }])
    expect((await read(both)).members).toBe(2)
    expect((await read(left)).members).toBe(1)

    const winner = await identify([
      { kind: 'user_id', value: 'merge-ann' },
      { kind: 'anonymous_id', value: 'merge-device' },
    ])
    expect([await members(both), await members(left), await members(own)]).toEqual([[winner], [], [winner]])
    expect((await read(both)).members).toBe(1)
    expect(await add(own, [{ userId: 'merge-ann' }])).toMatchObject({ changed: 0, unchanged: 1 })
    expect((await handlers.personLists({ ...base, params: { id: device } })).items.map(({ name }) => name)).toEqual(['Both', 'Own'])

    const { rows } = await server.pool.query<{ id: string }>('select id from merges where loser = any($1::uuid[])', [[ann, device]])
    await unmergeProfiles(server.pool, rows[0]!.id)
    expect([(await members(both)).sort(), await members(left), await members(own)]).toEqual([[ann, device].sort(), [ann], [device]])
  })

  test('cannot be forged with a write key', async () => {
    const { id } = await make('Forged')
    const response = await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ writeKey: server.writeKey, userId: 'forger', event: 'List Joined', properties: { list: id } }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ field: 'event', value: 'List Joined' })
    expect((await read(id)).members).toBe(0)
  })
})
