import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { ImportError } from './errors.ts'
import type { Mapping } from './mapping.ts'

/** A line of the file: its number, the header being 1, and its values by column position. */
export interface RawLine {
  readonly number: number
  readonly values: readonly string[]
}

/** Where a mapped column stands in the file. */
export type Positions = { readonly [column: string]: number }

/** The names of the columns, and the lines after them. */
export interface OrderFile {
  readonly header: readonly string[]
  readonly positions: Positions
  readonly lines: AsyncIterable<RawLine>
}

/**
 * Opens a CSV file, gzipped or not (told by its first two bytes), as a stream; memory does not grow with its size.
 * Throws {@link ImportError}: `import_file_unreadable`, `import_column_missing`.
 */
export async function openOrderFile(path: string, mapping: Mapping): Promise<OrderFile> {
  const gzipped = await isGzip(path)
  const records = parse({
    delimiter: mapping.file.delimiter,
    quote: mapping.file.quote,
    encoding: mapping.file.encoding,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
  })
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  const plain: Readable = gzipped ? file.pipe(createGunzip()) : file
  const fail = (cause: Error) => records.destroy(unreadable(path, cause.message, cause))
  file.on('error', fail)
  plain.on('error', fail)
  plain.pipe(records)
  const iterator: AsyncIterator<string[]> = records[Symbol.asyncIterator]()
  const release = () => {
    file.destroy()
    plain.destroy()
    records.destroy()
  }
  try {
    const first = await iterator.next()
    if (first.done === true) throw unreadable(path, 'it is empty; the first line must name the columns')
    const header = first.value
    return { header, positions: findColumns(path, header, mapping), lines: readRest(path, iterator, release) }
  } catch (error) {
    release()
    throw error instanceof ImportError ? error : unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
}

async function* readRest(path: string, iterator: AsyncIterator<string[]>, release: () => void): AsyncGenerator<RawLine> {
  try {
    let number = 1
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      number += 1
      yield { number, values: next.value }
    }
  } catch (error) {
    throw error instanceof ImportError ? error : unreadable(path, error instanceof Error ? error.message : String(error), error)
  } finally {
    release()
  }
}

function findColumns(path: string, header: readonly string[], mapping: Mapping): Positions {
  const marks = Object.values(mapping.documents).flatMap((mark) => (mark !== undefined && 'column' in mark ? [mark.column] : []))
  const wanted = [
    ...Object.entries(mapping.columns).map(([key, column]) => [`columns.${key}`, column] as const),
    ...Object.entries(mapping.traits).map(([key, column]) => [`traits.${key}`, column] as const),
    ...marks.map((column) => ['documents', column] as const),
  ]
  const positions: { [column: string]: number } = {}
  for (const [field, column] of wanted) {
    const at = header.indexOf(column)
    if (at < 0) {
      throw new ImportError(
        'bad-input',
        'import_column_missing',
        `${path} has no column "${column}", which the mapping names in ${field}; its columns are ${header.join(', ')}`,
        {
          field,
          value: column,
          allowed: header.join(', '),
        },
      )
    }
    positions[column] = at
  }
  return positions
}

async function isGzip(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder')
    const handle = await open(path)
    try {
      const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
      return buffer[0] === 0x1f && buffer[1] === 0x8b
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function unreadable(path: string, why: string, cause?: unknown): ImportError {
  return new ImportError('bad-input', 'import_file_unreadable', `${path} cannot be read: ${why}`, {
    field: 'file',
    value: path,
    allowed: 'a CSV file, gzipped or not',
    cause,
  })
}
