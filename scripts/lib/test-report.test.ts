import { expect, test } from 'vitest'
import { addSecondTry, filesToAskAgain, readReport } from './test-report.mjs'

const file = (name: string, ...results: [name: string, status: string][]) => ({
  name,
  status: results.length === 0 || results.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
  assertionResults: results.map(([fullName, status]) => ({ fullName, status })),
})
const run = (...testResults: ReturnType<typeof file>[]) => {
  const all = testResults.flatMap((one) => one.assertionResults)
  const count = (status: string) => all.filter((one) => one.status === status).length
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending'),
    numTodoTests: 0,
    testResults,
  }
}
const steady = file('a.test.ts', ['counts', 'passed'], ['waits', 'pending'])
const unsteady = file('b.test.ts', ['races', 'failed'], ['adds', 'passed'])

test('a run is counted by its tests, and whatever fails beside them fails it too', () => {
  expect(readReport(run(steady, unsteady), 1)).toMatchObject({ passed: 2, failed: 1, skipped: 1 })
  expect(readReport(run(steady), 1)).toMatchObject({ passed: 1, failed: 1 })
  expect(readReport(run(steady, file('c.test.ts')), 1)).toMatchObject({ passed: 1, failed: 1, failedTests: [] })
  expect(readReport(null, 1)).toMatchObject({ passed: 0, failed: 1 })
})

test('only tests that failed are asked again, and only a few of them', () => {
  const asked = (...files: ReturnType<typeof file>[]) => filesToAskAgain(readReport(run(...files), 1))
  expect(asked(steady, unsteady)).toEqual(['b.test.ts'])
  expect(asked(steady, unsteady, file('c.test.ts'))).toEqual([])
  expect(asked(steady)).toEqual([])
  const failing = ['c', 'd', 'e'].map((name) => file(name, ['fails', 'failed']))
  expect(asked(...failing.slice(0, 2))).toEqual(['c', 'd'])
  expect(asked(...failing)).toEqual([])
})

test('what fails twice has failed, and what fails once is named', () => {
  const first = readReport(run(steady, unsteady), 1)
  expect(addSecondTry(first, readReport(run(unsteady), 1))).toMatchObject({ passed: 2, failed: 1, unsteady: [] })
  expect(addSecondTry(first, readReport(null, null))).toMatchObject({ passed: 2, failed: 1, unsteady: [] })
  expect(addSecondTry(first, readReport(run(file('b.test.ts', ['races', 'passed'], ['adds', 'passed'])), 0))).toMatchObject({
    passed: 3,
    failed: 0,
    unsteady: [{ file: 'b.test.ts', name: 'races' }],
  })
})
