import type { FileSettings, Json } from '@throughline/contracts'
import { openCsv } from './csv.ts'
import { openJsonl } from './jsonl.ts'
import { openXlsx } from './xlsx.ts'

/** A row as it stands in the file. `number` is what a spreadsheet or editor shows beside it, where no cell holds line breaks. */
export interface Row {
  readonly number: number
  /** In the order of the columns; null where nothing stands. */
  readonly cells: readonly Json[]
  /** Why this row cannot be read at all. */
  readonly broken?: { readonly value: string; readonly reason: string; readonly allowed: string }
}

/** A file of rows, read from its beginning in pieces; memory does not grow with its length. */
export interface Table {
  readonly columns: readonly string[]
  readonly batches: AsyncIterable<readonly Row[]>
  /** How much of the file has been read, 0 to 1. */
  progress(): number
}

/** Opens a file. Whoever stops early ends the iteration, which closes it. @throws FileImportError `file_unreadable`, also while iterating */
export async function openTable(path: string, settings: FileSettings): Promise<Table> {
  switch (settings.format) {
    case 'csv':
      return openCsv(path, settings)
    case 'jsonl':
      return openJsonl(path, settings)
    case 'xlsx':
      return openXlsx(path, settings)
    default:
      return settings.format satisfies never
  }
}
