// npm run build: builds the server and the console, as far as something has changed.
import { installPackages } from './lib/install.mjs'
import { buildAll } from './lib/build.mjs'

await installPackages()
console.error((await buildAll()) ? 'Built.' : 'Nothing has changed since the last build.')
