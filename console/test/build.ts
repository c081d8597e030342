import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin', 'vite.js')

function newest(folder: string): number {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )
}

function fresh(dist: string): boolean {
  const page = join(dist, 'index.html')
  if (!existsSync(page)) return false
  const built = statSync(page).mtimeMs
  const sources = [
    newest(join(root, 'src')),
    newest(join(root, 'public')),
    newest(join(root, '..', 'contracts', 'src')),
    newest(join(root, '..', 'engine', 'src')),
    ...['index.html', 'vite.config.ts'].map((name) => statSync(join(root, name)).mtimeMs),
  ]
  return sources.every((time) => time <= built)
}

/** Builds the console if something has changed since the last time, once for all test files that run at the same time. Returns the folder. */
export async function buildConsole(): Promise<string> {
  // A folder of its own, so that a build for the server does not pull it away under a test.
  const dist = join(root, 'node_modules', '.test-dist')
  const lock = join(root, 'node_modules', '.building')
  for (;;) {
    try {
      mkdirSync(lock, { recursive: false })
      break
    } catch {
      // A lock that is left over from a killed run counts for nothing after a minute; whoever builds, however long, touches it.
      const touched = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
      if (Date.now() - touched > 60_000) rmSync(lock, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const touching = setInterval(() => utimesSync(lock, new Date(), new Date()), 5_000)
  try {
    // In a process of its own: the test runner's NODE_ENV would make it a build for development.
    if (!fresh(dist))
      await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'error'], {
        cwd: root,
        env: { ...process.env, NODE_ENV: 'production' },
      })
  } finally {
    clearInterval(touching)
    rmSync(lock, { recursive: true, force: true })
  }
  return dist
}
