import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyProfile } from '../../engine/src/index.ts'
import { packState, packTraits } from '../../server/src/pipeline/codec.ts'
import { startEmbeddedClickHouse, type ClickHouse } from '../../server/src/platform/clickhouse/index.ts'
import { makeSilentLog } from '../../server/src/platform/log/index.ts'
import type { Pool } from '../../server/src/platform/postgres/index.ts'
import { startBenchDatabase } from './database.ts'
import { stopAtEnd } from './ending.ts'
import { makeHistory, personInPostgres } from './history.ts'

/** Older, and the last weeks of its history lie too far back for questions about the last days. */
const FRESH_MS = 12 * 3_600_000
/** People of one statement. */
const SLICE = 100_000

/** How far the data of a kept folder have been made. */
interface Progress {
  readonly people: number
  readonly events: number
  readonly now: number
  readonly peopleMade: number
  readonly eventsMade: number
}

export interface BenchShop {
  readonly pool: Pool
  /** Of ClickHouse. */
  readonly url: string
  /** A client of the bulk lane. */
  readonly bulk: ClickHouse
  /** CPU time that this process and ClickHouse have taken, ms: it says the same whatever else the machine does. Linux only, else 0. */
  cpu(): number
  stop(): Promise<void>
}

/**
 * A shop with so many people in PostgreSQL and so many events of theirs in ClickHouse, which end now. `--data=FOLDER` keeps the data
 * there: made once, in as many goes as it is interrupted, and used again for twelve hours.
 */
export async function openShop(people: number, events: number): Promise<BenchShop> {
  const kept = process.argv.find((one) => one.startsWith('--data='))?.slice('--data='.length)
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'throughline-bench-'))
  const file = join(folder, 'made.json')
  let progress: Progress = { people, events, now: Date.now(), peopleMade: 0, eventsMade: 0 }
  const found: Progress | null = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
  if (found !== null && found.people === people && found.events === events && Date.now() - found.now < FRESH_MS) progress = found
  else if (found !== null) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const keep = (more: Partial<Progress>): void => {
    progress = { ...progress, ...more }
    writeFileSync(file, JSON.stringify(progress))
  }
  keep({})

  const database = await startBenchDatabase(kept === undefined ? undefined : join(folder, 'postgres'))
  const starting = startEmbeddedClickHouse({ folder: join(folder, 'clickhouse'), log: makeSilentLog() })
  const stopClickHouse = stopAtEnd(async () => {
    await (await starting).stop()
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  })
  const stop = async (): Promise<void> => {
    await database.stop()
    await stopClickHouse()
  }
  try {
    const { url, pid } = await starting
    const began = performance.now()
    const isMade = progress.eventsMade >= events
    await populate(database.pool, people, progress, (peopleMade) => keep({ peopleMade }))
    const bulk = await makeHistory(url, progress, ['events_by_name'], progress.eventsMade, (eventsMade) =>
      // The last slice counts once the parts have been merged.
      eventsMade < events ? keep({ eventsMade }) : undefined,
    )
    keep({ eventsMade: events })
    if (!isMade) console.error(`${people} people and ${events} events made in ${Math.round((performance.now() - began) / 1_000)} s`)
    return { pool: database.pool, url, bulk, stop, cpu: () => cpuOf(pid()) }
  } catch (error) {
    await stop()
    throw error
  }
}

function cpuOf(pid: number | undefined): number {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return 0
  const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ')
  const { user, system } = process.cpuUsage()
  // In hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10 + (user + system) / 1_000
}

/** The people of the history, each with an address to write to. */
async function populate(pool: Pool, people: number, { peopleMade, now }: Progress, told: (made: number) => void): Promise<void> {
  if (peopleMade >= people) return
  await pool.query(`insert into workspace (settings, definitions_epoch) values ('{}', 1) on conflict do nothing`)
  const traits = packTraits({ email: ['ada@mail.example', now], country: ['DE', now] })
  const state = packState(emptyProfile('01900000-0000-7000-8000-000000000000', now))
  for (let from = peopleMade; from < people; from += SLICE) {
    const to = Math.min(people, from + SLICE)
    await pool.query(
      `insert into profiles (shard, id, created_at, traits, state)
       select (get_byte(uuid_send(id), 15) & 63)::smallint, id, 1700000000000, $3::bytea, $4::bytea
       from (select ${personInPostgres('n')} as id from generate_series($1::int, $2::int) n) made
       on conflict do nothing`,
      [from, to - 1, traits, state],
    )
    told(to)
  }
  await pool.query('vacuum (analyze) profiles')
}
