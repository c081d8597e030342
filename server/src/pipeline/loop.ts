import type { ChannelKind } from '@throughline/contracts'
import type { Logger } from '../platform/log/index.ts'
import {
  BY_KEYS,
  isConnectionLost,
  isOutOfResources,
  isRetryable,
  openPipelinedClient,
  type Db,
  type PipelinedClient,
  type Pool,
} from '../platform/postgres/index.ts'
import { readSuppressions } from './advance/addresses.ts'
import type { Batch } from './advance/batch.ts'
import { makePeople } from './advance/people.ts'
import { prepareIntake, sizeOf, takeIntake, type Intake } from './advance/take.ts'
import { makeTurn } from './advance/turn.ts'
import { commitBatch } from './commit.ts'
import type { Definitions } from './definitions.ts'
import { PipelineError } from './errors.ts'
import { makeWalks, type Walks } from './fill/walks.ts'
import { withState } from './advance/walk.ts'
import { makeLeases, type Leases } from './leases.ts'
import { makePlanner } from './plan.ts'
import { readDueTimers, readEntries, readHorizons, readNextTimers } from './read.ts'
import type { PipelineMeters } from './meters.ts'
import type { BornClaimedMessage } from './ports.ts'
import { makeWaker } from './wake.ts'

/** Longest sleep; wake-ups that get lost cost no more than this. */
const POLL_MS = 100
/** People kept decoded between batches: those who are active at a time come again within minutes. Some 4 KB each. */
const KEPT_PEOPLE = 12_000
/** After so long without work they are let go, so that an idle program is small. */
const FORGET_MS = 30_000
const RETRY_MS = [100, 250, 500, 1_000, 2_000]
export type LoopState = 'starting' | 'running' | 'waiting for the database' | 'stopped'

export interface Loop {
  start(): void
  /** Commits what is on its way, gives its shards back and ends. */
  stop(): Promise<void>
  wake(): void
  readonly leases: Leases
  /** Takes people from the fill of this process. */
  readonly walks: Walks
  behind(): [live: number, bulk: number]
  isLiveWaiting(): boolean
  state(): { readonly state: LoopState; readonly since: number; readonly error: string | null }
}

/*
 * One turn of the loop:
 *
 *   horizons of shards with due timers or bulk work ─┐
 *   live entries of all shards ──────────────────────┤ one flight      people ──▶ engine ──▶ transaction (on its way while
 *   due timers, a slice of bulk ─────────────────────┘                                      the next turn reads and thinks)
 *
 * A turn thinks from memory that is ahead of the database by the transaction before it. When that one fails, memory is
 * dropped, and everything is read again from the cursors that stand.
 */
export function makeLoop(options: {
  worker: string
  pool: Pool
  log: Logger
  meters: PipelineMeters
  definitions: Definitions
  deliver: (messages: readonly BornClaimedMessage[]) => void
  bulkRoom: (channel: ChannelKind) => number
}): Loop {
  const { worker, pool, log, meters, definitions } = options
  const leases = makeLeases({ worker })
  const people = makePeople(KEPT_PEOPLE)
  const waker = makeWaker()
  const planner = makePlanner()
  const walks = makeWalks(() => waker.wake())
  let reader: PipelinedClient | undefined
  let writer: PipelinedClient | undefined
  let inFlight: Promise<void> | undefined
  let inFlightIntake: Intake | undefined
  let running: Promise<void> | undefined
  let stopping = false
  let stale = false
  let failures = 0
  let workedAt = 0
  let state: LoopState = 'starting'
  let since = Date.now()
  let lastError: string | null = null

  function become(next: LoopState, error: string | null): void {
    if (state !== next) since = Date.now()
    state = next
    lastError = error
  }

  async function connect(): Promise<void> {
    if (reader && writer && !reader.lost() && !writer.lost()) return
    await disconnect()
    stale = leases.held.size > 0
    // Each is ours from the moment it stands: when the other is refused, the next try closes it.
    reader = await openPipelinedClient(pool, { name: `${worker} reads`, setup: BY_KEYS })
    writer = await openPipelinedClient(pool, { name: `${worker} writes`, setup: BY_KEYS })
  }

  async function disconnect(): Promise<void> {
    const open = [reader, writer]
    reader = writer = undefined
    await Promise.all(open.map((client) => client?.close()))
  }

  async function loadDefinitions(db: Db): Promise<void> {
    for (const epoch of new Set([...leases.held.values()].map((shard) => shard.definitionsEpoch))) await definitions.load(db, epoch)
  }

  async function upkeep(db: Db): Promise<void> {
    const { gained, lost } = await leases.upkeep(db)
    if (lost.length > 0) {
      await settle()
      people.clear()
      log.info({ worker, shards: lost }, 'gave shards away')
    }
    if (gained.length > 0) log.info({ worker, shards: gained }, 'leased shards')
    await definitions.refreshSettings()
    await loadDefinitions(db)
    meters.leases(leases.held.size)
  }

  async function settle(): Promise<void> {
    const flight = inFlight
    inFlight = undefined
    await flight
  }

  async function read(from: Db): Promise<{ intake: Intake; timed: number[] }> {
    const plan = planner.plan(leases.held, Date.now() + leases.clockOffset(), walks)
    const timed = plan.timerShards.map((shard) => shard.shard)
    const [horizons, live, due, bulk] = await Promise.all([
      readHorizons(
        from,
        [...new Set([...timed, ...[...plan.bulkShards, ...plan.walkShards].map((shard) => shard.shard)])].sort((a, b) => a - b),
      ),
      readEntries(from, 0, plan.live, plan.liveTotal),
      readDueTimers(from, timed, plan.timerLimit),
      readEntries(from, 1, plan.bulk, plan.bulkTotal),
    ])
    return { intake: planner.cut({ horizons, live, due, bulk }, leases.held, plan, walks, Date.now() + leases.clockOffset()), timed }
  }

  async function turn(from: PipelinedClient, to: PipelinedClient): Promise<boolean> {
    const began = performance.now()
    const { intake, timed } = await read(from)
    const size = sizeOf(intake)
    if (size === 0) {
      await settle()
      await refreshTimers(to, timed)
      return planner.hasBulk(leases.held) || walks.ready(leases.held).length > 0
    }
    const batch = await think(from, intake, false)
    for (const walk of intake.walks) walks.took(walk)
    await settle()
    people.trim(batch.people.size + size)
    inFlightIntake = intake
    workedAt = performance.now()
    inFlight = commit(to, batch, timed, began)
    // Nobody may be waiting for it when it fails; the next turn sees it.
    inFlight.catch(() => undefined)
    return true
  }

  async function think(read: Db, intake: Intake, parkOnly: boolean): Promise<Batch> {
    const { entries, people: ids } = await prepareIntake(
      intake,
      leases.held,
      { db: read, loadDefinitions: (epoch) => definitions.load(read, epoch) },
      isInfrastructure,
    )
    const [suppressions] = await Promise.all([readSuppressions(read, [...intake.live, ...intake.bulk]), people.load(read, ids)])
    const made = makeTurn({
      worker,
      clock: Date.now() + leases.clockOffset(),
      people,
      suppressions,
      definitions: definitions.get,
      bulkRoom: options.bulkRoom,
      onBroken: (error, what) => {
        meters.parked()
        log.error({ err: error, ...what }, 'put aside an entry that could not be taken; it stands among the rejected events')
      },
    })
    for (const { shard } of intake.timers) leases.held.get(shard)!.nextTimerAt = Infinity
    takeIntake(made, intake, entries, leases.held, parkOnly)
    return made.batch
  }

  async function commit(write: PipelinedClient, batch: Batch, timed: readonly number[], began: number): Promise<void> {
    const { messages, now } = await commitBatch(write, batch, leases.held)
    meters.committed(batch, now, performance.now() - began)
    planner.took(batch, performance.now() - began)
    failures = 0
    become('running', null)
    const own = batch.messages.filter((message): message is BornClaimedMessage => message.claimedBy !== null && messages.has(message.id))
    if (own.length > 0) options.deliver(own)
    if (batch.appends.length > 0) waker.wake()
    await refreshTimers(write, timed)
  }

  // Read behind the transaction on the same connection. Timers of the turn after it may be gone from memory and still
  // stand here: that makes the answer too early, which costs a look, and never too late.
  async function refreshTimers(write: PipelinedClient, shards: readonly number[]): Promise<void> {
    for (const [shard, at] of await readNextTimers(write, shards)) {
      const held = leases.held.get(shard)
      if (held)
        held.nextTimerAt =
          shards.includes(shard) && held.nextTimerAt <= Date.now() + leases.clockOffset() ? at : Math.min(held.nextTimerAt, at)
    }
  }

  async function reload(write: PipelinedClient): Promise<void> {
    people.clear()
    const lost = await leases.reload(write)
    if (lost.length > 0) log.warn({ worker, shards: lost }, 'lost shards to another worker')
    await loadDefinitions(write)
    stale = false
  }

  async function step(): Promise<void> {
    await connect()
    const [from, to] = [reader!, writer!]
    if (stale) await reload(to)
    if (leases.due()) await upkeep(to)
    if (leases.held.size > 0 && (await turn(from, to))) return
    meters.behind(...planner.behind(leases.held))
    await settle()
    // Nothing failed and nothing is on its way; what there was to do has said so by its own commit.
    if (state !== 'running') become('running', null)
    if (people.size > 0 && performance.now() - workedAt > FORGET_MS) people.clear()
    const timerIn = planner.nextTimer(leases.held) - (Date.now() + leases.clockOffset())
    await waker.sleep(Math.max(0, Math.min(POLL_MS, timerIn + 1)))
  }

  async function fail(error: unknown): Promise<void> {
    inFlight?.catch(() => undefined)
    await inFlight?.catch(() => undefined)
    inFlight = undefined
    stale = true
    people.clear()
    const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!
    if (isConnectionLost(error)) {
      if (state !== 'waiting for the database') log.warn({ err: error, worker }, 'the database is away; the pipeline waits for it')
      become('waiting for the database', (error as Error).message)
      await disconnect()
      if (!stopping) await waker.sleep(wait)
      return
    }
    if (isOutOfResources(error)) {
      // No entry is at fault: none is put aside for it.
      if (state !== 'waiting for the database') log.error({ err: error, worker }, 'the database has no room; the pipeline waits for it')
      become('waiting for the database', (error as Error).message)
      if (!stopping) await waker.sleep(wait)
      return
    }
    if (error instanceof PipelineError && error.code === 'profile_format') {
      // No entry is at fault, and no later try will do: who can read the row takes the shard.
      log.error({ err: error, worker }, 'the pipeline stops: another release has written to this database')
      stopping = true
      return become('stopped', error.message)
    }
    meters.failed()
    if (error instanceof PipelineError && error.code === 'lease_lost')
      return log.warn({ worker }, 'another worker has taken a shard; reading leases again')
    if (isRetryable(error)) return
    log.error({ err: error, worker }, 'a transaction was refused; going on in smaller steps until the entry at fault is found')
    await parkIfAlone(inFlightIntake)
    if (failures > 3) await waker.sleep(wait)
  }

  // Half as much each time; what fails alone is put aside.
  async function parkIfAlone(intake: Intake | undefined): Promise<void> {
    planner.fail()
    if (intake === undefined || sizeOf(intake) > 1) return
    try {
      await connect()
      await reload(writer!)
      const shards = [...intake.live, ...intake.timers, ...intake.bulk, ...intake.walks.map(({ slice }) => slice.state)]
      if (!leases.held.has(shards[0]!.shard)) return
      // What was read of history was dropped with the state that it was read for; this person is passed over in it.
      const batch = await think(reader!, { ...intake, walks: intake.walks.flatMap((walk) => withState(walk, leases.held)) }, true)
      await commit(writer!, batch, [], performance.now())
    } catch (error) {
      log.error({ err: error, worker }, 'could not put the entry at fault aside; trying again')
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await step()
      } catch (error) {
        await fail(error)
      }
    }
    try {
      await settle()
    } catch {
      // What was on its way is done again by whoever takes the shards.
    }
    try {
      if (writer && !writer.lost()) await leases.releaseAll(writer)
    } catch (error) {
      log.debug({ err: error }, 'could not give the shards back; their leases run out')
    }
    await disconnect()
    if (state !== 'stopped') become('stopped', null)
  }

  return {
    leases,
    walks,
    wake: () => waker.wake(),
    behind: () => planner.behind(leases.held),
    isLiveWaiting() {
      for (const { liveBehind } of leases.held.values()) if (liveBehind > 0) return true
      return false
    },
    state: () => ({ state, since, error: lastError }),
    start() {
      running ??= run()
    },
    async stop() {
      stopping = true
      waker.wake()
      await running
    },
  }
}

function isInfrastructure(error: unknown): boolean {
  return isConnectionLost(error) || isRetryable(error) || isOutOfResources(error)
}
