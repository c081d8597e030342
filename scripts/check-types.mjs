// npm run check:types: the compiler over every workspace, two at a time.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './lib/root.mjs'

const waiting = ['server', 'console', 'engine', 'contracts']

async function worker() {
  for (let workspace = waiting.shift(); workspace; workspace = waiting.shift()) {
    const status = await new Promise((resolve) => {
      spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', workspace, '--noEmit'], {
        cwd: root,
        stdio: 'inherit',
      }).on('exit', resolve)
    })
    if (status !== 0) process.exitCode = 1
  }
}

await Promise.all([worker(), worker()])
