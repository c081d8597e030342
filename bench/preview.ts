import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conditionSchema, type RouteRequest } from '../contracts/src/index.ts'
import { emptyProfile } from '../engine/src/index.ts'
import { loadSettings } from '../server/src/accounts/index.ts'
import { packState, packTraits, unpackProfile } from '../server/src/pipeline/codec.ts'
import { makeClickHouse, startEmbeddedClickHouse } from '../server/src/platform/clickhouse/index.ts'
import { makeSilentLog } from '../server/src/platform/log/index.ts'
import { makeHistory as makeHistoryOf, makeProfiles } from '../server/src/profiles/index.ts'
import { makeSegmentHandlers } from '../server/src/segments/index.ts'
import { startBenchDatabase } from './lib/database.ts'
import { stopAtEnd } from './lib/ending.ts'
import { makeHistory, personInPostgres } from './lib/history.ts'
import { questions } from './lib/questions.ts'
import { median, report } from './lib/report.ts'

/*
 * How long the answer about a condition takes that is being edited: its size, the quick size, and everything that the preview shows,
 * against the query that a person would write by hand for the size, run in turns on the same lane. The median of three.
 */
const small = process.argv.includes('--small')
const [people, events] = small ? [20_000, 200_000] : [1_000_000, 10_000_000]
const ROUNDS = 3
const now = Date.now()

const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-'))
const database = await startBenchDatabase()
const starting = startEmbeddedClickHouse({ folder, log: makeSilentLog() })
const stopClickHouse = stopAtEnd(async () => {
  await (await starting).stop()
  rmSync(folder, { recursive: true, force: true })
})
try {
  const { url } = await starting
  const began = performance.now()
  await populate()
  const bulk = await makeHistory(url, { people, events, now }, ['events_by_name'])
  console.error(`${people} people and ${events} events made in ${Math.round((performance.now() - began) / 1_000)} s`)
  const clickhouse = makeClickHouse(url, 'interactive')
  const { previewSegment } = makeHandlers(clickhouse)
  const ask = async (body: Omit<RouteRequest<'previewSegment'>['body'], 'overlap'>): Promise<[ms: number, size: number]> => {
    const since = performance.now()
    const { size } = await previewSegment({ body: { overlap: [], ...body }, signal: AbortSignal.timeout(60_000) } as never)
    return [performance.now() - since, size]
  }
  const askBare = async (sql: string): Promise<[ms: number, size: number]> => {
    const since = performance.now()
    const result = await clickhouse.query({
      query: sql.replaceAll('{now}', String(now)).replaceAll('{people}', String(people)),
      format: 'JSONEachRow',
    })
    const [row] = await result.json<{ n: number }>()
    return [performance.now() - since, Number(row?.n)]
  }
  const measured = []
  for (const { name, where: raw, bare } of questions) {
    const where = conditionSchema.parse(raw)
    const rounds: { size: [number, number]; quick: [number, number]; bare: [number, number] }[] = []
    for (let round = 0; round <= ROUNDS; round++)
      rounds.push({
        size: await ask({ where, parts: [], quick: false }),
        bare: await askBare(bare),
        quick: await ask({ where, parts: [], quick: true }),
      })
    const [everything] = await ask({ where, parts: ['sample', 'reach', 'entrants', 'overlap'], quick: false })
    // The first round warms up.
    const ms = (key: 'size' | 'quick' | 'bare'): number => Math.round(median(rounds.slice(1).map((round) => round[key][0])))
    const one = {
      question: name,
      size: rounds[1]!.size[1],
      bareSize: rounds[1]!.bare[1],
      ms: ms('size'),
      bareMs: ms('bare'),
      ratio: Math.round((ms('size') / ms('bare')) * 100) / 100,
      quickMs: ms('quick'),
      everythingMs: Math.round(everything),
    }
    measured.push(one)
    console.error(JSON.stringify(one))
  }
  report({
    bench: 'preview',
    value: median(measured.map((one) => one.ms)),
    unit: 'ms for the exact size, the median question',
    reference: median(measured.map((one) => one.bareMs)),
    detail: {
      reference: 'the query that a person would write by hand for the size, over the same table, in turns with ours',
      people,
      events,
      within300Ms: measured.filter(({ ms }) => ms <= 300).length,
      withinTwiceBare: measured.filter(({ ratio }) => ratio <= 2).length,
      quickWithin300Ms: measured.filter(({ quickMs }) => quickMs <= 300).length,
      questions: measured,
    },
  })
  await Promise.all([bulk.close(), clickhouse.close()])
} finally {
  await database.stop()
  await stopClickHouse()
}

function makeHandlers(clickhouse: ReturnType<typeof makeClickHouse>) {
  const { pool } = database
  const refuse = async (): Promise<never> => Promise.reject(new Error('A preview changes nothing.'))
  const profiles = makeProfiles({
    pool,
    unpack: unpackProfile,
    history: makeHistoryOf(clickhouse, (error) => console.error(error)),
    unmergeProfiles: refuse,
    mergePeople: refuse,
    append: refuse,
    beside: refuse,
  } as never)
  return makeSegmentHandlers({
    pool,
    clickhouse,
    settings: () => loadSettings(pool),
    findPeople: profiles.findPeople,
    findProfiles: profiles.findProfiles,
  })
}

/** The people of the history, each with an address to write to. */
async function populate(): Promise<void> {
  const { pool } = database
  await pool.query(`insert into workspace (settings, definitions_epoch) values ('{}', 1) on conflict do nothing`)
  const traits = packTraits({ email: ['ada@mail.example', now], country: ['DE', now] })
  const state = packState(emptyProfile('01900000-0000-7000-8000-000000000000', now))
  for (let from = 0; from < people; from += 100_000)
    await pool.query(
      `insert into profiles (shard, id, created_at, traits, state)
       select (get_byte(uuid_send(id), 15) & 63)::smallint, id, 1700000000000, $3::bytea, $4::bytea
       from (select ${personInPostgres('n')} as id from generate_series($1::int, $2::int) n) made`,
      [from, Math.min(people, from + 100_000) - 1, traits, state],
    )
  await pool.query('vacuum (analyze) profiles')
}
