import type { JourneyState } from '@throughline/contracts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { unknownJourney } from './errors.ts'
import { announceEpoch } from './publish.ts'
import { readJourneyStates, writeJourneyState } from './state-store.ts'
import { loadJourneyVersions } from './store.ts'

/**
 * Pauses, drains, stops, archives or revives a journey; every shard is told in its own order.
 * @param onChanged called within the transaction with the state before, whether or not it is another
 * @throws DefinitionError `journey_unknown`
 */
export async function setJourneyState(
  pool: Pool,
  id: string,
  state: JourneyState,
  by: string,
  onChanged: (client: PoolClient, before: JourneyState) => Promise<void>,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    // One publication at a time.
    await client.query('select 1 from workspace where id = 1 for update')
    if ((await loadJourneyVersions(client, id)).length === 0) throw unknownJourney(id)
    const before = (await readJourneyStates(client)).get(id)?.state ?? 'live'
    await onChanged(client, before)
    if (before !== state) await writeJourneyState(client, { id, epoch: await announceEpoch(client), state, by })
  })
}
