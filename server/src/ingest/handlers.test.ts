import { lanes } from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startIngest, type IngestServer } from '../../test/ingest-server.ts'
import { appendControls, makeIngestHandlers, type AcceptEvent } from './index.ts'
import { withTransaction } from '../platform/postgres/index.ts'

let server: IngestServer
let handlers: ReturnType<typeof makeIngestHandlers>
beforeAll(async () => {
  server = await startIngest()
  handlers = makeIngestHandlers({
    pool: server.pool,
    accepter: server.accepter,
    namesOf: async (ids) => new Map(ids.map((id) => [id, `Person ${id.slice(-4)}`])),
  })
})
afterAll(() => server.stop())

const context = {
  requestId: 'r',
  ip: '127.0.0.1',
  session: null,
  setSession: () => undefined,
  auth: { kind: 'user', id: 'u', name: 'ann@shop.example', role: 'admin' },
} as const

function makeEvent(name: string): AcceptEvent {
  const now = Date.now()
  return {
    source: 'web',
    messageId: randomUUID(),
    type: 'track',
    name,
    timestamp: now,
    dedupeAt: now,
    properties: { a: 1 },
    context: {},
    lane: lanes.live,
    triggers: true,
    who: { identifiers: [{ kind: 'anonymous_id', value: randomUUID() }] },
  }
}

const audit = { note: () => undefined, commit: async () => undefined }
const base = { ...context, audit, params: undefined, signal: new AbortController().signal }

describe('makeIngestHandlers', () => {
  it('shows the latest events of all shards, newest first, with the names of people, and no control entries', async () => {
    for (const name of ['First', 'Second', 'Third', 'Second']) {
      await server.accepter.accept([makeEvent(name)])
      // One millisecond is the finest order that two shards have between them.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await withTransaction(server.pool, (client) =>
      appendControls(client, [{ name: 'definitions-published', id: randomUUID(), profileId: randomUUID(), properties: {} }]),
    )
    const all = await handlers.recentEvents({ ...base, query: { limit: 3 }, body: undefined })
    expect(all.items.map(({ name }) => name)).toEqual(['Second', 'Third', 'Second'])
    expect(all.items[0]!.personName).toBe(`Person ${all.items[0]!.profileId.slice(-4)}`)
    const some = await handlers.recentEvents({ ...base, query: { limit: 10, name: 'First' }, body: undefined })
    expect(some.items.map(({ name, properties }) => [name, properties])).toEqual([['First', { a: 1 }]])
  })

  it('sends events as they come to every listener, until the listener leaves', async () => {
    const leaving = [new AbortController(), new AbortController()]
    const heard = leaving.map(({ signal }) => {
      const names: string[] = []
      const done = (async () => {
        for await (const entry of await handlers.eventStream({
          ...context,
          audit,
          params: undefined,
          query: undefined,
          body: undefined,
          signal,
        }))
          names.push(entry.name)
      })()
      return { names, done }
    })
    await expect
      .poll(
        async () => {
          await server.accepter.accept([makeEvent('Streamed')])
          return heard.every(({ names }) => names.includes('Streamed'))
        },
        { interval: 200 },
      )
      .toBe(true)
    for (const controller of leaving) controller.abort()
    await Promise.all(heard.map(({ done }) => done))
  })

  it('imports history in the bulk lane, once, and lists what it refuses', async () => {
    const good = { type: 'track', event: 'Order Completed', userId: 'import-1', messageId: randomUUID(), timestamp: '2019-05-01T10:00:00Z' }
    const request = {
      ...base,
      query: undefined,
      body: { source: 'crm', triggers: false, events: [good, { ...good, messageId: randomUUID(), event: '' }] },
    }
    expect(await handlers.importEvents(request)).toMatchObject({
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, problems: [{ field: 'event' }] }],
    })
    expect(await handlers.importEvents(request)).toMatchObject({ accepted: 0, duplicates: 1 })
    const { rows } = await server.pool.query('select lane, triggers, occurred_at from inbox where event_id = $1::text', [
      `crm:${good.messageId}`,
    ])
    expect(rows).toEqual([{ lane: 1, triggers: false, occurred_at: Date.parse(good.timestamp) }])
  })

  it('knows an imported event again when the days of which ids are kept are long over', async () => {
    const event = {
      type: 'track',
      event: 'Order Completed',
      userId: 'import-2',
      messageId: randomUUID(),
      timestamp: new Date().toISOString(),
    }
    const request = { ...base, query: undefined, body: { source: 'crm', triggers: false, events: [event] } }
    expect(await handlers.importEvents(request)).toMatchObject({ accepted: 1, duplicates: 0 })
    await server.pool.query('delete from seen where day > 0')
    expect(await handlers.importEvents(request)).toMatchObject({ accepted: 0, duplicates: 1 })
  })

  it('lists refused events page by page, newest first', async () => {
    await server.pool.query('delete from rejected_events')
    for (let n = 0; n < 5; n++)
      await server.accepter.reject([{ source: 'web', name: `Bad ${n}`, messageId: null, problems: [], raw: '{}' }], ['missing'])
    const seen: (string | null)[] = []
    let cursor: string | undefined
    do {
      const page = await handlers.rejectedEvents({ ...base, query: { limit: 2, cursor }, body: undefined })
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(['Bad 4', 'Bad 3', 'Bad 2', 'Bad 1', 'Bad 0'])
    await expect(handlers.rejectedEvents({ ...base, query: { limit: 2, cursor: 'x' }, body: undefined })).rejects.toMatchObject({
      code: 'cursor_unreadable',
    })
  })
})
