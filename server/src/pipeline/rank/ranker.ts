import { isClickHouseAway, isHistoryMissing } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, type Pool } from '../../platform/postgres/index.ts'
import { makeSingleLease } from '../single-lease.ts'
import { makeWaker } from '../wake.ts'

const EVERY_MS = 5_000
/** Pause after each computation, so that a row of them leaves others their turn. */
const STEP_MS = 20

export interface Ranker {
  start(): void
  stop(): Promise<void>
}

/** Has one worker of the installation keep what depends on everybody. `turn` does one thing and answers whether there may be more. */
export function makeRanker(options: {
  worker: string
  pool: Pool
  log: Logger
  turn: (signal: AbortSignal) => Promise<boolean>
  everyMs?: number
}): Ranker {
  const { pool, log, everyMs = EVERY_MS } = options
  const lease = makeSingleLease('rank', options.worker)
  const waker = makeWaker()
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let more = false
      try {
        if ((await lease.hold(pool)) !== null) more = await options.turn(stopping.signal)
      } catch (error) {
        const away = isClickHouseAway(error) || isHistoryMissing(error) || isConnectionLost(error) || stopping.signal.aborted
        log[away ? 'debug' : 'error']({ err: error }, 'computing scores was interrupted; trying again')
      }
      if (!stopping.signal.aborted) await waker.sleep(more ? STEP_MS : everyMs)
    }
    await lease.release(pool).catch((error: unknown) => log.debug({ err: error }, 'could not give the scores back; their lease runs out'))
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      stopping.abort()
      waker.wake()
      await running
    },
  }
}
