import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeChannelWorld, type ChannelWorld } from '../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../test/postgres.ts'
import { makeProfileId } from '../pipeline/test/harness.ts'
import { clearResends, countSilent, fillResend } from './resend-people.ts'

let database: TestDatabase
let world: ChannelWorld
beforeAll(async () => {
  database = await makeTestDatabase()
  world = await makeChannelWorld(database.pool)
})
afterAll(async () => {
  await world.stop()
  await database.drop()
})

test('whom a resend is for is written down some at a time, goes on where it was after a kill, and is forgotten when the send is over', async () => {
  const { pool } = database
  const people = Array.from({ length: 25 }, () => makeProfileId()).sort()
  const before = { id: 'sale#1', campaign: 'sale', number: 1, startedAt: 1_000, endedAt: 2_000 }
  // Three at each instant, the first and the last of the send among them; besides, what is of another send, or came after the end of this one.
  const row = (profileId: string, createdAt: number, sendId = 'sale#1') => world.makeRow(profileId, { status: 'held', createdAt, sendId })
  const at = (n: number): number => (n === 24 ? 2_000 : 1_000 + Math.floor(n / 3) * 50)
  await world.send(...people.map((id, n) => row(id, at(n))), row(makeProfileId(), 1_100, 'other#1'), row(makeProfileId(), 2_001))
  await pool.query(`update messages set status = 'sent', sent_at = created_at`)
  const [opened, ...silent] = people as [string, ...string[]]
  await pool.query(`update messages set opened_at = 1 where profile_id = $1`, [opened])
  await pool.query(
    `insert into campaign_sends (id, campaign_id, number, version, state, is_series, ordered_by, ordered_at, properties, starts_at, resend_of, whom, except_goal)
     values ('sale#2', 'sale', 2, 1, 'scheduled', false, 'test', 0, '{}', 0, 1, 'not-opened', true)`,
  )
  expect(await countSilent(pool, { before, whom: 'not-opened' })).toBe(24)

  const reached = silent.slice(3, 9)
  const asked: unknown[] = []
  const ask = async <Row>({ params }: { readonly params: { readonly [name: string]: string | number } }) => {
    asked.push([params['after'], params['most']])
    return reached
      .filter((id) => id > String(params['after']))
      .slice(0, Number(params['most']))
      .map((person) => ({ person }) as Row)
  }
  const count = async (): Promise<number> =>
    (await pool.query<{ n: number }>(`select count(*) as n from campaign_people where send_id = 'sale#2'`)).rows[0]!.n
  const grows: number[] = []
  for (let isWhole = false, rounds = 0; !isWhole && rounds < 50; rounds++) {
    // What is known stands in the row alone.
    const { rows } = await pool.query<{ filledTo: number | null; reachedTo: string | null }>(
      `select filled_to as "filledTo", reached_to as "reachedTo" from campaign_sends where id = 'sale#2'`,
    )
    const send = { id: 'sale#2', exceptGoal: true, ...rows[0]! }
    isWhole = await fillResend(pool, ask, { send, before, whom: 'not-opened', goal: undefined }, 4)
    grows.push(await count())
  }
  expect(grows).toEqual([5, 8, 14, 20, 24, 24, 24])
  expect(asked).toEqual([
    ['', 4],
    [reached[3], 4],
  ])
  const { rows } = await pool.query<{ id: string; why: string | null }>('select profile_id as id, why from campaign_people order by 1')
  expect(rows).toEqual(silent.map((id) => ({ id, why: reached.includes(id) ? 'goal' : null })))

  const { signal } = new AbortController()
  await clearResends(pool, signal)
  expect(await count()).toBe(24)
  await pool.query(`update campaign_sends set state = 'cancelled', ended_at = 1 where id = 'sale#2'`)
  await clearResends(pool, signal)
  expect(await count()).toBe(0)
})
