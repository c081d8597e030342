import type { FullStop, JourneyState } from '@throughline/contracts'
import { announceEpoch, loadLatestOf, readJourneyStates, writeJourneyState } from '../journeys/index.ts'
import { withTransaction, type Db, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { NOW } from './store.ts'

interface Row {
  [column: string]: unknown
  readonly since: number
  readonly set_by: string
  readonly journeys: readonly { readonly id: string; readonly state: JourneyState }[]
}

/** Whether everything has been stopped. */
export async function readFullStop(db: Db): Promise<FullStop> {
  const row = await find(db)
  return {
    stopped: row !== undefined,
    since: row?.since ?? null,
    by: row?.set_by ?? null,
    journeys: row?.journeys.map(({ id }) => id) ?? [],
  }
}

async function find(db: Db): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`select since, set_by, journeys from sending_holds where what = '*'`)
  return rows[0]
}

/**
 * Stops everything, or lets it go on. From the commit on no marketing message is handed over, but those whose hand-over has begun; no send
 * goes on, and journeys that were live or draining stand still until it is lifted.
 * @param onChanged called within the transaction
 */
export async function setFullStop(
  pool: Pool,
  stopped: boolean,
  by: string,
  onChanged: (client: PoolClient, before: boolean, journeys: readonly string[]) => Promise<void>,
): Promise<FullStop> {
  return withTransaction(pool, async (client) => {
    // One publication at a time.
    await client.query('select 1 from workspace where id = 1 for update')
    const before = await find(client)
    const states = await readJourneyStates(client)
    if (stopped && before === undefined) {
      const journeys = (await loadLatestOf(client, 'journey')).flatMap(({ definition: { id } }) => {
        const state = states.get(id)?.state ?? 'live'
        return state === 'live' || state === 'draining' ? [{ id, state }] : []
      })
      await client.query(`insert into sending_holds (what, since, set_by, journeys) values ('*', ${NOW}, $1::text, $2::jsonb)`, [
        by,
        JSON.stringify(journeys),
      ])
      await setStates(
        client,
        journeys.map(({ id }) => ({ id, state: 'paused' })),
        by,
      )
    }
    // Whoever was paused otherwise, or got another state meanwhile, stays as they are.
    const resumed = before?.journeys.filter(({ id }) => states.get(id)?.state === 'paused') ?? []
    if (!stopped && before !== undefined) {
      await client.query(`delete from sending_holds where what = '*'`)
      await setStates(client, resumed, by)
    }
    const after = await readFullStop(client)
    await onChanged(client, before !== undefined, stopped ? after.journeys : resumed.map(({ id }) => id))
    return after
  })
}

async function setStates(
  client: PoolClient,
  states: readonly { readonly id: string; readonly state: JourneyState }[],
  by: string,
): Promise<void> {
  if (states.length === 0) return
  const epoch = await announceEpoch(client)
  for (const { id, state } of states) await writeJourneyState(client, { id, epoch, state, by })
}
