import { createHash } from 'node:crypto'
import type { Settings } from '@throughline/contracts'
import { v7 } from 'uuid'
import type { Intake } from '../../imports/index.ts'
import { Failure } from '../../platform/http/index.ts'
import { startLoop, type Loop } from '../../platform/jobs/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import { isConnectionLost, withTransaction, type Pool } from '../../platform/postgres/index.ts'
import { SafeFetchError, type SafeOpen } from '../../platform/safe-fetch/index.ts'
import { SecretsError } from '../../platform/secrets/index.ts'
import { ConnectorError } from '../errors.ts'
import { findFile } from './places/registry.ts'
import { open as openSealed, wholePlace, type SecretBox } from './seal.ts'
import { backOff, nextRun } from './schedule.ts'
import { makeLeftOvers, type LeftOvers } from './left-overs.ts'
import type { Mark, PlaceDeps } from './places/place.ts'
import { claimPull, countFailures, endRun, holdPull, noteRun, noteTaken, readTaken, type StoredPull } from './store.ts'

const LEASE_MS = 30_000
const HOLD_MS = 5_000
const LOOK_MS = 1_000
/** How many files are fetched at the same time by one server. */
const LANES = 2
/** How long a file may take. */
const LONGEST_MS = 30 * 60_000
/** How often an object of a bucket is tried before it is set aside. */
const MOST_TRIES = 3

export interface PullWorkerDeps {
  readonly pool: Pool
  readonly log: Logger
  readonly intake: Intake
  readonly open: SafeOpen
  readonly secrets: SecretBox
  settings(): Promise<Settings>
}

/** The lease went to somebody else, or the pull was changed or removed. */
class LeaseGone extends Error {}

type End = Omit<Parameters<typeof noteRun>[2], 'id' | 'at'> & { readonly more: boolean }

/**
 * Fetches what is due, each pull by one server at a time under a lease. What comes of a run, the import it begins, and when the
 * next one is due are one transaction: a server that is killed before leaves nothing, and another fetches anew.
 */
export function startPullWorker(deps: PullWorkerDeps): Loop {
  const leftOvers = makeLeftOvers()
  const loops = Array.from({ length: LANES }, (_, lane) =>
    startLoop({
      name: `pulls ${lane + 1}`,
      everyMs: LOOK_MS,
      log: deps.log,
      async run(signal) {
        for (;;) {
          const held = signal.aborted ? null : await claimPull(deps.pool, Date.now(), Date.now() + LEASE_MS)
          if (held === null) return
          await work(deps, held, leftOvers, signal)
        }
      },
    }),
  )
  return {
    wake: () => loops.forEach((loop) => loop.wake()),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  }
}

async function work(deps: PullWorkerDeps, held: StoredPull, leftOvers: LeftOvers, stopping: AbortSignal): Promise<void> {
  const { pool, log } = deps
  const lost = new AbortController()
  const late = AbortSignal.timeout(LONGEST_MS)
  const holding = setInterval(() => {
    holdPull(pool, held, Date.now() + LEASE_MS).then(
      (kept) => kept || lost.abort(new LeaseGone()),
      (error: unknown) => log.debug({ err: error, pull: held.id }, 'could not renew the lease of a pull'),
    )
  }, HOLD_MS)
  let chosen: Mark | null = null
  const left = leftOvers.of(held)
  try {
    await fetchOnce(deps, held, AbortSignal.any([stopping, lost.signal, late]), { left, choose: (mark) => (chosen = mark) })
  } catch (error) {
    left.take()
    if (stopping.aborted) await holdPull(pool, held, 0)
    if (stopping.aborted || lost.signal.aborted || error instanceof LeaseGone) return
    await fail(deps, held, late.aborted ? tooLate() : error, chosen)
  } finally {
    clearInterval(holding)
  }
}

async function fetchOnce(
  deps: PullWorkerDeps,
  held: StoredPull,
  signal: AbortSignal,
  many: Pick<PlaceDeps, 'left' | 'choose'>,
): Promise<void> {
  const { pool, intake } = deps
  const sealed = openSealed(deps.secrets, held.sealed)
  const taken = await readTaken(pool, held.id)
  const isDraft = held.asked === 'draft' || held.mapping === null
  const found = await findFile(wholePlace(held.place, sealed), sealed.secret, { ...many, open: deps.open, signal, taken, again: isDraft })
  const nothing = { file: null, bytes: null, import: null, error: null, mark: null, more: false } as const
  if (found.kind === 'unchanged') return end(deps, held, { ...nothing, outcome: 'unchanged' })
  const id = v7()
  try {
    const digest = createHash('sha256')
    const bytes = await intake.take(id, measured(found.chunks, digest))
    signal.throwIfAborted()
    const mark = { ...found.mark, hash: digest.digest('hex') }
    const came = { ...nothing, file: found.name, bytes, mark, more: found.more }
    const isKnown = !isDraft && taken.get(mark.name)?.hash === mark.hash
    if (bytes === 0 || isKnown) {
      await intake.remove(id)
      return await end(deps, held, { ...came, outcome: bytes === 0 ? 'empty' : 'unchanged' })
    }
    const { mapping, preset } = isDraft
      ? await intake.suggest(id, held.kind, found.name, held.mapping)
      : { mapping: held.mapping!, preset: null }
    if (!isDraft) refuseGone(await intake.findGone(id, held.kind, mapping), found.name)
    const { kind, options, name: pullName } = held
    const made = { id, kind, name: found.name, bytes, mapping, preset, options, pull: held.id, createdBy: `pull “${pullName}”` }
    await end(deps, held, { ...came, import: id, outcome: isDraft ? 'to-map' : 'imported' }, made)
    intake.wake()
  } catch (error) {
    // When the connection broke it may be committed all the same; a file that nobody knows is swept away in time.
    if (!isConnectionLost(error)) await intake.remove(id)
    throw error
  }
}

async function* measured(chunks: AsyncIterable<Uint8Array>, digest: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    digest.update(chunk)
    yield chunk
  }
}

function refuseGone(gone: readonly string[], file: string): void {
  if (gone.length === 0) return
  const names = gone.map((column) => `"${column}"`).join(', ')
  throw new ConnectorError(
    'conflict',
    'pull_columns_gone',
    `The file ${file} has no ${gone.length === 1 ? 'column' : 'columns'} ${names} any more, which the mapping reads. Nothing of it was imported. Map the columns anew, or have the other side write ${gone.length === 1 ? 'it' : 'them'} again.`,
    { field: 'mapping.columns', value: gone[0] },
  )
}

async function end(deps: PullWorkerDeps, held: StoredPull, run: End, made?: Parameters<Intake['add']>[1]): Promise<void> {
  const { pool, log, intake } = deps
  const now = Date.now()
  const { zone } = await deps.settings()
  const { more, ...noted } = run
  const nextAt = more ? now : nextRun(held.schedule, zone, held.asked === null ? (held.nextAt ?? now) : now, now)
  // A paused pull that was asked for goes on until it has all there is, and one without a mapping until there is a file to map.
  const isUnmapped = held.mapping === null && run.outcome !== 'to-map'
  const asked = (more && held.paused) || isUnmapped ? held.asked : null
  await withTransaction(pool, async (client) => {
    if (!(await endRun(client, held, now, { nextAt, failures: 0, error: null, asked }))) throw new LeaseGone()
    if (made !== undefined) await intake.add(client, made, run.outcome === 'imported')
    await noteRun(client, held.id, { ...noted, id: v7(), at: now })
    if (run.mark !== null && run.outcome !== 'to-map') await noteTaken(client, held.id, run.mark)
  })
  log.info({ pull: held.id, outcome: run.outcome, import: run.import }, 'a pull has run')
}

/** Notes a failure and when it is tried again. An object of several that fails again and again is set aside, and the next one is fetched. */
async function fail(deps: PullWorkerDeps, held: StoredPull, thrown: unknown, chosen: Mark | null): Promise<void> {
  const { pool, log } = deps
  const now = Date.now()
  const known = thrown instanceof Failure || thrown instanceof SafeFetchError || thrown instanceof SecretsError
  const error = known
    ? { code: thrown.code, message: thrown.message }
    : { code: 'internal_error', message: 'Something went wrong on our side; the log says what. It is tried again.' }
  if (!known) log.error({ err: thrown, pull: held.id }, 'a pull failed on our side')
  const failures = held.failures + 1
  const asks = thrown instanceof Failure ? (thrown.details.retryAfter ?? 0) * 1_000 : 0
  const nextAt = now + Math.max(backOff(failures), Math.min(asks, 86_400_000))
  const file = chosen?.name.split('/').at(-1)!.slice(-200) ?? null
  const isAside = chosen !== null && !isConnectionLost(thrown) && 1 + (await countFailures(pool, held.id, chosen)) >= MOST_TRIES
  const next = isAside ? { nextAt: now, failures: 0, error: null } : { nextAt, failures, error }
  await withTransaction(pool, async (client) => {
    if (!(await endRun(client, held, now, { ...next, asked: held.asked }))) return
    await noteRun(client, held.id, { id: v7(), at: now, outcome: 'failed', file, bytes: null, import: null, error, mark: chosen })
    if (isAside) await noteTaken(client, held.id, chosen)
  })
  log.warn({ pull: held.id, code: error.code, failures, aside: isAside ? chosen.name : undefined }, 'a pull failed')
}

function tooLate(): ConnectorError {
  return new ConnectorError(
    'unavailable',
    'pull_too_late',
    `The file had not come after ${LONGEST_MS / 60_000} minutes. It is tried again; have the other side pack it with gzip, or write smaller files.`,
  )
}
