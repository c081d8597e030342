import type { FileImport, ImportCounts, ImportError, ImportKind, ImportMapping, ImportOptions, ImportState } from '@throughline/contracts'
import { binary, withTransaction, type Db, type Pool } from '../platform/postgres/index.ts'
import { FileImportError } from './errors.ts'
import type { Refused } from './kinds/kind.ts'

export type Phase = 'check' | 'run'

export const noCounts: ImportCounts = { rows: 0, new: 0, changed: 0, unchanged: 0, kept: 0, refused: 0 }

/** An import as it is stored. `rows` is how far its run came, as the number of a row; `epoch` fences whoever works on it. */
export interface StoredImport extends FileImport {
  readonly rows: number
  readonly epoch: number
}

interface Row {
  [column: string]: unknown
  readonly id: string
  readonly kind: ImportKind
  readonly name: string
  readonly bytes: number
  readonly state: ImportState
  readonly mapping: ImportMapping
  readonly preset: string | null
  readonly options: ImportOptions
  readonly progress: number
  readonly rows: number
  readonly counts: ImportCounts
  readonly checked: ImportCounts | null
  readonly joined: number
  readonly error: string | null
  readonly created_at: number
  readonly created_by: string
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly epoch: number
  readonly pull_id: string | null
}

const COLUMNS = `id, kind, name, bytes, state, mapping, preset, options, progress, rows, counts, checked, joined, error, created_at, created_by,
  started_at, finished_at, epoch, pull_id`

function toImport(row: Row): StoredImport {
  const { id, kind, name, bytes, state, mapping, preset, options, progress, rows, counts, joined, error, epoch } = row
  return {
    id,
    kind,
    name,
    bytes,
    state,
    mapping,
    preset,
    options,
    progress,
    rows,
    counts,
    joined,
    error,
    epoch,
    pull: row.pull_id,
    check: row.checked,
    createdAt: row.created_at,
    createdBy: row.created_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }
}

/** An import as the API shows it. */
export function toFileImport({ rows: _, epoch: __, ...shown }: StoredImport): FileImport {
  return shown
}

export async function readImports(db: Db, before: readonly [number, string] | undefined, limit: number): Promise<StoredImport[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from imports where $1::int8 is null or (created_at, id) < ($1::int8, $2::uuid)
     order by created_at desc, id desc limit $3::int`,
    [before?.[0] ?? null, before?.[1] ?? null, limit],
  )
  return rows.map(toImport)
}

/** @throws FileImportError `file_import_unknown` */
export async function readImport(db: Db, id: string): Promise<StoredImport> {
  const { rows } = isUuid(id) ? await db.query<Row>(`select ${COLUMNS} from imports where id = $1::uuid`, [id]) : { rows: [] }
  const row = rows[0]
  if (row !== undefined) return toImport(row)
  throw new FileImportError('not-found', 'file_import_unknown', `There is no import "${id}". GET /api/imports lists those there are.`, {
    field: 'id',
    value: id,
  })
}

export async function insertImport(
  db: Db,
  made: Pick<FileImport, 'id' | 'kind' | 'name' | 'bytes' | 'mapping' | 'preset' | 'createdBy'> &
    Partial<Pick<FileImport, 'options' | 'pull'>>,
): Promise<StoredImport> {
  await db.query(
    `insert into imports (id, kind, name, bytes, state, mapping, preset, options, counts, created_at, created_by, pull_id)
     values ($1::uuid, $2::text, $3::text, $4::int8, 'draft', $5::jsonb, $6::text, $7::jsonb, $8::jsonb, $9::int8, $10::text, $11::uuid)`,
    [
      made.id,
      made.kind,
      made.name,
      made.bytes,
      JSON.stringify(made.mapping),
      made.preset,
      JSON.stringify(made.options ?? ({ list: null, triggers: false } satisfies ImportOptions)),
      JSON.stringify(noCounts),
      Date.now(),
      made.createdBy,
      made.pull ?? null,
    ],
  )
  return readImport(db, made.id)
}

/** Changes how the file of a draft is read; what a check found does not hold any more. */
export async function updateMapping(db: Db, id: string, mapping: ImportMapping, options: ImportOptions): Promise<StoredImport> {
  await db.query(
    `update imports set mapping = $2::jsonb, options = $3::jsonb, checked = null, error = null, preset = null
     where id = $1::uuid and state = 'draft'`,
    [id, JSON.stringify(mapping), JSON.stringify(options)],
  )
  return readImport(db, id)
}

/**
 * Moves an import from one of some states to another; whoever worked on it under the old epoch can write nothing more.
 * Answers whether it was in one of them.
 */
export async function moveImport(db: Db, id: string, from: readonly ImportState[], to: ImportState, now: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports set state = $3::text, epoch = epoch + 1, lease_until = 0, error = null,
       progress = case when $3::text = 'checking' then 0 else progress end,
       started_at = case when $3::text = 'running' then coalesce(started_at, $4::int8) else started_at end,
       finished_at = case when $3::text in ('cancelled', 'done', 'failed') then $4::int8 end
     where id = $1::uuid and state = any($2::text[])`,
    [id, from, to, now],
  )
  return rowCount === 1
}

/** Imports that wait for somebody to work on them, oldest first. */
export async function readWaiting(db: Db, now: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select id from imports where state in ('checking', 'running') and lease_until < $1::int8 order by created_at`,
    [now],
  )
  return rows.map(({ id }) => id)
}

/** Takes an import to work on it until `until`; null when somebody else was faster. */
export async function claimImport(db: Db, id: string, now: number, until: number): Promise<StoredImport | null> {
  const { rowCount } = await db.query(
    `update imports set epoch = epoch + 1, lease_until = $3::int8
     where id = $1::uuid and state in ('checking', 'running') and lease_until < $2::int8`,
    [id, now, until],
  )
  return rowCount === 1 ? readImport(db, id) : null
}

/** Keeps, or with 0 gives back, the lease; false when it is gone. */
export async function holdLease(db: Db, held: Pick<StoredImport, 'id' | 'epoch'>, until: number): Promise<boolean> {
  const { rowCount } = await db.query('update imports set lease_until = $3::int8 where id = $1::uuid and epoch = $2::int8', [
    held.id,
    held.epoch,
    until,
  ])
  return rowCount === 1
}

export interface Step {
  readonly counts: ImportCounts
  readonly progress: number
  /** The last row that is done. */
  readonly rows: number
  readonly joined: number
  readonly refused: readonly Refused[]
}

/** Notes how far the work came, with the rows that were refused, in one transaction. False when the lease is gone. */
export async function noteStep(pool: Pool, held: StoredImport, phase: Phase, step: Step, until: number): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      phase === 'run'
        ? `update imports set lease_until = $3::int8, progress = $4::real, counts = $5::jsonb, rows = $6::int8, joined = $7::int8
           where id = $1::uuid and epoch = $2::int8`
        : `update imports set lease_until = $3::int8, progress = $4::real, checked = $5::jsonb
           where id = $1::uuid and epoch = $2::int8 and ($6::int8, $7::int8) is not null`,
      [held.id, held.epoch, until, step.progress, JSON.stringify(step.counts), step.rows, step.joined],
    )
    if (rowCount !== 1) return false
    await writeErrors(client, held.id, phase, step.refused)
    return true
  })
}

async function writeErrors(db: Db, id: string, phase: Phase, refused: readonly Refused[]): Promise<void> {
  const rows = refused.flatMap(({ row, errors }) => errors.map((error, at) => ({ row, at, ...error })))
  if (rows.length === 0) return
  const cut = (text: string | null): string | null => (text === null ? null : text.replaceAll('\u0000', '\uFFFD').slice(0, 500))
  await db.query(
    `insert into import_errors (import_id, phase, row, at, column_name, value, reason, allowed)
     select $1::uuid, $2::text, * from unnest($3::int8[], $4::int2[], $5::text[], $6::text[], $7::text[], $8::text[]) on conflict do nothing`,
    [
      id,
      phase,
      binary.int8Array(rows.map(({ row }) => row)),
      binary.int2Array(rows.map(({ at }) => at)),
      binary.textArray(rows.map(({ column }) => cut(column))),
      binary.textArray(rows.map(({ value }) => cut(value))),
      binary.textArray(rows.map(({ reason }) => cut(reason))),
      binary.textArray(rows.map(({ allowed }) => cut(allowed))),
    ],
  )
}

export async function clearErrors(db: Db, id: string, phase: Phase, behind: number): Promise<void> {
  await db.query('delete from import_errors where import_id = $1::uuid and phase = $2::text and row > $3::int8', [id, phase, behind])
}

/** Ends the work under a lease: a check gives the draft back, a run is done; with an error it failed. False when the lease is gone. */
export async function finishImport(db: Db, held: StoredImport, phase: Phase, error: string | null, now: number): Promise<boolean> {
  const state = error === null ? (phase === 'run' ? 'done' : 'draft') : phase === 'run' ? 'failed' : 'draft'
  const { rowCount } = await db.query(
    `update imports set state = $3::text, error = $4::text, lease_until = 0, epoch = epoch + 1,
       progress = case when $4::text is null then 1 else progress end,
       finished_at = case when $3::text <> 'draft' then $5::int8 end, has_file = $3::text <> 'done'
     where id = $1::uuid and epoch = $2::int8`,
    [held.id, held.epoch, state, error, now],
  )
  return rowCount === 1
}

/** Whether the file of an import is still kept somewhere. */
export async function hasFile(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from imports where id = $1::uuid and has_file', [id])
  return rowCount === 1
}

/** Imports at rest whose files are still kept, of these ids. */
export async function readKept(db: Db, ids: readonly string[]): Promise<(StoredImport & { readonly searchedAt: number })[]> {
  const { rows } = await db.query<Row & { searched_at: number }>(
    `select ${COLUMNS}, searched_at from imports where id = any($1::uuid[]) and has_file and state not in ('checking', 'running')`,
    [ids.filter(isUuid)],
  )
  return rows.map((row) => ({ ...toImport(row), searchedAt: row.searched_at }))
}

/** Which of these imports have, as far as is noted, no file any more, or are not there themselves. */
export async function findGone(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('select id from imports where id = any($1::uuid[]) and has_file', [ids.filter(isUuid)])
  const kept = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !kept.has(id))
}

/** Notes that the files of imports at rest since an instant are gone. Answers how many. */
export async function dropFilesSince(db: Db, since: number): Promise<number> {
  const { rowCount } = await db.query(
    `update imports set has_file = false
     where has_file and state not in ('checking', 'running') and coalesce(finished_at, created_at) < $1::bigint`,
    [since],
  )
  return rowCount ?? 0
}

/** Notes that the file of an import at rest is gone, and why. False when it is at work. */
export async function dropFile(db: Db, id: string, why: string | null): Promise<boolean> {
  const { rowCount } = await db.query(
    `update imports set has_file = false, error = coalesce($2::text, error) where id = $1::uuid and state not in ('checking', 'running')`,
    [id, why],
  )
  return rowCount === 1
}

/** Notes that nobody who was forgotten before an instant stands in the file of an import. */
export async function noteSearched(db: Db, id: string, at: number): Promise<void> {
  await db.query('update imports set searched_at = greatest(searched_at, $2::bigint) where id = $1::uuid', [id, at])
}

export async function removeImport(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query(`delete from imports where id = $1::uuid and state not in ('checking', 'running')`, [id])
  return rowCount === 1
}

/** Refused rows in the order of the file, behind a place in it. */
export async function readErrors(
  db: Db,
  id: string,
  phase: Phase,
  after: readonly [number, number],
  limit: number,
): Promise<(ImportError & { at: number })[]> {
  const { rows } = await db.query<ImportError & { [column: string]: unknown; at: number }>(
    `select row, at, column_name as column, value, reason, allowed from import_errors
     where import_id = $1::uuid and phase = $2::text and (row, at) > ($3::int8, $4::int2) order by row, at limit $5::int`,
    [id, phase, after[0], after[1], limit],
  )
  return rows
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)
}
