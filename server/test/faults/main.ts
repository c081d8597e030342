/**
 * npm run test:faults [-- WORD]: kills and starves the built program under load and holds what it did against what it
 * acknowledged. A word chooses the scenarios with it in their name. FAULT_ROUNDS says how often each part is killed; 10.
 * Ends with a line for each scenario and, as its last line, how many passed and failed.
 */
import { spawnSync } from 'node:child_process'
import { freezeProduct } from './product.ts'
import { groups, type Scenario } from './scenarios.ts'

if (spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' }).status !== 0)
  throw new Error('The program could not be built.')
freezeProduct()
const rounds = Number(process.env.FAULT_ROUNDS ?? 10)
const word = process.argv[2] ?? ''
let passed = 0
let failed = 0
for (const group of groups) await Promise.all(group.filter(({ name }) => name.includes(word)).map(runOne))
console.log(`faults: ${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

async function runOne(scenario: Scenario): Promise<void> {
  const unable = scenario.unable?.() ?? null
  if (unable !== null) return console.log(`not run  ${scenario.name}: ${unable}`)
  const begun = Date.now()
  const { problems, summary } = await scenario.run(rounds).catch((error: unknown) => ({
    problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
    summary: 'did not come to its end',
  }))
  const seconds = ((Date.now() - begun) / 1_000).toFixed(0)
  if (problems.length === 0) passed++
  else failed++
  console.log(`${problems.length === 0 ? 'ok      ' : 'FAILED  '} ${scenario.name}: ${summary} (${seconds} s)`)
  for (const problem of problems.slice(0, 20)) console.log(`         ${problem}`)
  if (problems.length > 20) console.log(`         and ${problems.length - 20} more`)
}
