import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../../../console/test/browser.ts'

/** Chromium for tests of the console as the program serves it, which is built first where it is not. */
export async function openForConsole(): Promise<Browser> {
  if (!existsSync('console/dist/index.html') && spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' }).status !== 0)
    throw new Error('The console could not be built.')
  return openBrowser()
}
