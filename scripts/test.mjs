// npm test: installs what is missing, builds, runs all tests, and ends with one plain line: N passed, N failed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'
import { buildAll } from './lib/build.mjs'
import { findChromium } from './lib/chromium.mjs'

await installPackages()
await buildAll()
const chromium = findChromium()
if (!chromium) console.error('No Chromium found: the browser tests will fail. Install Chromium or Chrome, or name one in CHROMIUM_PATH.')

const report = join(root, 'node_modules/.cache/throughline/tests.json')
mkdirSync(join(report, '..'), { recursive: true })
rmSync(report, { force: true })
const run = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) } },
)

const { passed, failed, skipped } = count()
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : (run.status ?? 1)

function count() {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  // A file that could not even be loaded has no test to count; so has an error outside of all tests.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  ).length
  const failed = numFailedTests + broken
  return { passed: numPassedTests, failed: failed === 0 && run.status !== 0 ? 1 : failed, skipped: numPendingTests + (numTodoTests ?? 0) }
}
