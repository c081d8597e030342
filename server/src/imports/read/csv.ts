import { Readable } from 'node:stream'
import { parse, type Parser } from 'csv-parse'
import type { FileSettings } from '@throughline/contracts'
import { FileImportError } from '../errors.ts'
import { decode, nameColumns, openBytes, unreadable } from './bytes.ts'
import type { Row, Table } from './table.ts'

const BATCH = 1_000
/** The longest row, in characters; a quote that is never closed would otherwise take the rest of the file into memory. */
const MAX_ROW = 1_000_000

/**
 * Opens a CSV file (RFC 4180, with any delimiter and line ends); values in quotes may hold line breaks, and a quote inside a value
 * without quotes around it, such as 12" vinyl, is a sign like any other.
 */
export async function openCsv(path: string, settings: FileSettings): Promise<Table> {
  const { stream, progress, release } = await openBytes(path)
  const records = parse({ delimiter: settings.delimiter, relax_column_count: true, relax_quotes: true, max_record_size: MAX_ROW })
  const text = Readable.from(decode(stream, settings.encoding), { objectMode: true })
  const fail = (error: Error): void => void records.destroy(error)
  text.on('error', fail)
  text.pipe(records)
  const iterator: AsyncIterator<string[]> = records[Symbol.asyncIterator]()
  const first = await iterator.next().catch((error: unknown) => {
    release()
    throw readable(error)
  })
  if (first.done === true) {
    release()
    throw unreadable('it is empty')
  }
  const columns = nameColumns(settings.header ? first.value : first.value.map(() => ''))
  const given = settings.header ? [] : [first.value]
  return { columns, progress, batches: readBatches(given, iterator, columns.length, settings.header ? 1 : 0, records, release) }
}

async function* readBatches(
  given: readonly string[][],
  iterator: AsyncIterator<string[]>,
  width: number,
  before: number,
  records: Parser,
  release: () => void,
): AsyncGenerator<readonly Row[]> {
  let number = before
  let rows: Row[] = []
  try {
    for (const record of given) rows.push(toRow(record, (number += 1), width))
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      number += 1
      // A row without any value says nothing; it keeps its number, so that those below it are found.
      if (next.value.some((cell) => cell.trim() !== '')) rows.push(toRow(next.value, number, width))
      if (rows.length === BATCH) {
        yield rows
        rows = []
      }
    }
    if (rows.length > 0) yield rows
  } catch (error) {
    throw readable(error)
  } finally {
    records.destroy()
    release()
  }
}

function toRow(record: readonly string[], number: number, width: number): Row {
  const cells = Array.from({ length: width }, (_, index) => {
    const cell = record[index]?.trim()
    return cell === undefined || cell === '' ? null : cell
  })
  const extra = record.slice(width).filter((cell) => cell.trim() !== '')
  if (extra.length === 0) return { number, cells }
  const broken = {
    value: extra.join(' ').slice(0, 200),
    reason: `The row has ${record.length} values for ${width} columns.`,
    allowed: 'a value that holds the delimiter stands in quotes',
  }
  return { number, cells, broken }
}

/** Errors of the parser say after how many rows they came, the names of columns being the first; ours pass as they are. */
function readable(error: unknown): FileImportError {
  if (error instanceof FileImportError) return error
  const { code, records } = error as { code?: unknown; records?: unknown }
  const at = typeof records === 'number' ? ` in row ${records + 1}` : ''
  if (code === 'CSV_QUOTE_NOT_CLOSED') return unreadable(`a quote that opens${at} is never closed`, error)
  if (code === 'CSV_MAX_RECORD_SIZE')
    return unreadable(`a row longer than ${MAX_ROW} characters begins${at}; is a quote not closed?`, error)
  return unreadable(error instanceof Error ? error.message.replace(/\.$/, '') : String(error), error)
}
