import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeSilentLog } from '../log/index.ts'
import { isAlive, lockFolder, superviseProcess } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'throughline-embedded-'))
afterAll(() => rmSync(folder, { recursive: true }))
const log = makeSilentLog()

function supervise(code: string) {
  let starts = 0
  const process_ = superviseProcess({
    name: 'test',
    log,
    readyTimeoutMs: 5_000,
    stopSignals: [['SIGTERM', 1_000]],
    spawn: () => {
      starts++
      return spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
    },
    probe: async () => undefined,
    lastWords: () => 'its last words',
  })
  return { process: process_, starts: () => starts }
}

describe('a supervised process', () => {
  it('is started again when it is killed, and has ended after a stop', async () => {
    const { process: child } = supervise('setInterval(() => {}, 1000)')
    await child.start()
    const first = child.pid() ?? 0
    process.kill(first, 'SIGKILL')
    await expect.poll(() => child.isReady() && child.pid() !== first, { timeout: 60_000 }).toBe(true)
    expect(child.restarts()).toBe(1)
    const second = child.pid() ?? 0
    await child.stop()
    expect([isAlive(first), isAlive(second), child.isReady()]).toEqual([false, false, false])
  })

  it('that cannot start says its last words, and is not tried for ever', async () => {
    const { process: child, starts } = supervise('process.exit(1)')
    const slow = superviseProcess({
      name: 'test',
      log,
      readyTimeoutMs: 5_000,
      stopSignals: [],
      lastWords: () => 'its last words',
      spawn: () => spawn(process.execPath, ['-e', 'process.exit(1)'], { stdio: 'ignore' }),
      probe: () => Promise.reject(new Error('not there')),
    })
    await expect(slow.start()).rejects.toMatchObject({ code: 'embedded_start_failed', message: expect.stringContaining('its last words') })
    await child.start().catch(() => undefined)
    await child.stop()
    const tried = starts()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(starts()).toBe(tried)
  })

  it('that does not listen to the stop signal is killed', async () => {
    const { process: child } = supervise(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`)
    await child.start()
    const pid = child.pid() ?? 0
    await new Promise((resolve) => setTimeout(resolve, 300))
    await child.stop()
    expect(isAlive(pid)).toBe(false)
  })
})

describe('the lock of a folder', () => {
  it('is taken once, named with its holder when asked for again, and free after release', async () => {
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    const lock = lockFolder(folder)
    lock.release()
    // Another process holds it: what it would have written.
    const { processStart } = await import('./process-info.ts')
    await expect.poll(() => processStart(holder.pid ?? 0)).toBeTruthy()
    writeFileSync(join(folder, 'throughline.pid'), `${holder.pid}\n${processStart(holder.pid ?? 0)}\n`)
    expect(() => lockFolder(folder)).toThrow(`in use by process ${holder.pid}`)
    holder.kill('SIGKILL')
    await expect.poll(() => isAlive(holder.pid ?? 0)).toBe(false)
    lockFolder(folder).release()
  })

  it('is taken over from a process that is gone, also when its number was given to another', () => {
    writeFileSync(join(folder, 'throughline.pid'), `${process.ppid}\n12345\n`)
    lockFolder(folder).release()
    writeFileSync(join(folder, 'throughline.pid'), 'nonsense')
    lockFolder(folder).release()
  })
})
