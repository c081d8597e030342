import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/**
 * A question is asked again until it is answered as expected, and a test may take its time: while two others use the same two cores, a
 * moment may last for seconds. A test that passes waits no longer for that.
 */
const expectInTime = { poll: { timeout: 60_000 } }
const alias = { 'fast-check': fileURLToPath(new URL('scripts/lib/fast-check.ts', import.meta.url)) }

/** `npx vitest run PATH` runs the tests of one folder; `--project server` those of one workspace. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: 'contracts', include: ['contracts/src/**/*.test.ts'], testTimeout: 120_000, expect: expectInTime } },
      { test: { name: 'engine', include: ['engine/src/**/*.test.ts'], testTimeout: 120_000, expect: expectInTime, alias } },
      {
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'server/test/**/*.test.ts', 'scripts/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          expect: expectInTime,
          alias,
        },
      },
      {
        test: {
          name: 'console',
          include: ['console/src/**/*.test.{ts,tsx}', 'console/test/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 300_000,
          expect: expectInTime,
          alias,
        },
      },
    ],
  },
})
