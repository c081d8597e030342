import { createWriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { to as copyTo } from 'pg-copy-streams'
import { withClient, type Pool } from '../../platform/postgres/index.ts'
import { DAY_MS, nameDay } from './partitions.ts'

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
