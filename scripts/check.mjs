// npm run check: everything that is checked without running the program. Ends with one line for each check.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'

await installPackages()
const node = process.execPath
const checks = {
  types: [node, ['scripts/check-types.mjs']],
  lint: [node, ['node_modules/oxlint/bin/oxlint']],
  format: [node, ['node_modules/oxfmt/bin/oxfmt', '--check']],
  edges: [node, ['scripts/check-edges.mjs']],
  unused: [node, ['node_modules/knip/bin/knip.js']],
  schema: [node, ['scripts/run.mjs', 'scripts/schema.ts', '--check']],
  docs: [node, ['scripts/run.mjs', 'scripts/docs.ts', '--check']],
  schemas: [node, ['scripts/run.mjs', 'scripts/definition-schemas.ts', '--check']],
}
const lines = []
for (const [name, [program, args]] of Object.entries(checks)) {
  const started = Date.now()
  const { status } = spawnSync(program, args, { cwd: join(root), stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
  lines.push(`check:${name.padEnd(8)} ${status === 0 ? 'ok' : 'FAILED'}  (${((Date.now() - started) / 1_000).toFixed(0)} s)`)
}
console.log(lines.join('\n'))
