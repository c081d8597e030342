import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { to as copyTo } from 'pg-copy-streams'
import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import { withClient, type Pool } from '../../platform/postgres/index.ts'
import { PipelineError } from '../errors.ts'
import { exportColumns } from '../export/tables.ts'
import { DAY_MS, dayOf, nameDay } from './partitions.ts'

/**
 * Writes the events that a part of the inbox holds of one day (UTC) to a file: gzip, one JSON object a line, with the columns
 * of `events` in ClickHouse. The file appears under its name only when it is whole and on the disk.
 * @param table a partition of the inbox, by its name in the database
 * @returns the file's path
 */
export async function writeArchive(pool: Pool, folder: string, table: string, day: number): Promise<string> {
  if (!/^inbox_[a-z0-9]+$/.test(table)) throw new TypeError(`Not a partition of the inbox: ${table}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${table === 'inbox_default' ? 'inbox-default' : 'inbox'}-${nameDay(day)}.ndjson.gz`)
  const draft = `${path}.new`
  // As CSV with marks that JSON never holds, since copy's own format would escape backslashes a second time.
  const query = `copy (
    select row_to_json(e)::text from (
      select shard, lane, seq, event_id, profile_id, type, name, occurred_at as timestamp, received_at, source, properties, context from ${table}
      where received_at >= ${day * DAY_MS} and received_at < ${(day + 1) * DAY_MS} and type <> 'control' and not forwarded
      order by shard, lane, seq
    ) e
  ) to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')`
  await withClient(pool, (client) => pipeline(client.query(copyTo(query)), createGzip(), createWriteStream(draft, { mode: 0o600 })))
  await syncPath(draft)
  await rename(draft, path)
  await syncPath(dirname(path))
  return path
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Puts the events of an archive file back into ClickHouse, for a history that was lost or moved.
 * @throws PipelineError `archive_present` when the history has events of that day; delete those first, so that none is there twice
 */
export async function restoreArchive(client: ClickHouse, path: string): Promise<void> {
  const found = /-(\d{4}-\d\d-\d\d)\.ndjson\.gz$/.exec(path)
  if (!found)
    throw new PipelineError('archive_name', `${basename(path)} is not an archive of the inbox; those are named inbox-2026-01-31.ndjson.gz.`)
  const day = dayOf(Date.parse(`${found[1]}T00:00:00Z`))
  const isDefault = basename(path).startsWith('inbox-default-')
  const result = await client.query({
    query: 'select toString(count()) as n from events where received_at >= {from:Int64} and received_at < {to:Int64}',
    query_params: { from: day * DAY_MS, to: (day + 1) * DAY_MS },
    format: 'JSONEachRow',
  })
  const [present] = await result.json<{ n: string }>()
  if (!isDefault && Number(present?.n) > 0) {
    throw new PipelineError(
      'archive_present',
      `The history already has ${present?.n} events received on ${found[1]}. Delete them before this day is put back.`,
    )
  }
  const { stream } = await client.exec({
    query: `insert into events (${exportColumns.join(', ')}) format JSONEachRow`,
    values: createReadStream(path).pipe(createGunzip()),
    clickhouse_settings: { insert_deduplication_token: basename(path) },
  })
  stream.resume()
  await finished(stream)
}
