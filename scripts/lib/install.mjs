import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { runChild } from './child.mjs'
import { root } from './root.mjs'

const stamp = join(root, 'node_modules/.cache/throughline/install.stamp')
// There while packages are being installed, with the id of the process that does it.
const marker = join(root, 'node_modules/.throughline-installing')

/** Installs the npm packages when they are missing or package-lock.json has changed. Answers whether there was something to do. */
export async function installPackages() {
  checkNode()
  clearInterrupted()
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
    mkdirSync(dirname(marker), { recursive: true })
    writeFileSync(marker, `${process.pid}\n`)
    const status = await runNpm([
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
    if (status !== 0) {
      // An npm that ends by itself, as it does without a network, has put back what it had begun; one that was killed has not.
      if (there && status !== undefined) rmSync(marker, { force: true })
      console.error('npm could not install the packages (see above). Is the npm registry reachable from here?')
      process.exit(1)
    }
    rmSync(marker, { force: true })
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
  return true
}

// An install that was interrupted leaves packages of which some files are missing, and npm would take them for whole.
function clearInterrupted() {
  if (!existsSync(marker)) return
  const pid = Number(readFileSync(marker, 'utf8'))
  if (pid > 0 && pid !== process.pid && isAlive(pid)) {
    console.error(`Process ${pid} is installing packages here. Wait until it is done; if it is something else, delete ${marker}.`)
    process.exit(1)
  }
  console.error('An earlier installation was interrupted: beginning again …')
  rmSync(join(root, 'node_modules'), { recursive: true, force: true })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
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
  return npm && /\.c?js$/.test(npm) ? runChild(process.execPath, [npm, ...args], { cwd: root }) : runChild('npm', args, { cwd: root })
}
