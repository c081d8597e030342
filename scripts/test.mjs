// npm test: installs what is missing, builds, runs all tests, and ends with one plain line: N passed, N failed.
// One or two files that failed are asked a second time: a test that then passes is named as unsteady.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './lib/root.mjs'
import { installPackages } from './lib/install.mjs'
import { buildAll } from './lib/build.mjs'
import { findChromium } from './lib/chromium.mjs'
import { addSecondTry, filesToAskAgain, readReport } from './lib/test-report.mjs'

await installPackages()
await buildAll()
const chromium = findChromium()
if (!chromium) console.error('No Chromium found: the browser tests will fail. Install Chromium or Chrome, or name one in CHROMIUM_PATH.')

const report = join(root, 'node_modules/.cache/throughline/tests.json')
mkdirSync(join(report, '..'), { recursive: true })

const asked = process.argv.slice(2)
const first = run(asked)
// Which files a caller asked for is theirs to say; a whole run asks those that failed once more, with nothing beside them.
const again = asked.length === 0 ? filesToAskAgain(first) : []
if (again.length > 0) console.error(`\nAsked again, alone: ${again.map((file) => relative(root, file)).join(', ')}`)
const { passed, failed, skipped, unsteady = [] } = again.length > 0 ? addSecondTry(first, run(again)) : first
for (const { file, name } of unsteady)
  console.error(`UNSTEADY ${relative(root, file)} > ${name}: failed, and passed when it was asked again. Mend it.`)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0

function run(what) {
  rmSync(report, { force: true })
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...what],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) } },
  )
  return readReport(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, status)
}
