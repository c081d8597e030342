import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedError } from './errors.ts'
import { processStart } from './process-info.ts'

export interface FolderLock {
  release(): void
}

const FILE = 'throughline.pid'

/**
 * Takes a data folder for this process, so that two programs never start two databases on the same files.
 * A lock left by a process that has ended (also by kill -9) is taken over.
 * @throws EmbeddedError `folder_in_use` naming the folder and the process that has it
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, FILE)
  const draft = join(folder, `.${FILE}.${process.pid}`)
  const text = `${process.pid}\n${processStart(process.pid) ?? ''}\n`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    // A link fails when the name is taken, which makes taking the lock one step; a stale name is removed and tried again.
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(draft, path)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 5) throw error
        const holder = readHolder(path)
        if (holder) {
          throw new EmbeddedError(
            'folder_in_use',
            `The data folder ${folder} is in use by process ${holder}. Stop that process, or choose another folder with --data-dir (THROUGHLINE_DATA_DIR).`,
          )
        }
        rmSync(path, { force: true })
      }
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    release() {
      if (readText(path) === text) rmSync(path, { force: true })
    },
  }
}

function readHolder(path: string): number | undefined {
  const [pid, start] = readText(path).split('\n')
  const number = Number(pid)
  if (!Number.isInteger(number) || number <= 0 || number === process.pid) return undefined
  const actual = processStart(number)
  return actual !== undefined && actual === start ? number : undefined
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
