import type { Json } from '@throughline/contracts'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { csvCell } from '../../platform/text/index.ts'
import type { Column, Exported } from './columns.ts'

/** What a writer reads: pages of people, and who of some that were read may still be told of. It is asked right before they are written. */
export interface Source {
  readonly pages: AsyncIterable<readonly Exported[]>
  stillKnown(people: readonly Exported[]): Promise<readonly Exported[]>
}

type Writer = (columns: readonly Column[], source: Source) => AsyncIterable<string | Uint8Array>

/** How a file of each format is written, and what it is called. */
export const formats: { readonly [F in 'csv' | 'ndjson' | 'parquet']: { readonly type: string; readonly write: Writer } } = {
  csv: { type: 'text/csv; charset=utf-8', write: writeCsv },
  ndjson: { type: 'application/x-ndjson', write: writeLines },
  parquet: { type: 'application/vnd.apache.parquet', write: writeParquet },
}

// RFC 4180, with the column ids as first line.
async function* writeCsv(columns: readonly Column[], { pages, stillKnown }: Source): AsyncIterable<string> {
  yield `${columns.map(({ id }) => csvCell(id)).join(',')}\r\n`
  for await (const page of pages) {
    const people = await stillKnown(page)
    yield people.map((person) => `${columns.map(({ value }) => csvCell(plainOf(value(person)))).join(',')}\r\n`).join('')
  }
}

async function* writeLines(columns: readonly Column[], { pages, stillKnown }: Source): AsyncIterable<string> {
  for await (const page of pages) {
    const people = await stillKnown(page)
    yield people.map((person) => `${JSON.stringify(Object.fromEntries(columns.map(({ id, value }) => [id, value(person)])))}\n`).join('')
  }
}

/** Rows that are kept until they are written together: a row group, which readers take apart. */
const GROUP = 5_000

// All columns are texts: a trait is of whatever type each person's is. What is no text stands there as JSON.
async function* writeParquet(columns: readonly Column[], { pages, stillKnown }: Source): AsyncIterable<Uint8Array> {
  const bytes = new ByteWriter()
  const take = (): Uint8Array => {
    const taken = bytes.getBytes().slice()
    bytes.index = 0
    return taken
  }
  const empty = columns.map(({ id }) => ({ name: id, data: [] as (string | null)[], type: 'STRING' as const, nullable: true }))
  const file = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: empty }), createdBy: 'throughline' })
  let rows: Exported[] = []
  const flush = async (): Promise<Uint8Array> => {
    const known = await stillKnown(rows)
    rows = []
    if (known.length > 0)
      await file.write({
        columnData: columns.map(({ id, value }) => ({ name: id, data: known.map((row) => textOf(value(row))) })),
        rowGroupSize: GROUP,
      })
    return take()
  }
  for await (const page of pages) {
    rows.push(...page)
    if (rows.length >= GROUP) yield await flush()
  }
  if (rows.length > 0) yield await flush()
  await file.finish()
  yield take()
}

function plainOf(value: Json): string | number | null {
  return typeof value === 'number' ? value : textOf(value)
}

function textOf(value: Json): string | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join('; ') : JSON.stringify(value)
}
