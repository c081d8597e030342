import type { FileSettings, ImportKind, ImportMapping, Json, MappedColumn, SampleColumn, Settings } from '@throughline/contracts'
import { detectDates, detectDecimalMark } from './detect/values.ts'
import { makeCells, type Item, type Refused } from './kinds/kind.ts'
import { rowReaders } from './kinds/registry.ts'
import { findMissing } from './mapping/check.ts'
import { nameOf, suggestColumns } from './mapping/suggest.ts'
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

// Words that say little without what they are of: `customer.id` is a person's, `ticket.id` is not.
const vague = /^(id|uid|no|number|key|name|title|type|status|state|value|text|date|address|total|price|amount)$/i

/** What a path such as `ticket.requester.email` is about: its last word, with the one before where it is vague. */
function aboutOf(path: string): string {
  const words = path.split(/[.[\]]+/).filter((word) => word !== '' && !/^\d+$/.test(word))
  const last = words.at(-1) ?? path
  return vague.test(last) && words.length > 1 ? `${words.at(-2)} ${last}` : last
}

/** A mapping for rows whose columns are paths, by what these are about and by their values. */
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
  const abouts = rows.columns.map(aboutOf)
  const suggested = suggestColumns(kind, { columns: abouts, rows: toRows(rows) }, file)
  const names = suggested.map(({ name }) => name)
  const columns = suggested.map((one, at): MappedColumn => {
    const column = rows.columns[at]!
    const isTwice = one.name !== undefined && names.filter((name) => name === one.name).length > 1
    return isTwice ? { ...one, column, name: nameOf(column.replaceAll(/[.[\]]+/g, ' ')) } : { ...one, column }
  })
  return { file, columns }
}

/** Rows as a mapping reads them, and what the mapping lacks. */
export function describeRows(kind: ImportKind, mapping: ImportMapping, rows: Rows): { columns: SampleColumn[]; missing: string[] } {
  return { columns: describeColumns({ columns: rows.columns, rows: toRows(rows) }, mapping), missing: findMissing(kind, mapping) }
}
