// Runs a TypeScript file of the checkout: node scripts/run.mjs FILE [ARGUMENT…]. Bundled into server/dist, so that it
// finds there what the program finds: migrations, the child process of ClickHouse.
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'

await installPackages()
const { buildOne, stopBundler } = await import('./lib/bundle.mjs')
const [file, ...rest] = process.argv.slice(2)
const name = `run-${basename(file, '.ts')}`
await buildOne(name, file)
await stopBundler()
const program = join(root, 'server/dist', `${name}.js`)
process.argv = [process.argv[0], program, ...rest]
await import(pathToFileURL(program).href)
