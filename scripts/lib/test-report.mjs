/**
 * What came of a run of tests, from Vitest's JSON report.
 * @param {object | null} report what the run wrote; null when it wrote nothing
 * @param {number | null} status the exit code of the run
 */
export function readReport(report, status) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, failedTests: [] }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report
  // A file that could not even be loaded has no test to count; so has an error outside of all tests.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  ).length
  const failed = numFailedTests + broken
  return {
    passed: numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: numPendingTests + (numTodoTests ?? 0),
    failedTests: testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.filter((one) => one.status === 'failed').map(({ fullName: name }) => ({ file, name })),
    ),
  }
}

/** Files whose tests are asked a second time; when more failed, it is no accident. */
const MOST_FILES = 2

/** @returns the files to ask again; none when too many failed, or when something failed that is no test */
export function filesToAskAgain({ failed, failedTests }) {
  const files = [...new Set(failedTests.map(({ file }) => file))]
  return failed === failedTests.length && files.length <= MOST_FILES ? files : []
}

/**
 * The sum of a run and of a second one of the files that failed in it.
 * @returns with the tests that failed once and then did not: each is a defect, of the test or of the program
 */
export function addSecondTry(first, second) {
  if (second.failed > 0) return { ...first, unsteady: [] }
  return { ...first, passed: first.passed + first.failed, failed: 0, unsteady: first.failedTests }
}
