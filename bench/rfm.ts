import { loadSettings } from '../server/src/accounts/index.ts'
import { makeClickHouse } from '../server/src/platform/clickhouse/index.ts'
import { makeAsker } from '../server/src/segments/ask.ts'
import { contextOf } from '../server/src/segments/definitions.ts'
import { askCells, askMoves, askThresholds } from '../server/src/segments/rfm/ask.ts'
import { median, report } from './lib/report.ts'
import { openShop } from './lib/shop.ts'

/*
 * Recency, frequency and money of everybody, as the daily job asks for them: where the fifths part, the grid, and who went from which group
 * to which in thirty days; against the query of the same fifths that a person would write by hand, in turns on the same lane. The median of
 * three. `--data=FOLDER` keeps the data for the next time, and is the one of the bench `preview`.
 */
const [people, events] = process.argv.includes('--small') ? [20_100, 200_000] : [1_000_000, 10_000_000]
const ROUNDS = 3
const MONTH = 30 * 86_400_000
const BARE = `select quantilesExactLow(0.2, 0.4, 0.6, 0.8)(last) as recency, quantilesExactLow(0.2, 0.4, 0.6, 0.8)(orders) as frequency,
  quantilesExactLow(0.2, 0.4, 0.6, 0.8)(money) as money, count() as people
from (
  select profile_id, max(at) as last, countIf(name = 'Order Completed') as orders,
    sum(toFloat64OrZero(properties['total']) * if(name = 'Order Completed', 1, -1)) as money
  from events_by_name where tells = 0 and name in ('Order Completed', 'Order Refunded') group by profile_id having orders > 0
)`

const shop = await openShop(people, events)
const clickhouse = makeClickHouse(shop.url, 'bulk')
try {
  const ask = makeAsker(clickhouse)
  const about = { context: contextOf([], await loadSettings(shop.pool), undefined) }
  const timed = async <T>(work: () => Promise<T>): Promise<[ms: number, answer: T]> => {
    const since = performance.now()
    const answer = await work()
    return [performance.now() - since, answer]
  }
  const now = Date.now()
  const [today, before] = [now, now - MONTH].map((asOf) => ({ asOf, knownAt: now })) as [
    { asOf: number; knownAt: number },
    { asOf: number; knownAt: number },
  ]
  const rounds: Record<'thresholds' | 'cells' | 'moves' | 'bare', number>[] = []
  let answered = { people: 0, barePeople: 0, cells: 0, moves: 0 }
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const [thresholdsMs, found] = await timed(() => askThresholds(ask, null, today, about))
    const [bareMs, [bare]] = await timed(() => ask.rows<{ people: number }>({ sql: BARE, params: {} }))
    if (found === null) throw new Error('Nobody has ordered.')
    const stand = { thresholds: found.thresholds, moment: today }
    const [cellsMs, cells] = await timed(() => askCells(ask, stand, about))
    const [movesMs, moves] = await timed(() => askMoves(ask, { ...stand, moment: before }, stand, about))
    rounds.push({ thresholds: thresholdsMs, cells: cellsMs, moves: movesMs, bare: bareMs })
    answered = { people: found.people, barePeople: Number(bare?.people), cells: cells.length, moves: moves.length }
  }
  const ms = (key: keyof (typeof rounds)[number]): number => Math.round(median(rounds.slice(1).map((round) => round[key])))
  report({
    bench: 'rfm',
    value: ms('thresholds'),
    unit: 'ms until it is known where the fifths of all buyers part',
    reference: ms('bare'),
    detail: {
      reference: 'the same fifths by hand, over the same table, in turns with ours',
      everybody: people,
      events,
      ...answered,
      gridMs: ms('cells'),
      movesMs: ms('moves'),
    },
  })
} finally {
  await Promise.all([shop.bulk.close(), clickhouse.close()])
  await shop.stop()
}
