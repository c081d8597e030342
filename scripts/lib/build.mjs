import { join } from 'node:path'
import { runChild } from './child.mjs'
import { root } from './root.mjs'
import { unlessFresh } from './stamp.mjs'

const CONSOLE = [
  'console/src',
  'console/public',
  'console/index.html',
  'console/vite.config.ts',
  'console/package.json',
  'contracts/src',
  'engine/src',
  'package-lock.json',
]

/** Builds what has changed since the last time: the server's bundle and the console. */
export async function buildAll() {
  // Loaded here, because before the packages are installed there is no esbuild.
  const { buildServer, stopBundler } = await import('./bundle.mjs')
  const server = await buildServer()
  if (server) await stopBundler()
  const console_ = await unlessFresh('console', CONSOLE, ['console/dist/index.html'], async () => {
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    const status = await runChild(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'console') })
    if (status !== 0) throw new Error('The console could not be built (see above).')
  })
  return server || console_
}
