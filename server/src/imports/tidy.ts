import type { Identifier, Json } from '@throughline/contracts'
import type { Logger } from '../platform/log/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { FileImportError } from './errors.ts'
import type { Files } from './files.ts'
import { openTable } from './read/table.ts'
import { dropFile, dropFilesSince, findGone, noteSearched, readKept, type StoredImport } from './store.ts'

/** How long the file of an import is kept that nobody works on, in ms. */
export const KEEP_MS = 7 * 86_400_000
/** Longer than any upload takes, in ms. */
const UPLOAD_MS = 86_400_000

/** Somebody who is being forgotten at this time. */
export interface BeingForgotten {
  /** Epoch ms. */
  readonly since: number
  readonly identifiers: readonly Identifier[]
}

export interface TidyDeps {
  readonly pool: Pool
  readonly files: Files
  readonly log: Logger
  beingForgotten(): Promise<readonly BeingForgotten[]>
}

/** Removes files whose import is done or removed, or that nobody has touched for a week, also when its server is gone. */
export async function removeOldFiles({ pool, files, log }: Omit<TidyDeps, 'beingForgotten'>, now: number): Promise<void> {
  const dropped = await dropFilesSince(pool, now - KEEP_MS)
  if (dropped > 0) log.info({ files: dropped }, 'uploaded files that were not imported within seven days are removed')
  // An upload has its file before it has its row.
  await files.removeOlder(UPLOAD_MS, (ids) => findGone(pool, ids))
}

/**
 * Looks through the uploaded files at rest of this server for people who are being forgotten. A file that names one is removed:
 * whoever uploaded it can take them out of it and upload it again.
 */
export async function searchFiles({ pool, files, log, beingForgotten }: TidyDeps, signal: AbortSignal): Promise<void> {
  const people = await beingForgotten()
  if (people.length === 0) return
  const latest = Math.max(...people.map(({ since }) => since))
  for (const kept of await readKept(pool, await files.list())) {
    signal.throwIfAborted()
    const sought = people.filter(({ since }) => since > kept.searchedAt).flatMap(({ identifiers }) => identifiers)
    if (kept.createdAt > latest || sought.length === 0) continue
    if (!(await names(files.pathOf(kept.id), kept, sought, signal))) await noteSearched(pool, kept.id, latest)
    else if (await dropFile(pool, kept.id, REMOVED)) {
      await files.remove(kept.id)
      log.warn({ import: kept.id }, 'an uploaded file named somebody who is forgotten, and was removed')
    }
  }
}

const REMOVED = 'The file named somebody who was forgotten since, and was removed. Take them out of it and upload it again.'

async function names(path: string, { mapping }: StoredImport, sought: readonly Identifier[], signal: AbortSignal): Promise<boolean> {
  const isNamed = makeFinder(sought)
  try {
    const table = await openTable(path, mapping.file)
    if (table.columns.some(isNamed)) return true
    for await (const rows of table.batches) {
      signal.throwIfAborted()
      for (const { cells, broken } of rows) if (isNamed(broken?.value ?? null) || cells.some(isNamed)) return true
    }
    return false
  } catch (error) {
    // What cannot be read cannot be imported either, and may hold anything.
    if (error instanceof FileImportError) return true
    throw error
  }
}

/** The last digits of a phone number that are its own, however its country is written. */
const OWN_DIGITS = 9

/** Tells whether a cell names one of these: as a whole, and addresses, phone numbers and long ids within a text as well. */
export function makeFinder(sought: readonly Identifier[]): (cell: Json) => boolean {
  const whole = new Set(sought.map(({ value }) => value.toLowerCase()))
  const within = sought.flatMap(({ kind, value }) => (kind === 'email' || value.length >= 16 ? value.toLowerCase() : []))
  const phones = sought.flatMap(({ kind, value }) => (kind === 'phone' ? value.replace(/\D/g, '').slice(-OWN_DIGITS) : []))
  return (cell) => {
    if (cell === null || typeof cell === 'boolean') return false
    const text = (typeof cell === 'object' ? JSON.stringify(cell) : String(cell)).trim().toLowerCase()
    if (whole.has(text) || within.some((value) => text.includes(value))) return true
    if (phones.length === 0) return false
    const digits = text.replace(/\D/g, '')
    return digits.length >= OWN_DIGITS && phones.some((phone) => digits.includes(phone))
  }
}
