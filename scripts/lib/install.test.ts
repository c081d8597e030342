import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install here '))
  cpSync(fileURLToPath(new URL('.', import.meta.url)), join(folder, 'scripts/lib'), { recursive: true })
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  // In the place of npm: begins a package, and ends only when it is allowed to.
  writeFileSync(
    join(folder, 'npm.cjs'),
    `const fs = require('node:fs')
     fs.mkdirSync('node_modules/half', { recursive: true })
     fs.writeFileSync('npm.pid', String(process.pid))
     fs.writeFileSync('npm.args', process.argv.slice(2).join(' '))
     process.on('SIGINT', () => undefined)
     setInterval(() => fs.existsSync('go') && (fs.writeFileSync('node_modules/.package-lock.json', '{}'), process.exit(0)), 20)`,
  )
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function install(): { child: ChildProcess; ended: Promise<unknown[]>; said: () => string } {
  const call = `import { installPackages } from './scripts/lib/install.mjs'; await installPackages()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', call], {
    cwd: folder,
    env: { ...process.env, npm_execpath: join(folder, 'npm.cjs') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, ended: once(child, 'exit'), said: () => text }
}

async function npmPid(): Promise<number> {
  await expect
    .poll(() => existsSync(join(folder, 'npm.pid')) && readFileSync(join(folder, 'npm.pid'), 'utf8'), { timeout: 60_000 })
    .toBeTruthy()
  return Number(readFileSync(join(folder, 'npm.pid'), 'utf8'))
}

test('an installation that is interrupted leaves no npm behind, and the next one begins with an empty folder', async () => {
  const first = install()
  const pid = await npmPid()
  first.child.kill('SIGINT')
  expect((await first.ended)[0]).toBe(130)
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
  writeFileSync(join(folder, 'node_modules/half/left-over'), '')
  writeFileSync(join(folder, 'go'), '')
  const second = install()
  expect((await second.ended)[0]).toBe(0)
  expect(second.said()).toContain('An earlier installation was interrupted')
  expect(existsSync(join(folder, 'node_modules/half'))).toBe(true)
  expect(existsSync(join(folder, 'node_modules/half/left-over'))).toBe(false)
  const third = install()
  expect([(await third.ended)[0], third.said()]).toEqual([0, ''])
})

test('packages that were whole stay when npm fails by itself, and the next start tries again', async () => {
  writeFileSync(join(folder, 'go'), '')
  expect((await install().ended)[0]).toBe(0)
  // A newer lock file, and no network.
  utimesSync(join(folder, 'node_modules/.package-lock.json'), 0, 0)
  writeFileSync(join(folder, 'package-lock.json'), '{ }')
  const npm = readFileSync(join(folder, 'npm.cjs'), 'utf8')
  writeFileSync(join(folder, 'npm.cjs'), 'process.exit(1)')
  const failed = install()
  expect([(await failed.ended)[0], failed.said()]).toEqual([1, expect.stringContaining('could not install the packages')])
  writeFileSync(join(folder, 'node_modules/half/kept'), '')
  writeFileSync(join(folder, 'npm.cjs'), npm)
  const again = install()
  expect((await again.ended)[0]).toBe(0)
  expect(again.said()).not.toContain('interrupted')
  expect(existsSync(join(folder, 'node_modules/half/kept'))).toBe(true)
})

test('two installations at once do not take the folder from each other', async () => {
  mkdirSync(join(folder, 'node_modules'))
  const first = install()
  await npmPid()
  const second = install()
  expect((await second.ended)[0]).toBe(1)
  expect(second.said()).toContain(`Process ${first.child.pid} is installing packages here.`)
  writeFileSync(join(folder, 'go'), '')
  expect((await first.ended)[0]).toBe(0)
})

test('every package comes from the npm registry', () => {
  const lock = JSON.parse(readFileSync(fileURLToPath(new URL('../../package-lock.json', import.meta.url)), 'utf8')) as {
    packages: Record<string, { link?: boolean; version?: string; resolved?: string; integrity?: string }>
  }
  const packages = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  expect(packages.length).toBeGreaterThan(200)
  // A package of the registry has a version and a digest; one from git, a file or another host names where it is.
  expect(packages.filter(([, one]) => one.version === undefined || one.integrity === undefined || one.resolved !== undefined)).toEqual([])
})

test('no install script is run, and so no compiler and no download of a script', async () => {
  writeFileSync(join(folder, 'go'), '')
  expect((await install().ended)[0]).toBe(0)
  expect(readFileSync(join(folder, 'npm.args'), 'utf8').split(' ')).toEqual(expect.arrayContaining(['install', '--ignore-scripts']))
})
