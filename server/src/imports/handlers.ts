import type { ImportState, Settings } from '@throughline/contracts'
import { v7 } from 'uuid'
import { requireList } from '../lists/index.ts'
import { readCursor, writeCursor, type Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { detectFile } from './detect/sniff.ts'
import { describeErrors } from './errors-file.ts'
import { FileImportError, fileGone } from './errors.ts'
import type { Files } from './files.ts'
import { suggestMapping } from './intake.ts'
import { checkFile, requireMapping } from './mapping/check.ts'
import { deleteMapping, readMappings, saveMapping } from './mapping/saved.ts'
import { describeSample } from './sample.ts'
import {
  insertImport,
  moveImport,
  readErrors,
  readImport,
  readImports,
  removeImport,
  toFileImport,
  updateMapping,
  type StoredImport,
} from './store.ts'

export interface ImportDeps {
  readonly pool: Pool
  readonly files: Files
  settings(): Promise<Settings>
  /** Wakes the worker: there is something to do. */
  wake(): void
}

type ImportRoute =
  | 'imports'
  | 'uploadImport'
  | 'fileImport'
  | 'importSample'
  | 'mapImport'
  | 'checkImport'
  | 'startImport'
  | 'cancelImport'
  | 'deleteImport'
  | 'importErrors'
  | 'importErrorsFile'
  | 'savedMappings'
  | 'saveMapping'
  | 'deleteMapping'

/** Handlers of imports of files. */
export function makeImportHandlers({ pool, files, settings, wake }: ImportDeps): Handlers<ImportRoute> {
  const requireFile = async (id: string): Promise<StoredImport> => {
    const found = await readImport(pool, id)
    if (await files.has(id)) return found
    throw fileGone(found)
  }
  const move = async (id: string, from: readonly ImportState[], to: ImportState, allowed: string) => {
    if (!(await moveImport(pool, id, from, to, Date.now()))) throw busy(await readImport(pool, id), allowed)
    wake()
    return toFileImport(await readImport(pool, id))
  }

  return {
    async imports({ query }) {
      const found = await readImports(pool, readCursor(query.cursor, [0, '']), query.limit + 1)
      const shown = found.slice(0, query.limit)
      const last = shown.at(-1)
      return { items: shown.map(toFileImport), next: found.length > query.limit && last ? writeCursor([last.createdAt, last.id]) : null }
    },
    async uploadImport({ query, upload, auth, audit }) {
      const id = v7()
      const bytes = await files.take(id, upload)
      try {
        const path = files.pathOf(id)
        const file = await detectFile(path, query.name, await settings())
        const { mapping, preset } = await suggestMapping(pool, query.kind, path, file)
        audit.note({ subject: id, after: { kind: query.kind, name: query.name, bytes } })
        return toFileImport(
          await insertImport(pool, { id, kind: query.kind, name: query.name, bytes, mapping, preset, createdBy: auth.name }),
        )
      } catch (error) {
        await files.remove(id)
        throw error
      }
    },
    async fileImport({ params }) {
      return toFileImport(await readImport(pool, params.id))
    },
    async importSample({ params }) {
      const found = await requireFile(params.id)
      return describeSample(found, files.pathOf(found.id), (await settings()).locale)
    },
    async mapImport({ params, body }) {
      const found = await requireFile(params.id)
      if (found.state !== 'draft') throw busy(found, 'an import that has not begun')
      checkFile(body.mapping)
      const { columns, ...rest } = body.mapping
      const mapping =
        columns === undefined
          ? { ...rest, columns: (await suggestMapping(pool, found.kind, files.pathOf(found.id), rest.file)).mapping.columns }
          : { ...rest, columns }
      const options = body.options ?? found.options
      if (options.list !== null) await requireList(pool, options.list)
      return toFileImport(await updateMapping(pool, found.id, mapping, options))
    },
    async checkImport({ params }) {
      const found = await requireFile(params.id)
      requireMapping(found.kind, found.mapping)
      return move(found.id, ['draft'], 'checking', 'an import that has not begun')
    },
    async startImport({ params }) {
      const found = await requireFile(params.id)
      requireMapping(found.kind, found.mapping)
      if (found.options.list !== null) await requireList(pool, found.options.list)
      return move(found.id, ['draft', 'failed', 'cancelled'], 'running', 'an import that has not begun, failed or was cancelled')
    },
    async cancelImport({ params }) {
      const found = await readImport(pool, params.id)
      if (found.state === 'checking') return move(found.id, ['checking'], 'draft', 'an import at work')
      return move(found.id, ['running'], 'cancelled', 'an import at work')
    },
    async deleteImport({ params }) {
      const found = await readImport(pool, params.id)
      if (!(await removeImport(pool, found.id))) throw busy(found, 'an import that is not at work; cancel it first')
      await files.remove(found.id)
      return { ok: true }
    },
    async importErrors({ params, query }) {
      const { id } = await readImport(pool, params.id)
      const found = await readErrors(pool, id, query.phase, readCursor(query.cursor, [0, 0]) ?? [-1, 0], query.limit + 1)
      const shown = found.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        items: shown.map(({ row, column, value, reason, allowed }) => ({ row, column, value, reason, allowed })),
        next: found.length > query.limit && last ? writeCursor([last.row, last.at]) : null,
      }
    },
    async importErrorsFile({ params, query }) {
      const { id, name } = await readImport(pool, params.id)
      return { filename: `${name.replace(/\.[^.]*$/, '')} refused rows.csv`, content: describeErrors(pool, id, query.phase) }
    },
    async savedMappings() {
      return { items: await readMappings(pool) }
    },
    async saveMapping({ body }) {
      checkFile(body.mapping)
      return saveMapping(pool, body)
    },
    async deleteMapping({ params }) {
      await deleteMapping(pool, params.id)
      return { ok: true }
    },
  }
}

function busy({ id, state }: StoredImport, allowed: string): FileImportError {
  return new FileImportError('conflict', 'file_import_busy', `The import ${id} is ${state}; this takes ${allowed}.`, {
    field: 'state',
    value: state,
    allowed,
  })
}
