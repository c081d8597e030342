import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ClickHouse, Cluster } from '../../platform/clickhouse/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import { PipelineError } from '../errors.ts'
import { findHistoryLost, rewindExport } from '../export/lost.ts'
import { exportAllOverrides } from '../export/overrides.ts'
import { exportColumns, prepareHistory } from '../export/tables.ts'
import { readLines } from './lines.ts'
import { DAY_MS, dayOf, nameDay } from './partitions.ts'
import { open, readKeys, type SealedBlock } from './sealed.ts'

/** A day that was put back. */
export interface RestoredDay {
  /** UTC, such as `2026-01-31`. */
  readonly day: string
  readonly files: readonly string[]
  readonly events: number
  /** Events that stay sealed: those of people who were forgotten, or whose keys are not in this database. */
  readonly unreadable: number
  /** Events of that day that stood in ClickHouse and were deleted for it. */
  readonly replaced: number
}

export interface Restored {
  readonly days: RestoredDay[]
  /** Whether ClickHouse had lost everything, so that the export begins again with what PostgreSQL still keeps. */
  readonly rewound: boolean
  /** Profiles of which it was told that they were merged. */
  readonly merged: number
}

export interface RestoreOptions {
  readonly db: Db
  readonly clickhouse: ClickHouse
  /** Name of the database in ClickHouse; its tables are made when they are missing. */
  readonly database: string
  readonly cluster?: Cluster
  /** Archive files, and folders that are looked through for them. */
  readonly paths: readonly string[]
  /** Whether what ClickHouse has of these days is deleted first; without it such a day is refused. */
  readonly replace: boolean
  readonly onDay?: (day: RestoredDay) => void
}

interface Archive {
  readonly path: string
  readonly day: number
  readonly events: number
  readonly unreadable: number
}

/**
 * Puts the events of archive files back into ClickHouse, for a history that was lost or moved, day by day, and tells it
 * anew which profiles were merged. All files are read once before anything is written. They are opened with the keys in
 * `db`, which has to be the database that they were written from; whoever was forgotten stays sealed.
 * @throws PipelineError `archive_name`, `archive_unreadable`; `archive_present` when ClickHouse has events of such a day
 *   and `replace` is false: days before it are put back by then, it and those after it are untouched
 */
export async function restoreArchives(options: RestoreOptions): Promise<Restored> {
  const { clickhouse } = options
  const byDay = new Map<number, Archive[]>()
  for (const path of await findArchives(options.paths)) {
    const archive = await readArchive(options.db, path)
    byDay.set(archive.day, [...(byDay.get(archive.day) ?? []), archive])
  }
  const lost = (await findHistoryLost(options.db, clickhouse)) !== null
  await prepareHistory(clickhouse, options.database, options.cluster)
  if (lost) await rewindExport(options.db)
  const days: RestoredDay[] = []
  for (const [day, archives] of [...byDay].sort(([a], [b]) => a - b)) {
    const replaced = await makeRoom(options, day)
    for (const { path } of archives) await insert(options.db, clickhouse, path)
    const events = archives.reduce((sum, one) => sum + one.events, 0)
    const unreadable = archives.reduce((sum, one) => sum + one.unreadable, 0)
    const restored = { day: nameDay(day), files: archives.map(({ path }) => path), events, unreadable, replaced }
    days.push(restored)
    options.onDay?.(restored)
  }
  return { days, rewound: lost, merged: await exportAllOverrides(options.db, clickhouse) }
}

const PART_CHARACTERS = 16 * 2 ** 20
const NAME = /^inbox(?:-default)?-(\d{4}-\d\d-\d\d)\.sealed\.ndjson$/

async function findArchives(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    const info = await stat(path).catch((cause: unknown) => {
      throw unreadable(path, cause)
    })
    if (!info.isDirectory()) {
      found.add(path)
      continue
    }
    const names = (await readdir(path)).filter((name) => NAME.test(name)).sort()
    if (names.length === 0)
      throw new PipelineError(
        'archive_name',
        `There is no archive of the inbox in ${path}; those are named inbox-2026-01-31.sealed.ndjson.`,
      )
    for (const name of names) found.add(join(path, name))
  }
  return [...found]
}

/** Reads a file to its end, so that a broken one is known before anything is deleted or written. */
async function readArchive(db: Db, path: string): Promise<Archive> {
  const day = Date.parse(`${NAME.exec(basename(path))?.[1]}T00:00:00Z`)
  if (Number.isNaN(day))
    throw new PipelineError(
      'archive_name',
      `${basename(path)} is not an archive of the inbox; those are named inbox-2026-01-31.sealed.ndjson.`,
    )
  let events = 0
  let sealed = 0
  try {
    for await (const part of readEvents(db, path)) {
      sealed += part.unreadable
      for (const line of part.lines) {
        events++
        const row = JSON.parse(line) as { received_at?: unknown }
        if (typeof row.received_at !== 'number' || dayOf(row.received_at) !== dayOf(day))
          throw new Error(`event ${events} is none received on ${nameDay(dayOf(day))}`)
      }
    }
  } catch (cause) {
    throw unreadable(path, cause)
  }
  return { path, day: dayOf(day), events, unreadable: sealed }
}

/** People whose keys are asked for at once. */
const CHUNK = 200

/** The events of a file, as JSON text each, and how many stay sealed. */
async function* readEvents(db: Db, path: string): AsyncIterable<{ lines: readonly string[]; unreadable: number }> {
  let blocks: SealedBlock[] = []
  const flush = async function* (): AsyncIterable<{ lines: readonly string[]; unreadable: number }> {
    const keys = await readKeys(
      db,
      blocks.map(({ profile }) => profile),
    )
    for (const block of blocks) {
      const key = keys.get(block.profile)
      yield key === undefined ? { lines: [], unreadable: block.events } : { lines: await open(block, key), unreadable: 0 }
    }
    blocks = []
  }
  let at = 0
  for await (const line of readLines(createReadStream(path) as AsyncIterable<Buffer>)) {
    blocks.push(readBlock(line, ++at))
    if (blocks.length >= CHUNK) yield* flush()
  }
  if (blocks.length > 0) yield* flush()
}

function readBlock(line: string, at: number): SealedBlock {
  const block = parse(line) as Partial<SealedBlock> | null
  if (
    typeof block?.profile === 'string' &&
    /^[0-9a-f-]{36}$/.test(block.profile) &&
    typeof block.sealed === 'string' &&
    typeof block.events === 'number'
  )
    return { profile: block.profile, day: String(block.day), events: block.events, sealed: block.sealed }
  throw new Error(`line ${at} is no sealed block`)
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function unreadable(path: string, cause: unknown): PipelineError {
  return new PipelineError('archive_unreadable', `${path} cannot be read as an archive: ${(cause as Error).message}.`, { cause })
}

/** Answers how many events of the day were deleted. */
async function makeRoom({ db, clickhouse, cluster, replace }: RestoreOptions, day: number): Promise<number> {
  const query_params = { from: day * DAY_MS, to: (day + 1) * DAY_MS }
  const ofDay = 'where received_at >= {from:Int64} and received_at < {to:Int64}'
  const result = await clickhouse.query({
    query: `select toString(count()) as n from events ${ofDay}`,
    query_params,
    format: 'JSONEachRow',
  })
  const [row] = await result.json<{ n: string }>()
  const present = Number(row?.n ?? 0)
  if (present === 0) return 0
  if (!replace)
    throw new PipelineError(
      'archive_present',
      `ClickHouse already has ${present} events received on ${nameDay(day)}. Leave that day out, or replace what is there with --replace.`,
    )
  const { rows } = await db.query('select 1 from inbox where received_at >= $1::bigint and received_at < $2::bigint limit 1', [
    query_params.from,
    query_params.to,
  ])
  if (rows.length > 0)
    throw new PipelineError(
      'archive_present',
      `PostgreSQL still keeps events received on ${nameDay(day)} that the archive may lack, so what ClickHouse has of that day is not replaced.`,
    )
  for (const name of ['events', 'events_by_name']) {
    const table = cluster ? `${name}_local on cluster '${cluster}'` : name
    await clickhouse.command({ query: `alter table ${table} delete ${ofDay}`, query_params, clickhouse_settings: { mutations_sync: '2' } })
  }
  return present
}

// In parts, since the embedded store takes no body of a whole day.
async function insert(db: Db, client: ClickHouse, path: string): Promise<void> {
  let lines: string[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return
    const { stream } = await client.exec({
      query: `insert into events (${exportColumns.join(', ')}) format JSONEachRow`,
      values: Readable.from([`${lines.join('\n')}\n`], { objectMode: false }),
      // A token of its own: the same rows, put back before and deleted since, are no repetition.
      clickhouse_settings: { insert_deduplication_token: randomUUID() },
    })
    stream.resume()
    await finished(stream)
    lines = []
    size = 0
  }
  for await (const part of readEvents(db, path)) {
    for (const line of part.lines) {
      lines.push(line)
      size += line.length
    }
    if (size > PART_CHARACTERS) await flush()
  }
  await flush()
}
