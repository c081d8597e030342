import { appendControls, INBOX_CHANNEL } from '../ingest/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'

const AT_ONCE = 500

interface Request {
  [key: string]: unknown
  readonly profile_id: string
  readonly run_id: string
  readonly journey_id: string
  readonly day: number
  readonly most: number
}

// Whoever asked first; those that another process is answering just now are left out.
const TAKE = `
with taken as (
  select shard, profile_id, run_id from entry_requests order by asked_at, run_id limit ${AT_ONCE} for update skip locked
)
delete from entry_requests r using taken t where r.shard = t.shard and r.profile_id = t.profile_id and r.run_id = t.run_id
returning r.profile_id, r.run_id, r.journey_id, r.day, r.most, r.asked_at`

// The row of the day is locked until the commit, so that two processes never count the same room.
const BEGIN_DAY = 'insert into journey_days (journey_id, day, n) values ($1::text, $2::int, 0) on conflict do nothing'
const COUNT = 'select n from journey_days where journey_id = $1::text and day = $2::int for update'
const ADD = 'update journey_days set n = n + $3::bigint where journey_id = $1::text and day = $2::int'

/**
 * Tells people who want to come into journeys with a cap for the day whether there is room: never more than the cap come in, however many
 * workers and processes there are.
 * @returns whether there may be more to answer
 */
export async function answerRequests(pool: Pool): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query<Request & { readonly asked_at: number }>({ name: 'entry-requests-take', text: TAKE })
    if (rows.length === 0) return false
    const days = new Map<string, Request[]>()
    for (const row of rows.sort((a, b) => a.asked_at - b.asked_at || (a.run_id < b.run_id ? -1 : 1)))
      days.set(`${row.journey_id} ${row.day}`, [...(days.get(`${row.journey_id} ${row.day}`) ?? []), row])
    const answers: { readonly request: Request; readonly hasRoom: boolean }[] = []
    // In one order, so that two processes never wait for each other in a circle.
    for (const [, requests] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const room = await takeRoom(client, requests)
      requests.forEach((request, place) => answers.push({ request, hasRoom: place < room }))
    }
    await appendControls(
      client,
      answers.map(({ request, hasRoom }) => ({
        name: 'entry-answer',
        id: `entry-answer:${request.run_id}:${request.day}`,
        profileId: request.profile_id,
        properties: { run: request.run_id, hasRoom },
      })),
    )
    await client.query('select pg_notify($1::text, $2::text)', [INBOX_CHANNEL, ''])
    return rows.length === AT_ONCE
  })
}

/** How many of those who ask for one day of one journey come in; they are counted. */
async function takeRoom(client: PoolClient, requests: readonly Request[]): Promise<number> {
  const { journey_id: journey, day, most } = requests.at(-1)!
  await client.query(BEGIN_DAY, [journey, day])
  const { rows } = await client.query<{ n: number }>(COUNT, [journey, day])
  const room = Math.max(0, Math.min(requests.length, most - (rows[0]?.n ?? 0)))
  if (room > 0) await client.query(ADD, [journey, day, room])
  return room
}
