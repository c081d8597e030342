// npm start: installs what is missing, builds what has changed, then runs `throughline start` in this process.
// Needs nothing but Node, since it runs before anything is installed.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'
import { buildAll } from './lib/build.mjs'

await installPackages()
try {
  await buildAll()
} catch (error) {
  console.error(`Throughline could not be built: ${error.message}`)
  process.exit(1)
}

const program = join(root, 'server/dist/throughline.js')
process.argv = [process.argv[0], program, 'start', ...process.argv.slice(2)]
await import(pathToFileURL(program).href)
