// npm run bench -- NAME: runs bench/NAME.ts, which ends with one JSON object on a line of its own.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'

const [name, ...rest] = process.argv.slice(2)
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('_'))
  .map((file) => file.slice(0, -3))
if (!name || !/^[\w-]+$/.test(name) || !existsSync(join(root, 'bench', `${name}.ts`))) {
  console.error(`${name ? `There is no bench "${name}"` : 'Name a bench'}; allowed: ${names.join(', ')}.`)
  process.exit(2)
}
// Benches of the whole product start the built program.
await installPackages()
const { buildServer } = await import('./lib/bundle.mjs')
await buildServer()
process.argv = [process.argv[0], process.argv[1], `bench/${name}.ts`, ...rest]
await import('./run.mjs')
