import { createReadStream, createWriteStream, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FileImport } from '@throughline/contracts'
import { binary } from '../server/src/platform/postgres/index.ts'
import { startBenchDatabase } from './lib/database.ts'
import { stopAtEnd } from './lib/ending.ts'
import { startProduct } from './lib/product.ts'
import { report } from './lib/report.ts'

/*
 * A file of people imported into a fresh installation, rows a second until the last one is accepted, and how the memory of the
 * process moves meanwhile: what it is at the end should be what it was after a tenth. Reference: the same file split
 * at its commas, and its rows written a thousand at a time into one table without indexes.
 */
const ROWS = process.argv.includes('--small') ? 50_000 : 1_000_000
const AT_MOST_S = 1_800

const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
const remove = stopAtEnd(async () => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'people.csv')
await pipeline(Readable.from(lines()), createWriteStream(path))
try {
  const product = await measureProduct()
  const bare = await measureBare()
  report({
    bench: 'import',
    value: product.rowsPerSecond,
    unit: 'rows/s',
    reference: bare,
    detail: { reference: 'split, and written to one bare table', rows: ROWS, ...product },
  })
} finally {
  await remove()
}

async function measureProduct() {
  const { ask, pid, untilQuiet, stop } = await startProduct()
  try {
    const made = (await ask('/api/imports?kind=people&name=people.csv', await openAsBlob(path))) as FileImport
    const started = Date.now()
    const cpu = cpuOf(pid)
    await ask(`/api/imports/${made.id}/start`, {})
    let state = made
    let atTenth = 0
    let peak = 0
    while (state.state === 'draft' || state.state === 'running') {
      if (Date.now() - started > AT_MOST_S * 1_000) throw new Error(`not imported within ${AT_MOST_S} s: ${state.counts.rows} rows`)
      await sleep(500)
      state = (await ask(`/api/imports/${made.id}`)) as FileImport
      const now = residentOf(pid)
      if (state.counts.rows <= ROWS / 10) atTenth = Math.max(atTenth, now)
      peak = Math.max(peak, now)
    }
    const seconds = (Date.now() - started) / 1_000
    if (state.counts.new !== ROWS) throw new Error(`${state.counts.new} of ${ROWS} people are new: ${state.error ?? ''}`)
    await untilQuiet(AT_MOST_S)
    return {
      rowsPerSecond: ROWS / seconds,
      untilEverythingFollowedS: Math.round((Date.now() - started) / 1_000),
      residentAfterATenthMiB: atTenth,
      residentAtMostMiB: peak,
      cpuMicrosecondsARow: Math.round(((cpuOf(pid) - cpu) / ROWS) * 1e6),
    }
  } finally {
    await stop()
  }
}

async function measureBare(): Promise<number> {
  const { pool, stop } = await startBenchDatabase()
  try {
    await pool.query('create table bench_rows (email text, row text)')
    const started = Date.now()
    let rows: string[][] = []
    const write = async (): Promise<void> => {
      await pool.query('insert into bench_rows select * from unnest($1::text[], $2::text[])', [
        binary.textArray(rows.map((row) => row[1]!)),
        binary.textArray(rows.map((row) => JSON.stringify(row))),
      ])
      rows = []
    }
    for await (const line of createInterface({ input: createReadStream(path) })) {
      rows.push(line.split(','))
      if (rows.length === 1_000) await write()
    }
    if (rows.length > 0) await write()
    return ROWS / ((Date.now() - started) / 1_000)
  } finally {
    await stop()
  }
}

function* lines(): Generator<string> {
  yield 'Customer ID,Email,First Name,Last Name,Country,Birthday,Total Spent,Newsletter\n'
  const countries = ['DE', 'FR', 'NL', 'GB', 'US']
  for (let from = 0; from < ROWS; from += 1_000) {
    let text = ''
    for (let n = from; n < from + 1_000; n++)
      text += `c${n},person${n}@example.org,First${n % 997},Last${n % 7_919},${countries[n % 5]},19${60 + (n % 40)}-0${1 + (n % 9)}-1${n % 10},${(n % 5_000) + 0.5},${n % 3 === 0 ? '' : 'subscribed'}\n`
    yield text
  }
}

/** MiB; Linux, proc(5). */
function residentOf(pid: number): number {
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024)
}

/** Seconds of CPU since the process began; its ticks are hundredths. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
