#!/usr/bin/env -S node --max-semi-space-size=64
// The command `throughline`. Runs the built program; in a checkout it is built first, as far as its sources have changed.
import { existsSync } from 'node:fs'

const built = new URL('../dist/throughline.js', import.meta.url)
const builder = new URL('../../scripts/lib/bundle.mjs', import.meta.url)
try {
  if (existsSync(builder)) {
    const { buildServer, stopBundler } = await import(builder.href)
    if (await buildServer()) await stopBundler()
  } else if (!existsSync(built)) {
    throw new Error('server/dist/throughline.js is missing; run npm run build')
  }
} catch (error) {
  process.stderr.write(`Throughline could not be built: ${error.message}\n`)
  process.exit(1)
}
await import(built.href)
