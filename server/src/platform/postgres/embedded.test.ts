import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, it } from 'vitest'
import { findFreePort, isAlive } from '../embedded/index.ts'
import { makeSilentLog } from '../log/index.ts'
import { preparePostgresBinaries } from './binaries.ts'
import { makePool, startEmbeddedPostgres, type EmbeddedPostgres } from './index.ts'

// A parent that only its owner can enter, a space in the name.
const outer = mkdtempSync(join(tmpdir(), 'throughline pg '))
chmodSync(outer, 0o700)
const folder = join(outer, 'data folder')
mkdirSync(folder)
afterAll(() => rmSync(outer, { recursive: true, force: true }))
const programs = fileURLToPath(new URL('../../../../node_modules/.cache/throughline/', import.meta.url))
const started: EmbeddedPostgres[] = []
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop()
})

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, programs, log: makeSilentLog(), durable: false })
  started.push(server)
  return server
}

it('the embedded PostgreSQL comes back after kill -9 with what was committed, under the same address', async () => {
  const server = await start()
  const pool = makePool(server.url, { max: 2 })
  await pool.query('create table kept (n int)')
  await pool.query('insert into kept values (1)')
  const first = server.pid() ?? 0
  process.kill(first, 'SIGKILL')
  // Its children may answer a last query before they notice.
  await expect.poll(() => server.restarts()).toBeGreaterThan(0)
  await expect
    .poll(
      () =>
        pool.query('select n from kept').then(
          ({ rows }) => rows,
          () => [],
        ),
      { timeout: 60_000 },
    )
    .toEqual([{ n: 1 }])
  const second = server.pid() ?? 0
  await pool.end()
  await server.stop()
  expect([isAlive(first), isAlive(second)]).toEqual([false, false])
})

it('a server left behind by a crash of ours is ended by the next start', async () => {
  const cluster = join(folder, 'cluster')
  const { uid, gid } = statSync(cluster)
  const port = await findFreePort()
  const leftover = spawn(
    join(preparePostgresBinaries(programs).folder, 'bin/postgres'),
    ['-D', process.platform === 'linux' ? '/proc/self/cwd' : cluster, '-c', `port=${port}`, '-c', 'unix_socket_directories='],
    {
      cwd: cluster,
      env: {},
      stdio: 'ignore',
      detached: true,
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    },
  )
  await expect
    .poll(() => existsSync(join(cluster, 'postmaster.pid')) && readFileSync(join(cluster, 'postmaster.pid'), 'utf8').includes('ready'), {
      timeout: 60_000,
    })
    .toBe(true)
  const server = await start()
  expect(isAlive(leftover.pid ?? 0)).toBe(false)
  const pool = makePool(server.url, { max: 1 })
  expect((await pool.query('select n from kept')).rows).toEqual([{ n: 1 }])
  await pool.end()
  await server.stop()
}, 180_000)

it('a number in the pid file that belongs to somebody else does not keep it from starting, nor is anybody killed', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  writeFileSync(join(folder, 'cluster/postmaster.pid'), `${stranger.pid}\n${join(folder, 'cluster')}\n`)
  const server = await start()
  expect(isAlive(stranger.pid ?? 0)).toBe(true)
  await server.stop()
  stranger.kill('SIGKILL')
})
