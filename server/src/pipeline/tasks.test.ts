import { Registry } from 'prom-client'
import { shardOf, type Person } from '@throughline/contracts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { settings } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import type { OwnEvent } from '../channels/index.ts'
import { resolveProfiles } from '../identity/index.ts'
import { makeAccepter, type Accepter } from '../ingest/index.ts'
import { makeSilentLog } from '../platform/log/index.ts'
import { makeTaskHandlers, readTasksOf, tellTaskNews, writeTasks } from '../tasks/index.ts'
import { sweep } from './erase/places.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, untilTaken } from './test/harness.ts'
import type { Worker } from './worker.ts'

let database: TestDatabase
let worker: Worker
let accepter: Accepter
let handlers: ReturnType<typeof makeTaskHandlers>

beforeAll(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
  await worker.start()
  accepter = makeAccepter({ pool: database.pool, log: makeSilentLog(), metrics: new Registry() })
  handlers = makeTaskHandlers({
    pool: database.pool,
    findPeople: async (ids) => new Map(ids.map((id) => [id, { id } as Person])),
    idsOf: async (id) => [id],
  })
  await publish(
    database.pool,
    {
      kind: 'journey',
      id: 'failed',
      name: 'Failed orders',
      entry: { on: { event: 'Order Failed' }, reentry: { kind: 'always' } },
      start: 'call',
      steps: {
        call: {
          kind: 'staff-task',
          title: 'Call {{ profile.first_name | default: "them" }}: order {{ event.properties.order_id }}',
          text: 'Worth {{ event.properties.total }}',
          assignee: 'Ann@shop.example',
          due: '1 day',
          email: true,
          next: 'wait',
        },
        wait: {
          kind: 'wait-for',
          any: [{ on: { event: 'Task Done', where: [{ property: 'step', compare: { op: 'is', value: 'call' } }] }, next: 'thanks' }],
          upTo: '7 days',
        },
        thanks: { kind: 'send-event', event: 'Thanked' },
      },
    },
    {
      kind: 'journey',
      id: 'broken',
      name: 'Broken',
      entry: { on: { event: 'Broke' }, reentry: { kind: 'always' } },
      start: 'look',
      steps: { look: { kind: 'staff-task', title: '{{ event.properties.nothing }}', assignee: 'ben@shop.example' } },
    },
  )
  await untilTaken(database.pool)
})
afterAll(async () => {
  await worker.stop()
  await accepter.close()
  await database.drop()
})
beforeEach(() => database.pool.query('delete from task_requests; delete from tasks; delete from task_news; delete from staff_mails'))

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
const hear = async (profileId: string, name: string, properties: object = {}) => {
  await append(database.pool, [{ profileId, name, properties }])
  await untilTaken(database.pool)
}
const write = async () => {
  while (await writeTasks({ pool: database.pool, settings: async () => settings }));
}
const tell = async () => {
  while (await tellTaskNews(database.pool, (events: OwnEvent[]) => accepter.accept(events)));
  worker.wake()
  await untilTaken(database.pool)
}
const list = async (state: 'open' | 'done' = 'open', more: object = {}) =>
  (await handlers.tasks({ ...base, query: { state, limit: 200, ...more } })).items
const said = async (name: string) =>
  (
    await database.pool.query<{ id: string; properties: string }>(
      'select profile_id as id, properties from inbox where name = $1 order by shard, lane, seq',
      [name],
    )
  ).rows

test('a task is written for the person once, however often its writer is killed, with one mail and one entry of the timeline', async () => {
  const people = Array.from({ length: 250 }, () => makeProfileId())
  const before = (await said('Task Created')).length
  await append(
    database.pool,
    people.map((profileId, n) => ({ profileId, name: 'Order Failed', properties: { order_id: `o${n}`, total: 12 } })),
  )
  await untilTaken(database.pool)
  expect((await database.pool.query('select from task_requests')).rowCount).toBe(250)
  // Two at a time, and one that dies on the way: what it had written is undone with it.
  const killed = {
    pool: new Proxy(database.pool, {
      get(pool, name) {
        if (name !== 'connect') return Reflect.get(pool, name) as unknown
        return async () => {
          const client = await pool.connect()
          const query = client.query.bind(client) as (...args: unknown[]) => unknown
          return Object.assign(Object.create(client) as typeof client, {
            query: (...args: unknown[]) => {
              if (typeof args[0] === 'string' && args[0].includes('delete from task_requests')) throw new Error('killed')
              return query(...args)
            },
            release: (error?: Error | boolean) => client.release(error),
          })
        }
      },
    }),
    settings: async () => settings,
  }
  await expect(writeTasks(killed)).rejects.toThrow('killed')
  expect((await database.pool.query('select from tasks')).rowCount).toBe(0)
  await Promise.all([write(), write()])
  await Promise.all([tell(), tell()])
  // The process was killed after the events were accepted, and before that was noted: they are told again.
  const again = (await said('Task Created')).length
  expect(again - before).toBe(250)
  const tasks = [...(await list()), ...(await list('open', { assignee: 'nobody@shop.example' }))]
  expect(tasks).toHaveLength(200)
  expect((await database.pool.query('select from tasks')).rowCount).toBe(250)
  expect((await database.pool.query('select from staff_mails')).rowCount).toBe(250)
  expect((await database.pool.query('select from task_requests')).rowCount).toBe(0)
  expect(tasks[0]).toMatchObject({ assignee: 'ann@shop.example', text: 'Worth 12', journey: 'failed', step: 'call', doneAt: null })
  expect(tasks[0]!.title).toMatch(/^Call them: order o\d+$/)
  expect(tasks[0]!.dueAt! - tasks[0]!.createdAt).toBe(86_400_000)
})

test('what is told of a task again after a kill counts once', async () => {
  const person = makeProfileId()
  await hear(person, 'Order Failed', { order_id: 'o1' })
  await write()
  const dying = tellTaskNews(database.pool, async (events) => {
    await accepter.accept(events)
    throw new Error('killed')
  })
  await expect(dying).rejects.toThrow('killed')
  await tell()
  expect((await said('Task Created')).filter(({ id }) => id === person)).toHaveLength(1)
})

test('a journey that waits for it goes on once it is done, and a task that is opened again and done again says so twice', async () => {
  const person = makeProfileId()
  await hear(person, 'Order Failed', { order_id: 'o1' })
  await write()
  await tell()
  const names = async () => (await readFacts(database.pool, person)).map(({ name }) => name)
  expect(await names()).not.toContain('Thanked')
  const [task] = await list()
  const params = { id: task!.id }
  const done = await handlers.finishTask({ ...base, params, body: { note: 'She will try again.' } })
  expect(done).toMatchObject({ doneBy: 'ann@shop.example', note: 'She will try again.' })
  await tell()
  expect(await names()).toContain('Thanked')
  expect(await list()).toEqual([])
  expect(await list('done', { journey: 'failed', assignee: 'ann@shop.example', person })).toHaveLength(1)
  await expect(handlers.finishTask({ ...base, params, body: { note: '' } })).rejects.toThrow('done already, by ann@shop.example')
  await expect(handlers.assignTask({ ...base, params, body: { assignee: 'ben@shop.example' } })).rejects.toThrow('Open it again first')
  expect(await handlers.reopenTask({ ...base, params, body: { note: 'Not after all.' } })).toMatchObject({
    doneAt: null,
    doneBy: null,
    note: 'Not after all.',
  })
  expect(await handlers.assignTask({ ...base, params, body: { assignee: 'ben@shop.example' } })).toMatchObject({
    assignee: 'ben@shop.example',
  })
  expect((await handlers.taskAssignees(base)).items).toEqual([{ assignee: 'ben@shop.example', open: 1, overdue: 0 }])
  await handlers.finishTask({ ...base, params, body: { note: '' } })
  await tell()
  const told = (await said('Task Done')).filter(({ id }) => id === person).map(({ properties }) => JSON.parse(properties) as object)
  expect(told).toMatchObject([{ task: task!.id, step: 'call', journey: 'failed', by: 'ann@shop.example', note: 'She will try again.' }, {}])
})

test('a task whose title cannot be written is there all the same, and says why', async () => {
  await hear(makeProfileId(), 'Broke')
  await write()
  expect(await list()).toMatchObject([
    { title: '{{ event.properties.nothing }}', problem: expect.stringContaining('came out empty') as unknown, dueAt: null },
  ])
  expect((await database.pool.query('select from staff_mails')).rowCount).toBe(0)
})

test('of two who prove to be one person the task is about the one who stays', async () => {
  const [winner, loser] = [makeProfileId(5), makeProfileId(6)]
  await hear(winner, 'Visited')
  await hear(loser, 'Order Failed', { order_id: 'o1' })
  await database.pool.query(
    `insert into merges (id, winner, loser, at, reason, moved) values (gen_random_uuid(), $1, $2, 0, 'test', '[]')`,
    [winner, loser],
  )
  await append(database.pool, [{ profileId: loser, type: 'control', name: 'merge-out', properties: { merge: 'm1', winner } }])
  await untilTaken(database.pool)
  await write()
  expect((await database.pool.query('select profile_id from tasks')).rows).toEqual([{ profile_id: winner }])
  // And of one that was written before.
  await database.pool.query('update tasks set profile_id = $1', [loser])
  expect((await resolveProfiles(database.pool, [loser])).get(loser)).toBe(winner)
  expect(await list()).toMatchObject([{ person: { id: winner } }])
})

test('who is forgotten is in no task, no news and no mail any more, and who did it when stays', async () => {
  const [ann, open] = [makeProfileId(), makeProfileId()]
  for (const person of [ann, open]) await hear(person, 'Order Failed', { order_id: 'secret-8841' })
  await write()
  const [task] = await list('open', { person: ann })
  await handlers.finishTask({ ...base, params: { id: task!.id }, body: { note: 'secret note' } })
  await hear(ann, 'Order Failed', { order_id: 'secret-8842' })
  await sweep(database.pool, { profiles: [ann, open], identifiers: [] } as never)
  expect((await database.pool.query('select from task_requests where shard = $1', [shardOf(ann)])).rowCount).toBe(0)
  for (const table of ['tasks', 'task_news', 'staff_mails', 'task_requests'])
    expect((await database.pool.query(`select from ${table} t where t::text ~ 'secret'`)).rowCount, table).toBe(0)
  expect(await list('done')).toMatchObject([{ person: null, title: '', text: '', note: null, doneBy: 'ann@shop.example' }])
  await tell()
})

test('the file of a person has each of their tasks once, open and done, and nobody else’s', async () => {
  const [ann, ben] = [makeProfileId(), makeProfileId()]
  await database.pool.query(
    `insert into tasks (id, profile_id, journey_id, step, title, body, assignee, created_at, due_at, done_at, done_by, note)
     select 't' || n, case when n = 231 then $2::uuid else $1::uuid end, 'failed', 'call', 'Task ' || n, '', 'ann@shop.example', n,
       case when n % 2 = 0 then 7 end, case when n <= 110 then 9 end, case when n <= 110 then 'ann@shop.example' end, 'they were glad'
     from generate_series(1, 231) n`,
    [ann, ben],
  )
  const tasks: { id: string; title: string; doneBy: string | null }[] = []
  for await (const task of readTasksOf(database.pool, [ann])) tasks.push(task as (typeof tasks)[number])
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(230)
  expect(tasks.filter(({ doneBy }) => doneBy === 'ann@shop.example')).toHaveLength(110)
  expect(tasks).toHaveLength(230)
  expect(tasks.filter(({ title }) => title === 'Task 231')).toEqual([])
  expect(tasks.at(-1)).toMatchObject({ journey: 'failed', step: 'call', note: 'they were glad' })
})
