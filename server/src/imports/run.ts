import { lanes, type ImportCounts } from '@throughline/contracts'
import { LRUCache } from 'lru-cache'
import { addSuppressions } from '../consent/index.ts'
import { readImported, type AcceptEvent, type AcceptOutcome } from '../ingest/index.ts'
import { listEvent } from '../lists/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { makeCells, type Item, type Refused } from './kinds/kind.ts'
import { rowReaders } from './kinds/registry.ts'
import { openTable } from './read/table.ts'
import { makeSeen, type Seen } from './seen.ts'
import { clearErrors, noCounts, noteStep, type Phase, type StoredImport } from './store.ts'
import { keyOf, weigh, type Said, type Verdict, type WeighDeps, type Weighed } from './weigh.ts'

export interface RunDeps extends WeighDeps {
  readonly pool: Pool
  accept(events: readonly AcceptEvent[]): Promise<AcceptOutcome[]>
}

export interface Work {
  readonly held: StoredImport
  readonly phase: Phase
  /** The file. */
  readonly path: string
  /** The list that everybody joins. */
  readonly list: { readonly id: string; readonly name: string } | null
  readonly signal: AbortSignal
  /** Until when the lease holds after each step, epoch ms. */
  leaseUntil(): number
}

/** Items that are taken at once: a group of the acceptor. */
const BATCH = 1_000

/** People of whom a run knows what it has said of them: rows of one person stand near each other, where there are several. */
const SAID_PEOPLE = 20_000

/** The lease went to somebody else, or the import was cancelled. */
export class LeaseGone extends Error {}

interface Tally {
  counts: ImportCounts
  joined: number
}

/**
 * Reads a file from its beginning and checks or imports what stands behind the last noted row. Whatever is written is
 * written under ids that are the same in a repetition, and noted afterwards: a run that was interrupted between the two
 * sends some rows again, and nothing comes of it.
 * @throws LeaseGone, what the file's reader throws, and IngestError when nothing can be accepted
 */
export async function runImport(deps: RunDeps, work: Work): Promise<void> {
  const { held, phase, signal } = work
  const from = phase === 'run' ? held.rows : 0
  await clearErrors(deps.pool, held.id, phase, from)
  const table = await openTable(work.path, held.mapping.file)
  const reader = rowReaders[held.kind](held.mapping, makeCells(held.mapping, table.columns))
  const tally: Tally = phase === 'run' ? { counts: held.counts, joined: held.joined } : { counts: noCounts, joined: 0 }
  const people = makeSeen()
  const ids = makeSeen()
  const said: Said = new LRUCache<string, NonNullable<ReturnType<Said['get']>>>({ max: SAID_PEOPLE })
  // What was accepted before an interruption, but not noted, answers as a duplicate; it is what it was, all the same.
  let unsure = from > 0
  let waiting: (Item | Refused)[] = []

  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    const refused = await takeBatch(deps, work, batch, tally, { people, ids, said, unsure })
    unsure = false
    const rows = batch.reduce((last, one) => Math.max(last, 'rows' in one ? one.rows.at(-1)! : one.row), from)
    const step = { counts: tally.counts, joined: tally.joined, progress: table.progress(), rows, refused }
    if (!(await noteStep(deps.pool, held, phase, step, work.leaseUntil()))) throw new LeaseGone()
  }
  const take = async (more: readonly (Item | Refused)[]): Promise<void> => {
    for (const one of more) {
      if (('rows' in one ? one.rows.at(-1)! : one.row) <= from) remember(one, people)
      else waiting.push(one)
      if (waiting.length >= BATCH) await flush()
    }
  }
  for await (const rows of table.batches) {
    signal.throwIfAborted()
    for (const row of rows) await take(reader.read(row))
  }
  await take(reader.end())
  if (waiting.length > 0) await flush()
}

function remember(one: Item | Refused, people: Seen): void {
  if ('rows' in one && one.identifiers[0] !== undefined) people.add(keyOf(one.identifiers[0]))
}

async function takeBatch(
  deps: RunDeps,
  work: Work,
  batch: readonly (Item | Refused)[],
  tally: Tally,
  memory: { readonly people: Seen; readonly ids: Seen; readonly said: Said; readonly unsure: boolean },
): Promise<Refused[]> {
  const now = Date.now()
  const refused = batch.filter((one): one is Refused => !('rows' in one))
  const weighed = await weigh(
    deps,
    batch.filter((one): one is Item => 'rows' in one),
    memory.said,
    now,
  )
  const ready: { one: Weighed; events: AcceptEvent[] }[] = []
  for (const one of weighed) {
    const read = one.calls.map((call) => readImported(call, { triggers: work.held.options.triggers, receivedAt: now }))
    const problems = read.flatMap((result) => (result.ok ? [] : result.problems))
    if (problems.length === 0)
      ready.push({ one, events: one.verdict === 'unchanged' ? [] : read.flatMap((result) => (result.ok ? result.event : [])) })
    else for (const row of one.item.rows) refused.push({ row, errors: problems.map(toError) })
  }
  const outcomes = work.phase === 'run' ? await write(deps, work, ready, now) : ready.map(() => [])
  ready.forEach(({ one, events }, index) => {
    const own = outcomes[index]!
    const bad = own.slice(0, events.length).flatMap((outcome) => (outcome.kind === 'rejected' ? outcome.problems : []))
    if (bad.length > 0) {
      for (const row of one.item.rows) refused.push({ row, errors: bad.map(toError) })
      return
    }
    if (own.slice(events.length).some(({ kind }) => kind === 'accepted')) tally.joined += 1
    const verdict = settle(one, own.slice(0, events.length), memory)
    tally.counts = {
      ...tally.counts,
      rows: tally.counts.rows + one.item.rows.length,
      [verdict]: tally.counts[verdict] + one.item.rows.length,
    }
  })
  tally.counts = { ...tally.counts, rows: tally.counts.rows + refused.length, refused: tally.counts.refused + refused.length }
  return refused.sort((a, b) => a.row - b.row)
}

/** What a row counts as: somebody is new once in a file, and what was said before in it is not said again. */
function settle(
  { item, verdict, calls }: Weighed,
  outcomes: readonly AcceptOutcome[],
  { people, ids, unsure }: { readonly people: Seen; readonly ids: Seen; readonly unsure: boolean },
): Verdict {
  const fresh = calls.length === 0 || calls.map(({ messageId }) => ids.add(messageId)).includes(true)
  const firstOfPerson = item.identifiers[0] === undefined || people.add(keyOf(item.identifiers[0]))
  if (verdict !== 'new' && verdict !== 'changed') return verdict
  if (!fresh || (!unsure && outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'duplicate'))) return 'unchanged'
  if (item.suppression !== undefined) return ids.add(`${item.suppression.channel} ${item.suppression.address}`) ? 'new' : 'unchanged'
  return verdict === 'new' && !firstOfPerson && item.event === undefined ? 'changed' : verdict
}

/** Writes what a batch says; answers the outcomes of each item's events, and behind them that of joining the list. */
async function write(
  deps: RunDeps,
  { held, list }: Work,
  ready: readonly { readonly one: Weighed; readonly events: readonly AcceptEvent[] }[],
  now: number,
): Promise<AcceptOutcome[][]> {
  const { triggers } = held.options
  const joins = ready.map(({ one }): AcceptEvent[] => {
    if (list === null || one.item.identifiers.length === 0) return []
    const id = `${held.id}:${one.item.rows[0]}`
    return [
      listEvent({
        list,
        joined: true,
        who: { identifiers: one.item.identifiers },
        by: `import of ${held.name}`,
        lane: lanes.bulk,
        triggers,
        id,
      }),
    ]
  })
  const events = [...ready.flatMap((one) => one.events), ...joins.flat()]
  const outcomes = await deps.accept(events)
  const suppressions = ready.flatMap(({ one: { item, verdict } }) =>
    item.suppression === undefined || verdict === 'unchanged'
      ? []
      : { ...item.suppression, source: `import of ${held.name}`, at: item.at ?? now },
  )
  await addSuppressions(deps.pool, suppressions)
  let at = 0
  let joinAt = events.length - joins.flat().length
  return ready.map((one, index) => {
    const own = outcomes.slice(at, (at += one.events.length))
    const join = outcomes.slice(joinAt, (joinAt += joins[index]!.length))
    return [...own, ...join]
  })
}

function toError(problem: { field: string; value: unknown; allowed: string; message: string }): Refused['errors'][number] {
  const value = problem.value === undefined || problem.value === null ? null : String(problem.value)
  return { column: null, value, reason: problem.message, allowed: problem.allowed }
}
