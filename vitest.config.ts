import { defineConfig } from 'vitest/config'

/** A question that is asked again until it is answered as expected: a busy machine takes more than Vitest's second. */
const expectInTime = { poll: { timeout: 15_000 } }

/** `npx vitest run PATH` runs the tests of one folder; `--project server` those of one workspace. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: 'contracts', include: ['contracts/src/**/*.test.ts'] } },
      { test: { name: 'engine', include: ['engine/src/**/*.test.ts'] } },
      {
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'server/test/**/*.test.ts', 'scripts/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: expectInTime,
        },
      },
      {
        test: {
          name: 'console',
          include: ['console/src/**/*.test.{ts,tsx}', 'console/test/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: expectInTime,
        },
      },
    ],
  },
})
