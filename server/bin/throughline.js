#!/usr/bin/env node
// The command `throughline`. Runs the built program, and builds it first where this is a checkout that was not built yet.
import { existsSync } from 'node:fs'

const built = new URL('../dist/throughline.js', import.meta.url)
const builder = new URL('../../scripts/lib/bundle.mjs', import.meta.url)
if (!existsSync(built)) {
  if (!existsSync(builder)) {
    process.stderr.write('Throughline is not built: server/dist/throughline.js is missing. Run npm run build.\n')
    process.exit(1)
  }
  const { buildServer } = await import(builder.href)
  await buildServer()
}
await import(built.href)
