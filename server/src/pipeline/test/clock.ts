import type { TestDatabase } from '../../../test/postgres.ts'
import { makePool, type Pool } from '../../platform/postgres/index.ts'

const DAY_MS = 86_400_000

/** The clock of a test database, which can be put ahead; between that it goes on at its usual speed. */
export interface TestClock {
  /** Connections that go by it; ended by `stop`. */
  readonly pool: Pool
  /** What it shows, epoch ms. */
  now(): Promise<number>
  putAhead(ms: number): Promise<void>
  /** Puts it ahead to the next noon, UTC, so that no day ends while a test runs. */
  putToNoon(): Promise<void>
  stop(): Promise<void>
}

/**
 * Gives a test database a clock of its own: a function of the name that all statements call, found before the built-in one. What is due in an
 * hour comes at once, and a day ends when a test says so, not at midnight.
 */
export async function makeClock({ url, pool: plain }: TestDatabase): Promise<TestClock> {
  const name = new URL(url).pathname.slice(1)
  await plain.query(`create table clock_ahead (ms bigint not null)`)
  await plain.query('insert into clock_ahead values (0)')
  await plain.query(`create function public.clock_timestamp() returns timestamptz language sql volatile
    as 'select pg_catalog.clock_timestamp() + (select ms from public.clock_ahead) * interval ''1 millisecond'''`)
  await plain.query(`alter database ${name} set search_path = public, pg_catalog`)
  const pool = makePool(url, { max: 10 })
  const now = async (): Promise<number> => {
    const { rows } = await pool.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::bigint as now')
    return rows[0]!.now
  }
  const putAhead = async (ms: number): Promise<void> => {
    await pool.query('update clock_ahead set ms = ms + $1::bigint', [ms])
  }
  return {
    pool,
    now,
    putAhead,
    putToNoon: async () => putAhead(DAY_MS - (((await now()) + DAY_MS / 2) % DAY_MS)),
    stop: () => pool.end(),
  }
}
