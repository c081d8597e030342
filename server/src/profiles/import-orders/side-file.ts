import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** A text file that exists only if something was written to it. */
export interface SideFile {
  /** Resolves when the writer may go on (back-pressure). */
  write(text: string): Promise<void>
  /** The path, or `null` when nothing was written. */
  close(): Promise<string | null>
}

/** A gzipped file at `path`, replacing an earlier one; `heading` goes before the first text. */
export function makeSideFile(path: string, heading: string): SideFile {
  let gzip: ReturnType<typeof createGzip> | undefined
  let done: Promise<void> | undefined
  return {
    async write(text) {
      if (gzip === undefined) {
        await mkdir(dirname(path), { recursive: true })
        gzip = createGzip({ level: 4 })
        done = finished(gzip.pipe(createWriteStream(path)))
        gzip.write(heading)
      }
      if (!gzip.write(text)) await once(gzip, 'drain')
    },
    async close() {
      if (gzip === undefined) {
        await rm(path, { force: true })
        return null
      }
      gzip.end()
      await done
      return path
    },
  }
}

/** One line of CSV (RFC 4180), with its end of line. */
export function csvLine(values: readonly string[], delimiter: string): string {
  return `${values.map((value) => (/["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value)).join(delimiter)}\r\n`
}
