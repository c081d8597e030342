import { makeChannelWorld, settings, type ChannelWorld } from '../../../test/channels.ts'
import { makeTestDatabase, type TestDatabase } from '../../../test/postgres.ts'
import { makeTestWorker } from '../../pipeline/test/harness.ts'
import type { Worker } from '../../pipeline/worker.ts'
import { makeCampaignHandlers } from '../index.ts'

export interface CampaignWorld {
  readonly database: TestDatabase
  readonly world: ChannelWorld
  /** Not started yet; whoever starts it, or another one, stops it before the rest. */
  readonly worker: Worker
  readonly handlers: ReturnType<typeof makeCampaignHandlers>
  /** Ends all but the worker. */
  stop(): Promise<void>
}

/** Campaigns on a database of their own, with the real worker and sender; whoever asks for an estimate fails. */
export async function makeCampaignWorld(): Promise<CampaignWorld> {
  const database = await makeTestDatabase()
  const world = await makeChannelWorld(database.pool)
  // A pipeline runs here, and says itself what it has heard.
  await database.pool.query('update shards set live_seq = 0')
  const handlers = makeCampaignHandlers({
    pool: database.pool,
    settings: async () => settings,
    preview: async () => {
      throw new Error('nobody asks for an estimate here')
    },
    ask: async () => [],
  })
  const worker = makeTestWorker(database.pool)
  return {
    database,
    world,
    worker,
    handlers,
    async stop() {
      await world.stop()
      await database.drop()
    },
  }
}
