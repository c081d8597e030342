import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/**
 * The Chromium that the browser tests drive: CHROMIUM_PATH, or one on the PATH, or else, as root on Debian, one that is
 * installed now. Undefined when there is none.
 */
export function findChromium() {
  const found = process.env.CHROMIUM_PATH ?? onPath()
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found
  console.error('Installing Chromium from Debian for the browser tests (apt-get install chromium) …')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'],
  ]) {
    const done = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 2], env: environment })
    if (done.status !== 0) console.error(`apt-get ${args[0]} failed.`)
  }
  return onPath()
}

function onPath() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        continue
      }
    }
  }
  return undefined
}
