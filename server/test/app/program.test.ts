import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readServerFile } from '../../src/app/server-file.ts'
import { processesOf } from '../faults/product.ts'

// As an operator has it: the command itself, nothing configured, in a folder of theirs alone with a space in its name.
const program = fileURLToPath(new URL('../../bin/throughline.js', import.meta.url))
let folder: string
let running: ChildProcess | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughline program '))
  chmodSync(folder, 0o700)
})
afterEach(() => {
  running?.kill('SIGKILL')
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(THROUGHLINE_|DATABASE_URL|CLICKHOUSE_)/.test(name)),
)

/** Starts everything, until it says how to get in. */
async function start(): Promise<{ address: string; writeKey: string; signIn: string; interrupt(): Promise<number | null> }> {
  const child = spawn(process.execPath, [program, 'start', '--port', '0'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running = child
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'exit')
  await expect.poll(() => child.exitCode !== null || said.includes('Ctrl-C stops everything.'), { timeout: 100_000 }).toBe(true)
  const found = (pattern: RegExp): string => pattern.exec(said)?.[1] ?? `not in: ${said}`
  return {
    address: found(/Console +(http:\S+)/),
    signIn: found(/Sign in +(http:\S+)/),
    writeKey: found(/Write key +(\S+)/),
    async interrupt() {
      // A terminal tells the whole group, and people press twice.
      child.kill('SIGINT')
      child.kill('SIGINT')
      await ended
      running = null
      return child.exitCode
    },
  }
}

async function ask(...words: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words, '--json'], { cwd: folder, env: environment })
  return JSON.parse(stdout)
}

test(
  'starts with nothing configured, stops by Ctrl-C without a process left, and knows everything at the next start',
  { timeout: 240_000 },
  async () => {
    const first = await start()
    expect(first.signIn).toMatch(new RegExp(`^${first.address}/sign-in/link#.`))
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200)
    const answer = await fetch(`${first.address}/v1/identify`, {
      method: 'POST',
      body: JSON.stringify({ writeKey: first.writeKey, userId: 'ada', traits: { name: 'Ada Kept' } }),
    })
    expect(answer.status).toBe(200)
    expect(processesOf(folder).length).toBeGreaterThan(1)
    expect(await first.interrupt()).toBe(0)
    expect(processesOf(folder)).toEqual([])

    const second = await start()
    expect(second.writeKey).toBe(first.writeKey)
    expect(second.signIn).not.toBe(first.signIn)
    await expect
      .poll(() => ask('profile', 'show', 'ada').catch(() => null), { timeout: 60_000 })
      .toMatchObject({ person: { name: 'Ada Kept' } })
    const status = await fetch(`${second.address}/api/status`, {
      headers: { authorization: `Bearer ${readServerFile(join(folder, '.throughline'))!.token}` },
    })
    expect(((await status.json()) as { components: { name: string }[] }).components.map(({ name }) => name)).toContain('Disk')
    expect(await ask('doctor')).toEqual(expect.arrayContaining([expect.objectContaining({ ok: true })]))
    expect(await second.interrupt()).toBe(0)
    expect(processesOf(folder)).toEqual([])
  },
)
