import type { JourneyState } from '@throughline/contracts'
import type { JourneyStanding } from '@throughline/engine'
import type { Db, PoolClient } from '../platform/postgres/index.ts'

// The latest word up to an epoch; few rows, one for each time that somebody pressed a button.
const STANDING = `
select distinct on (journey_id) journey_id, epoch, state, set_at from journey_states where epoch <= $1::bigint order by journey_id, epoch desc`

/** How journeys stand at an epoch, by id; those that are not in it are live, and were so always. */
export async function readJourneyStates(db: Db, epoch = Number.MAX_SAFE_INTEGER): Promise<ReadonlyMap<string, JourneyStanding>> {
  const { rows } = await db.query<{ journey_id: string; epoch: number; state: JourneyState; set_at: number }>({
    name: 'journey-states',
    text: STANDING,
    values: [epoch],
  })
  return new Map(rows.map((row) => [row.journey_id, { epoch: row.epoch, state: row.state, since: row.set_at }]))
}

/** Writes a state within the transaction that announces this epoch. */
export async function writeJourneyState(
  client: PoolClient,
  { id, epoch, state, by }: { readonly id: string; readonly epoch: number; readonly state: JourneyState; readonly by: string },
): Promise<void> {
  await client.query(
    `insert into journey_states (journey_id, epoch, state, set_at, set_by)
     values ($1::text, $2::bigint, $3::text, (extract(epoch from clock_timestamp()) * 1000)::bigint, $4::text)`,
    [id, epoch, state, by],
  )
}
