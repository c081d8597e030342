import { build } from 'esbuild'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'
import { unlessFresh } from './stamp.mjs'

const SOURCES = ['server/src', 'engine/src', 'contracts/src', 'scripts', 'package-lock.json']
const PROGRAM = { throughline: 'server/src/cli/main.ts' }
// The process in which the embedded ClickHouse runs; tests need it as a file too, and nothing else.
const CHILD = { 'clickhouse-child': 'server/src/platform/clickhouse/child/main.ts' }

/**
 * Bundles TypeScript into server/dist. Packages of this repository go into the bundle, those of npm stay outside, so
 * that what is found beside a package (programs, native modules) is found as ever.
 */
export async function bundle(entryPoints) {
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
  return unlessFresh('clickhouse-child', ['server/src/platform/clickhouse', 'scripts/lib', 'package-lock.json'], ['server/dist/clickhouse-child.js'], () => bundle(CHILD))
}

/** Builds the server when one of its sources has changed. Answers whether there was something to do. */
export async function buildServer() {
  await buildChild()
  return unlessFresh('server', SOURCES, ['server/dist/throughline.js', 'server/dist/migrations'], async () => {
    await bundle(PROGRAM)
    rmSync(join(root, 'server/dist/migrations'), { recursive: true, force: true })
    cpSync(join(root, 'server/src/platform/postgres/migrations'), join(root, 'server/dist/migrations'), { recursive: true })
  })
}
