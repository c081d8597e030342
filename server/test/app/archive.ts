import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArchive } from '../../src/pipeline/maintenance/archive.ts'
import { readLines } from '../../src/pipeline/maintenance/lines.ts'
import { dayOf } from '../../src/pipeline/maintenance/partitions.ts'
import { open, readKeys, type SealedBlock } from '../../src/pipeline/maintenance/sealed.ts'
import type { Place } from './start-app.ts'

export interface Opened {
  /** Events that can be read, as JSON text. */
  readonly readable: string[]
  readonly unreadable: number
}

/** Archives the day that is today, in whatever part of the inbox it lies, and reads the file with the keys that there are. */
export async function archiveToday(place: Place, folder: string): Promise<Opened> {
  const today = dayOf(Date.now())
  const { rows } = await place.database.pool.query<{ name: string }>(
    `select distinct tableoid::regclass::text as name from inbox where received_at >= $1::bigint`,
    [today * 86_400_000],
  )
  for (const { name } of rows) await writeArchive(place.database.pool, folder, name, today)
  return readArchive(place, folder)
}

/** Reads the files of the archive as a restore would. */
export async function readArchive(place: Place, folder: string): Promise<Opened> {
  const readable: string[] = []
  let unreadable = 0
  for (const name of await readdir(folder))
    for await (const line of readLines(createReadStream(join(folder, name)) as AsyncIterable<Buffer>)) {
      const block = JSON.parse(line) as SealedBlock
      const key = (await readKeys(place.database.pool, [block.profile])).get(block.profile)
      if (key === undefined) unreadable += block.events
      else readable.push(...(await open(block, key)))
    }
  return { readable, unreadable }
}
