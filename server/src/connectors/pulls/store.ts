import type {
  ImportKind,
  ImportMapping,
  ImportOptions,
  Pull,
  PullOutcome,
  PullPlace,
  PullRun,
  PullSchedule,
  PullState,
} from '@throughline/contracts'
import { binary, type Db } from '../../platform/postgres/index.ts'
import { ConnectorError } from '../errors.ts'
import type { Mark } from './places/place.ts'
import { needsSecret } from './seal.ts'

/** A pull as it is stored. `place` is what may be shown; the whole address stands beside the secret in `sealed`. */
export interface StoredPull {
  readonly id: string
  readonly name: string
  readonly kind: ImportKind
  readonly place: PullPlace
  readonly sealed: Buffer
  readonly schedule: PullSchedule
  readonly mapping: ImportMapping | null
  readonly options: ImportOptions
  readonly paused: boolean
  /** What somebody asked for besides the schedule. */
  readonly asked: 'run' | 'draft' | null
  readonly nextAt: number | null
  readonly lastAt: number | null
  readonly failures: number
  readonly error: Pull['error']
  readonly createdAt: number
  readonly createdBy: string
  readonly epoch: number
  readonly working: boolean
  readonly draft: string | null
  readonly importing: boolean
  readonly aside: Pull['aside']
}

const COLUMNS = `p.id, p.name, p.kind, p.place, p.sealed, p.schedule, p.mapping, p.options, p.paused, p.asked, p.next_at as "nextAt", p.last_at as "lastAt",
  p.failures, p.error, p.created_at as "createdAt", p.created_by as "createdBy", p.epoch,
  p.lease_until > (extract(epoch from clock_timestamp()) * 1000)::bigint as working,
  (select i.id from imports i where i.pull_id = p.id and i.state in ('draft', 'checking') order by i.created_at desc limit 1) as draft,
  exists (select from imports i where i.pull_id = p.id and i.state = 'running') as importing,
  (select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'at', t.at, 'error', r.error) order by t.at desc), '[]')
   from (select name, at from pull_taken t where t.pull_id = p.id and t.hash is null order by at desc limit 100) t
   left join lateral (select error from pull_runs r where r.pull_id = p.id and r.outcome = 'failed' and r.mark ->> 'name' = t.name
     order by r.id desc limit 1) r on true) as aside`

type Row = StoredPull & { [column: string]: unknown }

/** A pull as the API shows it. */
export function toPull(pull: StoredPull): Pull {
  const { id, name, kind, place, schedule, mapping, options, paused, draft, lastAt, failures, error, createdAt, createdBy, aside } = pull
  const state = stateOf(pull)
  const nextAt = pull.paused || (mapping === null && pull.asked === null) ? null : pull.nextAt
  return {
    id,
    name,
    kind,
    place,
    hasSecret: needsSecret(place),
    schedule,
    mapping,
    options,
    state,
    paused,
    draft,
    nextAt,
    lastAt,
    failures,
    error,
    aside,
    createdAt,
    createdBy,
  }
}

function stateOf({ working, asked, mapping, draft, importing, paused, failures, nextAt }: StoredPull): PullState {
  if (working || (asked !== null && (nextAt ?? 0) <= Date.now() && !importing)) return 'working'
  if (importing) return 'importing'
  if (failures > 0 && (!paused || asked !== null)) return 'failing'
  if (draft !== null || mapping === null) return 'to-map'
  return paused ? 'paused' : 'waiting'
}

export async function readPulls(db: Db): Promise<StoredPull[]> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from pulls p order by lower(p.name), p.id limit 1000`)
  return rows
}

/** @throws ConnectorError `pull_unknown` */
export async function readPull(db: Db, id: string): Promise<StoredPull> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from pulls p where p.id::text = $1::text`, [id.toLowerCase()])
  if (rows[0] !== undefined) return rows[0]
  throw new ConnectorError('not-found', 'pull_unknown', `There is no pull "${id}". GET /api/pulls lists those there are.`, {
    field: 'id',
    value: id,
  })
}

export type Written = Pick<
  StoredPull,
  'id' | 'name' | 'kind' | 'place' | 'sealed' | 'schedule' | 'mapping' | 'options' | 'asked' | 'nextAt' | 'createdBy'
>

export async function insertPull(db: Db, made: Written): Promise<void> {
  await db.query(
    `insert into pulls (id, name, kind, place, sealed, schedule, mapping, options, asked, next_at, created_at, created_by)
     values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::bytea, $6::jsonb, $7::jsonb, $8::jsonb, $9::text, $10::int8, $11::int8, $12::text)`,
    [
      made.id,
      made.name,
      made.kind,
      JSON.stringify(made.place),
      made.sealed,
      JSON.stringify(made.schedule),
      made.mapping === null ? null : JSON.stringify(made.mapping),
      JSON.stringify(made.options),
      made.asked,
      made.nextAt,
      Date.now(),
      made.createdBy,
    ],
  )
}

/** Changes a pull; whoever is fetching for it writes nothing more. What went wrong before may be mended now. */
export async function updatePull(db: Db, made: Omit<Written, 'kind' | 'createdBy'>): Promise<void> {
  await db.query(
    `update pulls set name = $2::text, place = $3::jsonb, sealed = $4::bytea, schedule = $5::jsonb, mapping = $6::jsonb, options = $7::jsonb,
       asked = $8::text, next_at = $9::int8, failures = 0, error = null, epoch = epoch + 1, lease_until = 0
     where id = $1::uuid`,
    [
      made.id,
      made.name,
      JSON.stringify(made.place),
      made.sealed,
      JSON.stringify(made.schedule),
      made.mapping === null ? null : JSON.stringify(made.mapping),
      JSON.stringify(made.options),
      made.asked,
      made.nextAt,
    ],
  )
}

export async function deletePull(db: Db, id: string): Promise<void> {
  await db.query('delete from pulls where id = $1::uuid', [id])
}

/** Asks for a run at once. */
export async function askFor(db: Db, id: string, asked: 'run' | 'draft', now: number): Promise<void> {
  await db.query('update pulls set asked = $2::text, next_at = $3::int8 where id = $1::uuid', [id, asked, now])
}

export async function setPaused(db: Db, id: string, paused: boolean, nextAt: number | null): Promise<void> {
  // Whoever is fetching for a pull that is paused writes nothing more.
  await db.query(
    `update pulls set paused = $2::boolean, next_at = coalesce($3::int8, next_at),
       asked = case when $2::boolean then null when mapping is null then 'draft' else asked end,
       epoch = epoch + $2::boolean::int, lease_until = case when $2::boolean then 0 else lease_until end
     where id = $1::uuid`,
    [id, paused, nextAt],
  )
}

/**
 * Takes the pull that is due the longest to work on it until `until`; null when there is none. One whose last file is still being
 * imported waits for that, so that files come in one after the other.
 */
export async function claimPull(db: Db, now: number, until: number): Promise<StoredPull | null> {
  const { rows } = await db.query<{ id: string }>({
    name: 'pulls-claim',
    text: `update pulls set epoch = epoch + 1, lease_until = $2::int8 where id = (
       select p.id from pulls p
       where p.next_at <= $1::int8 and p.lease_until < $1::int8 and (p.asked is not null or (not p.paused and p.mapping is not null))
         and not exists (select from imports i where i.pull_id = p.id and i.state = 'running')
       order by p.next_at limit 1 for update skip locked)
     returning id`,
    values: [now, until],
  })
  return rows[0] === undefined ? null : readPull(db, rows[0].id)
}

/** Keeps, or with 0 gives back, the lease; false when it is gone. */
export async function holdPull(db: Db, { id, epoch }: Pick<StoredPull, 'id' | 'epoch'>, until: number): Promise<boolean> {
  const { rowCount } = await db.query('update pulls set lease_until = $3::int8 where id = $1::uuid and epoch = $2::int8', [
    id,
    epoch,
    until,
  ])
  return rowCount === 1
}

/** Ends a run; false when the lease is gone, and nothing of the run may be kept. What was asked for meanwhile stays asked for. */
export async function endRun(
  db: Db,
  { id, epoch, asked, nextAt }: Pick<StoredPull, 'id' | 'epoch' | 'asked' | 'nextAt'>,
  now: number,
  to: { readonly nextAt: number; readonly failures: number; readonly error: Pull['error']; readonly asked: StoredPull['asked'] },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update pulls set lease_until = 0, epoch = epoch + 1, last_at = $5::int8, failures = $6::int, error = $7::jsonb,
       asked = case when asked is not distinct from $8::text and next_at is not distinct from $9::int8 then $3::text else asked end,
       next_at = case when asked is not distinct from $8::text and next_at is not distinct from $9::int8 then $4::int8 else next_at end
     where id = $1::uuid and epoch = $2::int8`,
    [id, epoch, to.asked, to.nextAt, now, to.failures, to.error === null ? null : JSON.stringify(to.error), asked, nextAt],
  )
  return rowCount === 1
}

/** Runs that are kept of each pull besides those that brought something, and those that say what is wrong with an object. */
const KEPT_RUNS = 200

export async function noteRun(
  db: Db,
  pull: string,
  run: {
    id: string
    at: number
    outcome: PullOutcome
    file: string | null
    bytes: number | null
    import: string | null
    error: Pull['error']
    mark: Mark | null
  },
): Promise<void> {
  await db.query(
    `insert into pull_runs (id, pull_id, at, outcome, file, bytes, import_id, error, mark)
     values ($1::uuid, $2::uuid, $3::int8, $4::text, $5::text, $6::int8, $7::uuid, $8::jsonb, $9::jsonb)`,
    [
      run.id,
      pull,
      run.at,
      run.outcome,
      run.file,
      run.bytes,
      run.import,
      run.error === null ? null : JSON.stringify(run.error),
      run.mark === null ? null : JSON.stringify(run.mark),
    ],
  )
  await db.query(
    `delete from pull_runs where pull_id = $1::uuid and import_id is null and mark is null and id <= (
       select id from pull_runs where pull_id = $1::uuid and import_id is null and mark is null order by id desc offset $2::int limit 1)`,
    [pull, KEPT_RUNS],
  )
}

export async function readRuns(db: Db, pull: string, before: string | undefined, limit: number): Promise<PullRun[]> {
  const { rows } = await db.query<PullRun & { [column: string]: unknown }>(
    `select r.id, r.at, r.outcome, r.file, r.bytes, r.import_id as import, i.state as "importState", i.counts, r.error
     from pull_runs r left join imports i on i.id = r.import_id
     where r.pull_id = $1::uuid and ($2::text is null or r.id < $2::text::uuid) order by r.id desc limit $3::int`,
    [pull, before ?? null, limit],
  )
  return rows
}

export async function readTaken(db: Db, pull: string): Promise<Map<string, Mark>> {
  const { rows } = await db.query<Mark & { [column: string]: unknown }>(
    'select name, etag, modified, hash from pull_taken where pull_id = $1::uuid',
    [pull],
  )
  return new Map(rows.map((mark) => [mark.name, mark]))
}

/** Notes a version as taken; without a hash, as set aside. */
export async function noteTaken(db: Db, pull: string, { name, etag, modified, hash }: Mark): Promise<void> {
  await db.query(
    `insert into pull_taken (pull_id, name, etag, modified, hash, at) values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::int8)
     on conflict (pull_id, name) do update set etag = excluded.etag, modified = excluded.modified, hash = excluded.hash, at = excluded.at`,
    [pull, name, etag, modified, hash, Date.now()],
  )
}

/** How often a version of an object could not be taken. */
export async function countFailures(db: Db, pull: string, { name, etag }: Mark): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from pull_runs
     where pull_id = $1::uuid and outcome = 'failed' and mark ->> 'name' = $2::text and mark ->> 'etag' is not distinct from $3::text`,
    [pull, name, etag],
  )
  return rows[0]!.n
}

/** Has objects that were set aside, all of them or that of a name, tried again; how many there were. */
export async function takeUp(db: Db, pull: string, name: string | null): Promise<number> {
  const { rowCount } = await db.query(
    'delete from pull_taken where pull_id = $1::uuid and hash is null and ($2::text is null or name = $2::text)',
    [pull, name],
  )
  return rowCount ?? 0
}

/** Forgets what was taken: all of it, or what one file of a place under one name said. */
export async function forgetTaken(db: Db, pull: string, names: readonly string[] | 'all'): Promise<void> {
  await db.query('delete from pull_taken where pull_id = $1::uuid and ($2::text[] is null or name = any($2::text[]))', [
    pull,
    names === 'all' ? null : binary.textArray([...names]),
  ])
}

/** What would be taken with an import that waits for its mapping; null when this is none of the pull's. */
export async function readMark(db: Db, pull: string, importId: string): Promise<Mark | null> {
  const { rows } = await db.query<{ mark: Mark }>(
    `select mark from pull_runs where pull_id = $1::uuid and import_id::text = $2::text and outcome = 'to-map' limit 1`,
    [pull, importId],
  )
  return rows[0]?.mark ?? null
}

/** Gives a pull the mapping of an import. */
export async function adopt(db: Db, pull: string, of: { mapping: ImportMapping; options: ImportOptions }, nextAt: number): Promise<void> {
  await db.query(
    `update pulls set mapping = $2::jsonb, options = $3::jsonb, next_at = $4::int8, asked = null, failures = 0, error = null, epoch = epoch + 1, lease_until = 0
     where id = $1::uuid`,
    [pull, JSON.stringify(of.mapping), JSON.stringify(of.options), nextAt],
  )
}
