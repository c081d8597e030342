import { createWriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { to as copyTo } from 'pg-copy-streams'
import { withClient, type Pool } from '../../platform/postgres/index.ts'
import { readLines } from './lines.ts'
import { DAY_MS, nameDay } from './partitions.ts'
import { makeKeys, seal } from './sealed.ts'

/** People whose keys are asked for at once. */
const CHUNK = 200

interface Owned {
  readonly profile: string
  readonly lines: readonly string[]
}

/**
 * Writes the events that a part of the inbox holds of one day (UTC) to a file, sealed by person (see sealed.ts); an event is a
 * JSON object with the columns of `events` in ClickHouse. The file appears under its name only when it is whole and on the disk.
 * @param table a partition of the inbox, by its name in the database
 * @returns the file's path
 */
export async function writeArchive(pool: Pool, folder: string, table: string, day: number): Promise<string> {
  if (!/^inbox_[a-z0-9]+$/.test(table)) throw new TypeError(`Not a partition of the inbox: ${table}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${table === 'inbox_default' ? 'inbox-default' : 'inbox'}-${nameDay(day)}.sealed.ndjson`)
  const draft = `${path}.new`
  // As CSV with marks that JSON never holds, since copy's own format would escape backslashes a second time. The id of the
  // profile stands in front, of one length.
  const query = `copy (
    select e.profile_id::text || row_to_json(e)::text from (
      select shard, lane, seq, event_id, profile_id, type, name, occurred_at as timestamp, received_at, source, properties, context from ${table}
      where received_at >= ${day * DAY_MS} and received_at < ${(day + 1) * DAY_MS} and type <> 'control' and not forwarded
      order by profile_id, shard, lane, seq
    ) e
  ) to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')`
  await withClient(pool, async (client) => {
    const rows = client.query(copyTo(query))
    await pipeline(rows, (source) => sealed(pool, day, source), createWriteStream(draft, { mode: 0o600 }))
  })
  await syncPath(draft)
  await rename(draft, path)
  await syncPath(dirname(path))
  return path
}

async function* sealed(pool: Pool, day: number, source: AsyncIterable<Buffer>): AsyncIterable<string> {
  let people: Owned[] = []
  const flush = async function* (): AsyncIterable<string> {
    const keys = await makeKeys(
      pool,
      people.map(({ profile }) => profile),
    )
    for (const { profile, lines } of people) {
      const key = keys.get(profile)
      if (key !== undefined) yield `${JSON.stringify(await seal(profile, nameDay(day), lines, key))}\n`
    }
    people = []
  }
  for await (const person of byPerson(source)) {
    people.push(person)
    if (people.length >= CHUNK) yield* flush()
  }
  if (people.length > 0) yield* flush()
}

/** A person with thousands of events on a day comes in several parts. */
const PART_LINES = 5_000
const ID_LENGTH = 36

async function* byPerson(source: AsyncIterable<Buffer>): AsyncIterable<Owned> {
  let profile = ''
  let lines: string[] = []
  for await (const row of readLines(Readable.from(source))) {
    const id = row.slice(0, ID_LENGTH)
    if (lines.length > 0 && (id !== profile || lines.length >= PART_LINES)) {
      yield { profile, lines }
      lines = []
    }
    profile = id
    lines.push(row.slice(ID_LENGTH))
  }
  if (lines.length > 0) yield { profile, lines }
}

async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
