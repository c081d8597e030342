import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Where a running server tells commands on the same machine how to reach it: `server.json` in the data folder, readable by its owner only. */
const serverFileSchema = z.object({ address: z.url(), token: z.string().min(1), pid: z.number().int() })
export type ServerFile = z.infer<typeof serverFileSchema>

export function serverFilePath(dataDir: string): string {
  return join(dataDir, 'server.json')
}

/** Writes the file. The folder is made when it is not there yet. */
export function writeServerFile(dataDir: string, file: ServerFile): void {
  mkdirSync(dataDir, { recursive: true })
  const path = serverFilePath(dataDir)
  // Removed first: the mode of a file that is there already would stay as it is.
  rmSync(path, { force: true })
  writeFileSync(path, `${JSON.stringify(file)}\n`, { mode: 0o600 })
}

/** What a server in this folder wrote, or null when none did. */
export function readServerFile(dataDir: string): ServerFile | null {
  try {
    return serverFileSchema.parse(JSON.parse(readFileSync(serverFilePath(dataDir), 'utf8')))
  } catch {
    return null
  }
}

/** Removes the file, unless another server has put its own there since. */
export function removeServerFile(dataDir: string, token: string): void {
  if (readServerFile(dataDir)?.token === token) rmSync(serverFilePath(dataDir), { force: true })
}
