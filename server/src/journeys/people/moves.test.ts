import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeProfileId } from '../../pipeline/test/harness.ts'
import { dropOldMoves, readMoves } from './moves.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.drop())

test('moves that are over long since are dropped with their counts, but for the latest of a journey and what is not over', async () => {
  const { pool } = database
  const day = 86_400_000
  // One a day, the oldest first; of another journey a single one, as old.
  await pool.query(
    `insert into journey_moves (id, journey_id, version, step, people, asked_at, asked_by)
     select 'tour:' || n, 'tour', 1, 'hold', 1, n * $1::bigint, 'test' from generate_series(1, 30) n
     union all select 'other:1', 'other', 1, 'hold', 1, 0, 'test'`,
    [day],
  )
  await pool.query(`insert into journey_move_counts (shard, move_id, moved, passed) select 63, id, 1, 0 from journey_moves`)
  await pool.query(`insert into journey_move_runs (shard, move_id, profile_id, run_id) values (5, 'tour:4', $1, 'waits')`, [
    makeProfileId(5),
  ])
  const left = async () =>
    (await pool.query<{ id: string }>('select m.id from journey_moves m join journey_move_counts c on c.move_id = m.id')).rows.map(
      ({ id }) => id,
    )

  expect(await dropOldMoves(pool, 30 * day)).toBe(false)
  expect(await left()).toHaveLength(31)
  // Of the ten that are shown no more, those of the first eight days are old by now, and one of them waits.
  expect(await dropOldMoves(pool, 98.5 * day, 5)).toBe(true)
  expect(await dropOldMoves(pool, 98.5 * day, 5)).toBe(false)
  expect((await left()).toSorted()).toEqual(
    ['other:1', ...[4, ...Array.from({ length: 22 }, (_, n) => n + 9)].map((n) => `tour:${n}`)].toSorted(),
  )
  await dropOldMoves(pool, 900 * day)
  expect(await readMoves(pool, 'tour')).toHaveLength(20)
  expect(await left()).toHaveLength(22)
  expect((await pool.query('select 1 from journey_move_counts')).rowCount).toBe(22)
})
