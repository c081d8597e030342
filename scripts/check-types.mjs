// npm run check:types: the compiler over every workspace, two at a time. It keeps what it has found out, so that a second run
// looks only at what has changed (2 s against 12 for the server).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/root.mjs'

const compiler = join(root, 'node_modules/typescript/bin/tsc')
const waiting = ['server', 'console', 'engine', 'contracts']

async function worker() {
  for (let workspace = waiting.shift(); workspace; workspace = waiting.shift()) {
    const status = await new Promise((resolve) => {
      const known = join(root, 'node_modules/.cache/throughline', `${workspace}.tsbuildinfo`)
      spawn(process.execPath, [compiler, '-p', workspace, '--noEmit', '--incremental', '--tsBuildInfoFile', known], {
        cwd: root,
        stdio: 'inherit',
      }).on('exit', resolve)
    })
    if (status !== 0) process.exitCode = 1
  }
}

await Promise.all([worker(), worker()])
