import {
  importTargetsOf,
  type FileImport,
  type FileSettings,
  type ImportKind,
  type ImportMapping,
  type Settings,
} from '@throughline/contracts'
import { requireList } from '../lists/index.ts'
import type { Db, Pool } from '../platform/postgres/index.ts'
import { detectFile, readSample } from './detect/sniff.ts'
import type { Files } from './files.ts'
import { findMissing, requireMapping } from './mapping/check.ts'
import { applyPreset, choosePreset } from './mapping/presets.ts'
import { readMappings } from './mapping/saved.ts'
import { suggestColumns } from './mapping/suggest.ts'
import { fileGone } from './errors.ts'
import { hasFile, insertImport, moveImport, readImport, toFileImport } from './store.ts'

/** How files that nobody uploads become imports; for whoever fetches them. */
export interface Intake {
  /** Writes a file as it comes; its length in bytes. @throws FileImportError `file_too_large` */
  take(id: string, chunks: AsyncIterable<Uint8Array>): Promise<number>
  remove(id: string): Promise<void>
  /** How a file is most likely to be read. `known` is a mapping whose columns keep what they are. @throws FileImportError `file_unreadable` */
  suggest(
    id: string,
    kind: ImportKind,
    name: string,
    known: ImportMapping | null,
  ): Promise<{ mapping: ImportMapping; preset: string | null }>
  /** Columns that a mapping names and the file has not; of JSON lines, whose fields may be left out, those that no row can do without. */
  findGone(id: string, kind: ImportKind, mapping: ImportMapping): Promise<string[]>
  /** Adds an import of a file that was taken; `begin` starts it, else it waits for its mapping. */
  add(db: Db, made: Parameters<typeof insertImport>[1], begin: boolean): Promise<void>
  /** Starts an import that waits. @throws FileImportError when it is not there or its mapping lacks something */
  begin(db: Db, id: string): Promise<FileImport | null>
  /** Imports of a pull that wait for their mapping are nobody's from then on. */
  release(db: Db, pull: string): Promise<void>
  /** @throws FileImportError `file_import_unknown` */
  read(db: Db, id: string): Promise<FileImport>
  /** @throws FileImportError `file_mapping_wrong`, ListError when the list is not there */
  check(kind: ImportKind, mapping: ImportMapping, list: string | null): Promise<void>
  /** Starts to work on what was begun. */
  wake(): void
}

export function makeIntake(deps: { readonly pool: Pool; readonly files: Files; settings(): Promise<Settings>; wake(): void }): Intake {
  const { pool, files, settings, wake } = deps
  const start = (db: Db, id: string): Promise<boolean> => moveImport(db, id, ['draft'], 'running', Date.now())
  return {
    take: (id, chunks) => files.take(id, chunks),
    remove: (id) => files.remove(id),
    async suggest(id, kind, name, known) {
      const path = files.pathOf(id)
      const file = await detectFile(path, name, await settings())
      if (known === null) return suggestMapping(pool, kind, path, file)
      const read = { ...known.file, format: file.format, encoding: file.encoding, delimiter: file.delimiter }
      const { mapping } = await suggestMapping(pool, kind, path, read)
      const columns = mapping.columns.map((one) => known.columns.find(({ column }) => column === one.column) ?? one)
      return { mapping: { ...known, file: read, columns }, preset: null }
    },
    async findGone(id, kind, mapping) {
      const { columns } = await readSample(files.pathOf(id), mapping.file, 1)
      const gone = mapping.columns.filter(({ column, to }) => to !== 'ignore' && !columns.includes(column))
      if (mapping.file.format !== 'jsonl') return gone.map(({ column }) => column)
      const left = { ...mapping, columns: mapping.columns.filter((one) => !gone.includes(one)) }
      const needed = importTargetsOf[kind].needs.flat()
      return findMissing(kind, left).length === 0
        ? []
        : gone.filter(({ to }) => needed.includes(to) || to === 'event').map(({ column }) => column)
    },
    async add(db, made, begin) {
      await insertImport(db, made)
      if (begin) await start(db, made.id)
    },
    async begin(db, id) {
      const found = await readImport(db, id)
      requireMapping(found.kind, found.mapping)
      if (found.options.list !== null) await requireList(pool, found.options.list)
      if (!(await hasFile(db, id))) throw fileGone(found)
      return (await start(db, id)) ? toFileImport(await readImport(db, id)) : null
    },
    async release(db, pull) {
      await db.query(`update imports set pull_id = null where pull_id = $1::uuid and state in ('draft', 'checking')`, [pull])
    },
    read: async (db, id) => toFileImport(await readImport(db, id)),
    async check(kind, mapping, list) {
      requireMapping(kind, mapping)
      if (list !== null) await requireList(pool, list)
    },
    wake,
  }
}

/** A mapping for a file: by the saved one that fits its columns, else by their names and values. */
export async function suggestMapping(
  db: Db,
  kind: ImportKind,
  path: string,
  file: FileSettings,
): Promise<{ mapping: ImportMapping; preset: string | null }> {
  const sample = await readSample(path, file)
  const suggested = suggestColumns(kind, sample, file)
  const preset = choosePreset(kind, sample.columns, await readMappings(db))
  if (preset === null) return { mapping: { file, columns: suggested }, preset: null }
  const { event, channel, state } = preset.mapping
  const rest = { ...(event !== undefined && { event }), ...(channel !== undefined && { channel }), ...(state !== undefined && { state }) }
  return { mapping: { file, columns: applyPreset(preset, suggested), ...rest }, preset: preset.name }
}
