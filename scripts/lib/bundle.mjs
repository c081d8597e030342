import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'
import { unlessFresh } from './stamp.mjs'

const SOURCES = ['server/src', 'ready-made', 'engine/src', 'contracts/src', 'scripts', 'package-lock.json']
const PROGRAM = { throughline: 'server/src/cli/main.ts' }
const MIGRATIONS = 'server/src/platform/postgres/migrations'
const READY_MADE = 'ready-made'
// The process in which the embedded ClickHouse runs; tests need it as a file too, and nothing else.
const CHILD = { 'clickhouse-child': 'server/src/platform/clickhouse/child/main.ts' }

/**
 * Bundles TypeScript into server/dist. Packages of this repository go into the bundle, those of npm stay outside, so
 * that what is found beside a package (programs, native modules) is found as ever.
 */
async function bundle(entryPoints) {
  // Loaded only where there is something to build: the command `throughline` asks every time.
  const { build } = await import('esbuild')
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'server/dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@throughline/contracts': join(root, 'contracts/src/index.ts'), '@throughline/engine': join(root, 'engine/src/index.ts') },
    sourcemap: true,
    logLevel: 'warning',
  })
}

/** Builds the child process of the embedded ClickHouse when one of its sources has changed. */
export function buildChild() {
  return unlessFresh(
    'clickhouse-child',
    ['server/src/platform/clickhouse', 'scripts/lib', 'package-lock.json'],
    ['server/dist/clickhouse-child.js'],
    () => bundle(CHILD),
  )
}

/** Builds the server when one of its sources has changed. Answers whether there was something to do. */
export async function buildServer() {
  const child = await buildChild()
  const program = await unlessFresh(
    'server',
    SOURCES,
    ['server/dist/throughline.js', 'server/dist/migrations', 'server/dist/ready-made'],
    async () => {
      await bundle(PROGRAM)
      copy(MIGRATIONS, 'server/dist/migrations')
      copy(READY_MADE, 'server/dist/ready-made')
    },
  )
  return child || program
}

/** Builds one TypeScript file of the checkout beside what it needs; it may be none of the program's. */
export async function buildOne(name, path) {
  await buildChild()
  await bundle({ [name]: path })
  copy(MIGRATIONS, 'server/dist/migrations')
}

// In place, since a program that is just starting may be reading what is there.
function copy(from, to) {
  const [source, target] = [join(root, from), join(root, to)]
  cpSync(source, target, { recursive: true })
  for (const name of readdirSync(target, { recursive: true, encoding: 'utf8' }))
    if (!existsSync(join(source, name))) rmSync(join(target, name), { recursive: true, force: true })
}

/** Ends esbuild's own process; it would otherwise live, and hold memory, as long as this one. */
export async function stopBundler() {
  const { stop } = await import('esbuild')
  await stop()
}
