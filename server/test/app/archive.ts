import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArchive } from '../../src/pipeline/maintenance/archive.ts'
import { readLines } from '../../src/pipeline/maintenance/lines.ts'
import { open, readKeys, type SealedBlock } from '../../src/pipeline/maintenance/sealed.ts'
import type { Place } from './start-app.ts'

export interface Opened {
  /** Events that can be read, as JSON text. */
  readonly readable: string[]
  readonly unreadable: number
}

/** Archives each day of which there are events, in whatever part of the inbox they lie, and reads the files with the keys that there are. */
export async function archiveAll(place: Place, folder: string): Promise<Opened> {
  const { rows } = await place.database.pool.query<{ name: string; day: number }>(
    `select distinct tableoid::regclass::text as name, received_at / 86400000 as day from inbox`,
  )
  for (const { name, day } of rows) await writeArchive(place.database.pool, folder, name, day)
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
