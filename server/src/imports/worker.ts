import { requireList } from '../lists/index.ts'
import { Failure } from '../platform/http/index.ts'
import { startLoop, type Loop } from '../platform/jobs/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { LeaseGone, runImport, type RunDeps } from './run.ts'
import { claimImport, finishImport, holdLease, readWaiting, type StoredImport } from './store.ts'
import { removeOldFiles, searchFiles, type TidyDeps } from './tidy.ts'

const LEASE_MS = 30_000
const HOLD_MS = 5_000
const LOOK_MS = 2_000
const TIDY_MS = 60_000

export interface ImportWorkerDeps extends RunDeps, TidyDeps {
  readonly pool: Pool
}

/**
 * Works on the imports whose files lie on this server, one at a time, under a lease: what a server left behind when it was
 * killed is taken up again by whoever has the file. Stopped, it gives the lease back at once.
 */
export function startImportWorker(deps: ImportWorkerDeps): Loop {
  const { pool, files, log } = deps
  let tidyAt = 0

  async function look(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = []
    for (const id of await readWaiting(pool, Date.now())) {
      if (signal.aborted || !(await files.has(id))) continue
      const held = await claimImport(pool, id, Date.now(), Date.now() + LEASE_MS)
      // One that fails does not stand in the way of those behind it.
      if (held !== null) await work(held, signal).catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
    await searchFiles(deps, signal)
    if (Date.now() < tidyAt) return
    await removeOldFiles(deps, Date.now())
    tidyAt = Date.now() + TIDY_MS
  }

  async function work(held: StoredImport, stopping: AbortSignal): Promise<void> {
    const phase = held.state === 'checking' ? 'check' : 'run'
    const lost = new AbortController()
    const signal = AbortSignal.any([stopping, lost.signal])
    const holding = setInterval(() => {
      holdLease(pool, held, Date.now() + LEASE_MS).then(
        (kept) => kept || lost.abort(new LeaseGone()),
        (error: unknown) => log.debug({ err: error, import: held.id }, 'could not renew the lease of an import'),
      )
    }, HOLD_MS)
    try {
      const list = held.options.list === null ? null : await requireList(pool, held.options.list)
      await runImport(deps, { held, phase, path: files.pathOf(held.id), list, signal, leaseUntil: () => Date.now() + LEASE_MS })
      if (!(await finishImport(pool, held, phase, null, Date.now()))) return
      if (phase === 'run') await files.remove(held.id)
      log.info({ import: held.id, kind: held.kind, phase }, 'an import is done')
    } catch (error) {
      if (signal.aborted || error instanceof LeaseGone) {
        await holdLease(pool, held, 0)
        return
      }
      // What will pass is tried again, from where it stopped; what lies in the file or its mapping is for people to mend.
      if (!(error instanceof Failure) || error.kind === 'unavailable') {
        await holdLease(pool, held, Date.now() + LOOK_MS).catch(() => false)
        throw error
      }
      await finishImport(pool, held, phase, error.message, Date.now())
      log.warn({ import: held.id, code: error.code }, 'an import failed')
    } finally {
      clearInterval(holding)
    }
  }

  return startLoop({ name: 'imports', everyMs: LOOK_MS, log, run: look })
}
