import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './root.mjs'

const SKIP = new Set(['node_modules', 'dist', 'coverage'])

/** A digest of names, sizes and times of everything under some paths of the checkout: cheap, and different after any edit. */
export function digestOf(paths) {
  const hash = createHash('sha256')
  const visit = (path) => {
    if (!existsSync(path)) return
    const info = statSync(path)
    if (info.isDirectory()) {
      for (const name of readdirSync(path).sort()) if (!SKIP.has(name)) visit(join(path, name))
    } else {
      hash.update(`${path.slice(root.length)}\0${info.size}\0${info.mtimeMs}\n`)
    }
  }
  for (const path of paths) visit(join(root, path))
  return hash.digest('hex')
}

/** Runs `make` unless nothing under `paths` has changed since it last succeeded and its `results` are there. */
export async function unlessFresh(name, paths, results, make) {
  const stamp = join(root, 'node_modules/.cache/throughline', `${name}.stamp`)
  const digest = `${process.version} ${digestOf(paths)}`
  const there = results.every((path) => existsSync(join(root, path)))
  if (there && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false
  await make()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
  return true
}
