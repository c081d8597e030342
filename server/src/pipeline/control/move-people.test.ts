import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeJourneyDraftHandlers, makeJourneyPeopleHandlers } from '../../journeys/index.ts'
import { append, makeProfileId, makeTestWorker, publish, readFacts, untilTaken, type TestEvent } from '../test/harness.ts'
import type { Worker } from '../worker.ts'

let database: TestDatabase
let worker: Worker
beforeEach(async () => {
  database = await makeTestDatabase()
  worker = makeTestWorker(database.pool)
})
afterEach(async () => {
  await worker.stop()
  await database.drop()
})

const tour = (steps: object) => ({
  kind: 'journey',
  id: 'tour',
  name: 'Tour',
  entry: { on: { event: 'Started' } },
  start: 'hold',
  steps,
})
const hold = { kind: 'wait', for: '3 days' } as const

test('people are moved and removed in slices, each once, although the worker is stopped in the middle, merged people included', async () => {
  const { pool } = database
  const handlers = makeJourneyPeopleHandlers({ pool, findPeople: async () => new Map(), searchIds: async () => [] })
  const call = { requestId: '', ip: '', session: null, setSession: () => undefined, signal: new AbortController().signal, query: undefined }
  const audit = { note: () => undefined, commit: async () => undefined }
  const by = { params: { id: 'tour' }, auth: { kind: 'user', id: 'u', name: 'ada@shop.example', role: 'editor' }, audit, ...call } as const
  const move = (body: Parameters<typeof handlers.moveJourneyPeople>[0]['body']) => handlers.moveJourneyPeople({ ...by, body })
  const latest = async () => (await handlers.journeyMoves({ ...by, body: undefined })).items[0]
  const standing = async () =>
    (
      await pool.query(
        'select version, step, count(*)::int as n, count(distinct run_id)::int as runs from runs group by version, step order by version, step',
      )
    ).rows

  await publish(pool, tour({ hold: { ...hold, next: 'late' }, late: { kind: 'wait', for: '9 days' } }))
  // More of one shard than two slices take.
  const people = Array.from({ length: 160 }, (_, n) => makeProfileId(n < 130 ? 3 : n - 130))
  await append(
    pool,
    people.map((profileId): TestEvent => ({ profileId, name: 'Started' })),
  )
  await worker.start()
  await untilTaken(pool)
  await worker.stop()

  // Two versions; the one that people go to is published while nobody works.
  await publish(pool, tour({ hold: { ...hold, next: 'new' }, new: { kind: 'wait', for: '20 days' } }))
  const asked = { version: 1, step: 'hold', to: { version: 2, step: 'new' }, key: 'once' }
  await expect(move({ ...asked, to: { version: 1, step: 'new' }, key: 'wrong' })).rejects.toMatchObject({ code: 'move_invalid' })
  const first = await move(asked)
  expect(first).toMatchObject({ outcome: 'asked', people: 160 })
  expect(await move(asked)).toEqual({ ...first, outcome: 'repeated' })
  // Somebody is merged into another, who is of another shard and not in the journey; somebody goes on by themselves.
  const [winner, loser] = [makeProfileId(40), people[0]!]
  await append(pool, [
    { profileId: winner, name: 'Seen' },
    { profileId: loser, type: 'control', name: 'merge-out', id: 'throughline:merge-out:1', properties: { merge: '1', winner } },
  ])
  worker = makeTestWorker(pool)
  await worker.start()
  await untilTaken(pool)
  expect(await standing()).toEqual([{ version: 2, step: 'new', n: 160, runs: 160 }])
  expect(await latest()).toMatchObject({ people: 160, waiting: 0, moved: 160, passed: 0, askedBy: 'ada@shop.example' })
  expect((await readFacts(pool, winner)).map(({ name }) => name)).toEqual(['Profiles Merged', 'Journey Moved'])
  const { rows } = await pool.query('select version, edge, sum(n)::int as n from edge_counts group by version, edge order by version, edge')
  expect(rows).toEqual([
    { version: 1, edge: 'entry', n: 160 },
    { version: 1, edge: 'moved:out', n: 160 },
    { version: 2, edge: 'moved:in', n: 160 },
  ])

  // Some, by their runs; what is named twice or is gone is nobody.
  const named = (await pool.query<{ run_id: string }>('select run_id from runs order by run_id limit 3')).rows.map((row) => row.run_id)
  const remove = (runs: string[], step = 'new') => handlers.removeJourneyPeople({ ...by, body: { version: 2, step, runs } })
  expect(await remove([...named, named[0]!, 'nobody'])).toMatchObject({ people: 3 })
  await untilTaken(pool)
  expect(await standing()).toEqual([{ version: 2, step: 'new', n: 157, runs: 157 }])
  const left = await pool.query(`select properties::jsonb ->> 'reason' as reason from inbox where lane = 2 and name = 'Journey Left'`)
  expect(left.rows).toEqual(Array.from({ length: 3 }, () => ({ reason: 'removed by ada@shop.example' })))
  await expect(remove(named)).rejects.toMatchObject({ code: 'nobody_to_move' })
  expect((await pool.query('select 1 from journey_move_runs')).rowCount).toBe(0)

  // Everybody goes to the next version by what was said at its publication, without being asked for one by one.
  const drafts = makeJourneyDraftHandlers({ pool })
  const { name, id, entry, start } = tour({})
  const definition = {
    name,
    id,
    kind: 'journey',
    entry,
    start,
    steps: { hold: { ...hold, next: 'last' }, last: { kind: 'wait', for: '1 day' } },
  } as const
  await drafts.beginJourneyDraft({ ...by, params: undefined, body: { definition, basedOn: 2 } })
  const draft = (moves: { version: number; steps: Record<string, string | null> }[], dryRun = false) =>
    drafts.publishJourneyDraft({ ...by, body: { revision: 1, onto: 2, dryRun, moves } })
  await expect(draft([{ version: 2, steps: { new: 'gone' } }])).rejects.toMatchObject({ code: 'move_invalid', details: { value: 'gone' } })
  await expect(draft([{ version: 3, steps: {} }])).rejects.toMatchObject({ code: 'move_invalid' })
  expect((await draft([], true)).inside).toEqual([{ version: 2, people: 157, steps: [{ step: 'new', people: 157 }] }])
  const wakes = 'select min(wakes_at) as first, max(wakes_at) as last from runs'
  const before = (await pool.query(wakes)).rows
  await draft([{ version: 2, steps: { new: 'last' } }])
  await untilTaken(pool)
  expect(await standing()).toEqual([{ version: 3, step: 'last', n: 157, runs: 157 }])
  expect((await pool.query(wakes)).rows).toEqual(before)
  // They would not stay where people are taken from.
  const back = { version: 3, step: 'last', to: { version: 2, step: 'new' } }
  await expect(move(back)).rejects.toMatchObject({ code: 'move_invalid', details: { allowed: '3' } })
})
