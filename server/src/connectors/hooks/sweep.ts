import { startLoop, type Loop } from '../../platform/jobs/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import type { Pool } from '../../platform/postgres/index.ts'
import { dropOldBodies } from './store.ts'

const EVERY_MS = 600_000

/** Drops bodies that are older than they are kept. */
export function startHookSweep({ pool, log }: { readonly pool: Pool; readonly log: Logger }): Loop {
  return startLoop({ name: 'hook bodies', everyMs: EVERY_MS, log, run: () => dropOldBodies(pool, Date.now()) })
}
