import type { FileSettings, ImportKind, ImportMapping, Json, SampleColumn, Settings } from '@throughline/contracts'
import { detectDates, detectDecimalMark } from './detect/values.ts'
import { makeCells, type Item, type Refused } from './kinds/kind.ts'
import { rowReaders } from './kinds/registry.ts'
import { findMissing } from './mapping/check.ts'
import { suggestColumns } from './mapping/suggest.ts'
import type { Row } from './read/table.ts'
import { describeColumns } from './sample.ts'

/** Rows that stand in no file: the columns, and the cells of each row in their order. */
export interface Rows {
  readonly columns: readonly string[]
  readonly cells: readonly (readonly Json[])[]
}

const toRows = ({ cells }: Rows): Row[] => cells.map((row, index) => ({ number: index + 1, cells: row }))

/** What rows say under a mapping, and which cannot be taken. */
export function readRows(kind: ImportKind, mapping: ImportMapping, rows: Rows): (Item | Refused)[] {
  const reader = rowReaders[kind](mapping, makeCells(mapping, rows.columns))
  return [...toRows(rows).flatMap((row) => reader.read(row)), ...reader.end()]
}

/** A mapping for rows, by the names of their columns and their values. */
export function suggestRows(kind: ImportKind, rows: Rows, workspace: Pick<Settings, 'zone' | 'currency' | 'locale'>): ImportMapping {
  const texts = rows.cells.flatMap((row) => row.filter((cell): cell is string => typeof cell === 'string'))
  const file: FileSettings = {
    format: 'jsonl',
    encoding: 'utf-8',
    delimiter: ',',
    header: true,
    decimalMark: detectDecimalMark(texts) ?? '.',
    dateOrder: detectDates(texts, workspace.locale).order,
    zone: workspace.zone,
    currency: workspace.currency,
  }
  return { file, columns: suggestColumns(kind, { columns: rows.columns, rows: toRows(rows) }, file) }
}

/** Rows as a mapping reads them, and what the mapping lacks. */
export function describeRows(kind: ImportKind, mapping: ImportMapping, rows: Rows): { columns: SampleColumn[]; missing: string[] } {
  return { columns: describeColumns({ columns: rows.columns, rows: toRows(rows) }, mapping), missing: findMissing(kind, mapping) }
}
