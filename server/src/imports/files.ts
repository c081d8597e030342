import { createWriteStream } from 'node:fs'
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { importFileBytes } from '@throughline/contracts'
import { FileImportError } from './errors.ts'

/** What is being uploaded, or was broken off. */
const HALF = '.new'

/** The uploaded files of this server: one folder, a file for each import. */
export interface Files {
  pathOf(id: string): string
  has(id: string): Promise<boolean>
  /** Writes a file as it comes. @returns its length in bytes @throws FileImportError `file_too_large` */
  take(id: string, chunks: AsyncIterable<Uint8Array>): Promise<number>
  remove(id: string): Promise<void>
  /** The ids of the files that are here whole. */
  list(): Promise<string[]>
  /** Removes whole files of which this holds, and what uploads left that were broken off, once they are older than this, in ms. */
  removeOlder(age: number, isGone: (ids: readonly string[]) => Promise<readonly string[]>): Promise<void>
}

/** @param folder made when the first file comes; only its owner can read it */
export function makeFiles(folder: string, limit = importFileBytes): Files {
  const pathOf = (id: string): string => join(folder, id)
  const names = (): Promise<string[]> =>
    readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
  return {
    pathOf,
    has: (id) =>
      access(pathOf(id)).then(
        () => true,
        () => false,
      ),
    async take(id, chunks) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const draft = pathOf(id) + HALF
      let bytes = 0
      try {
        await pipeline(Readable.from(measured(chunks, limit, (length) => (bytes += length))), createWriteStream(draft, { mode: 0o600 }))
        await rename(draft, pathOf(id))
      } catch (error) {
        await rm(draft, { force: true })
        throw error
      }
      return bytes
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    list: async () => (await names()).filter((name) => !name.endsWith(HALF)),
    async removeOlder(age, isGone) {
      const all = await names()
      const gone = await isGone(all.filter((name) => !name.endsWith(HALF)))
      for (const name of [...gone, ...all.filter((one) => one.endsWith(HALF))]) {
        const { mtimeMs } = await stat(join(folder, name))
        if (Date.now() - mtimeMs > age) await rm(join(folder, name), { force: true })
      }
    },
  }
}

async function* measured(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  onBytes: (length: number) => number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (onBytes(chunk.length) > limit)
      throw new FileImportError(
        'too-large',
        'file_too_large',
        `The file is longer than ${limit / 2 ** 20} MiB. Pack it with gzip, or cut it in parts.`,
        {
          field: 'body',
          allowed: `at most ${limit / 2 ** 20} MiB`,
        },
      )
    yield chunk
  }
}
