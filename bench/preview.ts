import { conditionSchema, type RouteRequest, type RouteResponse } from '../contracts/src/index.ts'
import { loadSettings } from '../server/src/accounts/index.ts'
import { unpackProfile } from '../server/src/pipeline/codec.ts'
import { makeClickHouse } from '../server/src/platform/clickhouse/index.ts'
import { makeHistory as makeHistoryOf, makeProfiles } from '../server/src/profiles/index.ts'
import { makeSegmentHandlers } from '../server/src/segments/index.ts'
import { questions } from './lib/questions.ts'
import { isAsked } from './lib/only.ts'
import { median, report } from './lib/report.ts'
import { openShop, type BenchShop } from './lib/shop.ts'

/*
 * How long the answer about a condition takes that is being edited, as the console asks for it: the estimate, with all that the preview
 * shows, and the exact answer, its size alone and with everything; against the query that a person would write by hand for the size, run in
 * turns on the same lane. The median of three. `--data=FOLDER` keeps the data for the next time, `--only=TEXT|TEXT` asks those that contain one.
 */
const small = process.argv.includes('--small')
const [people, events] = small ? [20_100, 200_000] : [1_000_000, 10_000_000]
const ROUNDS = 3
/** What may take no longer, ms, is asked this often too; the rest once. */
const SHORT = 3_000
const parts = ['sample', 'reach', 'entrants', 'overlap'] as const

type Body = Omit<RouteRequest<'previewSegment'>['body'], 'overlap'>
type Answer = RouteResponse<'previewSegment'>

const shop = await openShop(people, events)
const clickhouse = makeClickHouse(shop.url, 'interactive')
try {
  const { previewSegment } = makeHandlers(shop)
  const ask = async (body: Body): Promise<[ms: number, answer: Answer]> => {
    const since = performance.now()
    const answer = await previewSegment({ body: { overlap: [], ...body }, signal: AbortSignal.timeout(60_000) } as never)
    return [performance.now() - since, answer]
  }
  const askBare = async (sql: string): Promise<[ms: number, size: number]> => {
    const since = performance.now()
    const query = sql.replaceAll('{now}', String(Date.now())).replaceAll('{people}', String(people))
    const result = await clickhouse.query({ query, format: 'JSONEachRow' })
    const [row] = await result.json<{ n: number }>()
    return [performance.now() - since, Number(row?.n)]
  }
  const measured = []
  for (const { name, where: raw, bare } of questions.filter((one) => isAsked(one.name))) {
    const where = conditionSchema.parse(raw)
    const rounds: Record<'estimate' | 'cpu' | 'size' | 'bare' | 'whole', number>[] = []
    let answers: { estimate: Answer; exact: Answer; bare: number } | undefined
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      const before = shop.cpu()
      const [estimateMs, estimate] = await ask({ where, parts: [...parts], quick: true, purpose: 'marketing' as const })
      const cpu = shop.cpu() - before
      const [sizeMs] = await ask({ where, parts: [], quick: false, purpose: 'marketing' as const })
      const [bareMs, bareSize] = await askBare(bare)
      const [wholeMs, exact] =
        answers === undefined || (rounds[0]?.whole ?? 0) < SHORT
          ? await ask({ where, parts: [...parts], quick: false, purpose: 'marketing' as const })
          : [rounds.at(-1)!.whole, answers.exact]
      rounds.push({ estimate: estimateMs, cpu, size: sizeMs, bare: bareMs, whole: wholeMs })
      answers = { estimate, exact, bare: bareSize }
    }
    const { estimate, exact, bare: bareSize } = answers!
    const ms = (key: keyof (typeof rounds)[number]): number => Math.round(median(rounds.slice(1).map((round) => round[key])))
    const off = Math.abs(estimate.size - exact.size)
    const one = {
      question: name,
      size: exact.size,
      bareSize,
      estimate: estimate.size,
      margin: estimate.margin,
      off,
      estimateMs: ms('estimate'),
      estimateCpuMs: ms('cpu'),
      ms: ms('size'),
      bareMs: ms('bare'),
      ratio: Math.round((ms('size') / ms('bare')) * 100) / 100,
      wholeMs: ms('whole'),
      entrantsOf: [estimate, exact].map(({ entrants }) => entrants!.share),
      entrants: [estimate, exact].map(({ entrants }) => entrants!.days.slice(0, -1).reduce((sum, day) => sum + day.entered, 0)),
      entrantsMargin: estimate.entrants!.margin.entered * 27,
    }
    measured.push(one)
    console.error(JSON.stringify(one))
  }
  report({
    bench: 'preview',
    value: median(measured.map((one) => one.estimateMs)),
    unit: 'ms until all parts are there as an estimate, the median question',
    reference: median(measured.map((one) => one.bareMs)),
    detail: {
      reference: 'the query that a person would write by hand for the size, over the same table, in turns with ours',
      people,
      events,
      estimateWithin300Ms: measured.filter(({ estimateMs }) => estimateMs <= 300).length,
      exactWithin300Ms: measured.filter((one) => one.ms <= 300).length,
      withinTwiceBare: measured.filter(({ ratio }) => ratio <= 2).length,
      withinMargin: measured.filter(({ off, margin }) => off <= margin).length,
      questions: measured,
    },
  })
} finally {
  await Promise.all([shop.bulk.close(), clickhouse.close()])
  await shop.stop()
}

function makeHandlers({ pool }: BenchShop) {
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
