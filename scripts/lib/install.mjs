import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { root } from './root.mjs'

const stamp = join(root, 'node_modules/.cache/throughline/install.stamp')

/** Installs the npm packages when they are missing or package-lock.json has changed. Answers whether there was something to do. */
export function installPackages() {
  checkNode()
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false
  const there = existsSync(join(root, 'node_modules/.package-lock.json'))
  if (!there || statSync(join(root, 'node_modules/.package-lock.json')).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
    console.error(there ? 'package-lock.json has changed: installing packages …' : 'Installing packages (once, about a minute) …')
    // Not `npm ci`: it refuses a lock file that lacks an optional package for another system, which some registries do not
    // have. `--no-save` installs what the lock file says and leaves it as it is. NODE_ENV=production would leave out what
    // builds the program. Install scripts are not needed: nothing here depends on one.
    const done = runNpm([
      'install',
      '--no-save',
      '--include=dev',
      '--include=optional',
      '--ignore-scripts',
      '--progress=false',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ])
    if (done.status !== 0) {
      console.error('npm could not install the packages (see above). Is the npm registry reachable from here?')
      process.exit(1)
    }
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
  return true
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Throughline needs Node.js 20.19 or later; this is ${process.versions.node}.`)
  process.exit(1)
}

// Under `npm start` the very npm that runs us is known; else the one on the PATH.
function runNpm(args) {
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ['ignore', 2, 2] }
  return npm && /\.c?js$/.test(npm) ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync('npm', args, options)
}
