import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Mapping } from './mapping.ts'

const checkpointSchema = z.strictObject({ fingerprint: z.string(), confirmed: z.int().min(0) })

/** Identifies one import: the same content read by the same mapping makes the same events in the same order. */
export function importFingerprint(content: string, mapping: Mapping, server: string): string {
  return createHash('sha256')
    .update(`${content}\n${JSON.stringify(mapping)}\n${server}`)
    .digest('hex')
}

/** How many events of this import a server has confirmed; 0 when there is no note of it, or one of another import. */
export async function readCheckpoint(path: string, fingerprint: string): Promise<number> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return 0
  }
  try {
    const note = checkpointSchema.safeParse(JSON.parse(text))
    return note.success && note.data.fingerprint === fingerprint ? note.data.confirmed : 0
  } catch {
    return 0
  }
}

/** Notes how far the import came; replaced as a whole, so that an interruption leaves the old note or the new one. */
export async function writeCheckpoint(path: string, fingerprint: string, confirmed: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify({ fingerprint, confirmed }))
  await rename(`${path}.new`, path)
}

/** The import is complete: a later run sends everything again, and the server knows it all. */
export async function removeCheckpoint(path: string): Promise<void> {
  await rm(path, { force: true })
}
