import type { Readable } from 'node:stream'
import yauzl from 'yauzl'
import { unreadable } from './bytes.ts'

/** The files inside a zip file, each readable as a stream. */
export interface ZipFile {
  has(name: string): boolean
  /** Length when unpacked, in bytes. */
  sizeOf(name: string): number
  open(name: string): Promise<Readable>
  close(): void
}

const MAX_ENTRIES = 10_000

/** Opens a zip file. @throws FileImportError `file_unreadable` */
export async function openZip(path: string): Promise<ZipFile> {
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, file) => {
      if (error === null) resolve(file)
      else reject(unreadable('it is no Excel file (.xlsx); the old form .xls has to be saved as .xlsx or CSV', error))
    })
  })
  const entries = new Map<string, yauzl.Entry>()
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('entry', (entry: yauzl.Entry) => {
        entries.set(entry.fileName, entry)
        if (entries.size > MAX_ENTRIES) reject(unreadable(`it has more than ${MAX_ENTRIES} parts`))
        else zip.readEntry()
      })
      zip.once('end', resolve)
      zip.once('error', (error) => reject(unreadable('its parts cannot be listed', error)))
      zip.readEntry()
    })
  } catch (error) {
    zip.close()
    throw error
  }
  return {
    has: (name) => entries.has(name),
    sizeOf: (name) => entries.get(name)?.uncompressedSize ?? 0,
    open: (name) =>
      new Promise((resolve, reject) => {
        const entry = entries.get(name)
        if (entry === undefined) return reject(unreadable(`it lacks ${name}`))
        zip.openReadStream(entry, (error, stream) => {
          if (error === null) resolve(stream)
          else reject(unreadable(`${name} in it cannot be unpacked`, error))
        })
      }),
    close: () => zip.close(),
  }
}
