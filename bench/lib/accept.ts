import { prepareBareTable, runBareLoop } from './bare-loop.ts'
import { startBenchDatabase } from './database.ts'
import { playIngest } from './ingest-role.ts'
import { playLoad, type LoadOrder, type LoadResult } from './load.ts'
import { median, report } from './report.ts'
import { roleNow, startRole } from './roles.ts'

const ROUNDS = 4
const WARM_MS = 8_000

/** Accepting over HTTP, durable, against the bare insert loop: both in turns, since the machine's mood changes. */
export async function benchAccept(bench: string, load: Omit<LoadOrder, 'url' | 'ms'>): Promise<void> {
  switch (roleNow()) {
    case 'ingest':
      return playIngest()
    case 'load':
      return playLoad()
    default:
      return measure(bench, load)
  }
}

async function measure(bench: string, load: Omit<LoadOrder, 'url' | 'ms'>): Promise<void> {
  const database = await startBenchDatabase()
  const ingest = startRole('ingest')
  const generator = startRole('load')
  try {
    await prepareBareTable(database.pool)
    const { url } = await ingest.ask<{ url: string }>({ url: database.url })
    // Without measuring at first, until code is compiled and visitors have their profiles.
    await generator.ask<LoadResult>({ url, ms: WARM_MS, ...load })
    await runBareLoop(database.pool, 400, 'values', 0)
    await runBareLoop(database.pool, 400, 'unnest', 10_000_000)
    const accepted: LoadResult[] = []
    const bare: number[] = []
    const bareArrays: number[] = []
    let cpuMs = 0
    for (let round = 1; round <= ROUNDS; round++) {
      const before = await ingest.ask<{ cpuMs: number }>({})
      accepted.push(await generator.ask<LoadResult>({ url, ms: 1_500, ...load }))
      cpuMs += (await ingest.ask<{ cpuMs: number }>({})).cpuMs - before.cpuMs
      bare.push(await runBareLoop(database.pool, 700, 'values', round * 100_000_000))
      bareArrays.push(await runBareLoop(database.pool, 700, 'unnest', round * 100_000_000 + 50_000_000))
    }
    const { rows } = await database.pool.query<{ events: number; people: number }>(
      'select count(*) as events, count(distinct profile_id) as people from inbox',
    )
    report({
      bench,
      value: median(accepted.map(({ perSecond }) => perSecond)),
      unit: 'events/s',
      reference: median(bare),
      detail: {
        reference: 'one connection, insert … values of 1,000 of the same rows, a durable commit each',
        bareWithBinaryArrays: Math.round(median(bareArrays)),
        failed: accepted.reduce((sum, { failed }) => sum + failed, 0),
        p50: median(accepted.map(({ p50 }) => p50)),
        p99: median(accepted.map(({ p99 }) => p99)),
        serverCpuMicrosPerEvent: Math.round((cpuMs * 1_000) / accepted.reduce((sum, { answered }) => sum + answered, 0)),
        rounds: accepted.map(({ perSecond }, round) => ({
          accepted: Math.round(perSecond),
          bare: Math.round(bare[round]!),
          arrays: Math.round(bareArrays[round]!),
        })),
        stored: rows[0],
      },
    })
  } finally {
    await generator.stop()
    await ingest.stop()
    await database.stop()
  }
}
