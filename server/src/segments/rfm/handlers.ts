import { rfmGroups, type PersonRfm, type Rfm, type RfmGroup, type Settings } from '@throughline/contracts'
import { calendarOf, groupOf, rfmPath } from '@throughline/engine'
import type { Handlers } from '../../platform/http/index.ts'
import { nameOfDay, numberOfDay } from '../days.ts'
import { contextOf } from '../definitions.ts'
import { askMoves } from './ask.ts'
import { computeNow, nextHour, type ComputeDeps } from './compute.ts'
import { readTransactions } from './transactions.ts'
import { readAll, readCurrent, readDays, type Cell, type Version } from './store.ts'

export interface RfmDeps extends ComputeDeps {
  /** The person and all who were merged into them; throws where there is nobody of this id. */
  readonly idsOf: (person: string) => Promise<readonly string[]>
}

const scores = [5, 4, 3, 2, 1] as const

/** Handlers of recency, frequency, money. */
export function makeRfmHandlers(deps: RfmDeps) {
  const { pool, ask } = deps

  const describe = async (): Promise<Rfm> => {
    const [settings, current] = await Promise.all([deps.settings(), readCurrent(pool)])
    const { currency, zone } = settings
    return {
      current: current === null ? null : describeVersion(current, settings),
      currency,
      zone,
      hour: settings.rfm.hour,
      nextAt: nextHour(Date.now(), settings),
    }
  }

  const dayAgo = async (days: number): Promise<string> => {
    const { zone } = await deps.settings()
    return nameOfDay(calendarOf(zone).dayOf(Date.now()) - days)
  }

  return {
    rfm: describe,
    async computeRfm({ signal }) {
      await computeNow(deps, signal)
      return describe()
    },
    async rfmDays({ query }) {
      const versions = await readDays(pool, await dayAgo(query.days - 1))
      return {
        days: versions.map(({ day, kind, cells }) => ({
          day,
          past: kind === 'past',
          groups: addUpGroups(cells).map(({ group, people }) => ({ group, people })),
        })),
      }
    },
    async rfmMovement({ query, signal }) {
      const [settings, versions] = await Promise.all([deps.settings(), readDays(pool, await dayAgo(query.days + 1))])
      const to = versions.at(-1)
      const wanted = to === undefined ? '' : nameOfDay(numberOfDay(to.day) - query.days)
      // The day that was asked for, or the first there is.
      const from = versions.findLast(({ day }) => day <= wanted) ?? versions[0]
      if (to === undefined || from === undefined || from === to) return { from: null, to: to === undefined ? null : sayDay(to), moves: [] }
      const context = contextOf([], settings)
      return { from: sayDay(from), to: sayDay(to), moves: await askMoves(ask, standOf(from), standOf(to), { context, signal }) }
    },
    async personRfm({ params, signal }) {
      const ids = await deps.idsOf(params.id)
      const [settings, versions, transactions] = await Promise.all([deps.settings(), readAll(pool), readTransactions(ask, ids, signal)])
      const { currency, zone } = settings
      if (versions.length === 0) return { scores: null, figures: null, currency, path: [] }
      const known = versions.map((version) => ({
        since: version.inForceAt ?? version.moment.asOf,
        thresholds: version.thresholds!,
        isPast: version.kind === 'past',
      }))
      const found = rfmPath(transactions, known, calendarOf(zone), Date.now())
      const { figures } = found
      const minor = minorOf(currency)
      return {
        scores: found.scores === null ? null : { ...found.scores, group: groupOf(found.scores) },
        figures: figures === null ? null : { lastAt: figures.last, orders: figures.orders, spent: minor(figures.money) },
        currency,
        path: found.path.toReversed(),
      } satisfies PersonRfm
    },
  } satisfies Handlers<'rfm' | 'rfmDays' | 'rfmMovement' | 'computeRfm' | 'personRfm'>
}

function describeVersion(version: Version, { currency }: Settings): NonNullable<Rfm['current']> {
  const minor = minorOf(currency)
  const { day, moment, people, cells } = version
  const { days, recency, frequency, money } = version.thresholds!
  const byCell = new Map(cells.map((cell) => [cell[0] * 10 + cell[1], cell]))
  const [a, b, c, d] = money
  return {
    day,
    asOf: moment.asOf,
    inForceAt: version.inForceAt!,
    days,
    people,
    revenue: minor(cells.reduce((sum, cell) => sum + cell[3], 0)),
    thresholds: { recency, frequency, money: [minor(a), minor(b), minor(c), minor(d)] },
    cells: scores.flatMap((r) =>
      scores.toReversed().map((f) => {
        const cell = byCell.get(r * 10 + f)
        return { recency: r, frequency: f, people: cell?.[2] ?? 0, revenue: minor(cell?.[3] ?? 0) }
      }),
    ),
    groups: addUpGroups(cells).map((one) => ({ group: one.group, people: one.people, revenue: minor(one.money) })),
  }
}

/** Every group in its usual order, also those in which nobody stands. */
function addUpGroups(cells: readonly Cell[]): { group: RfmGroup; people: number; money: number }[] {
  return rfmGroups.map(({ id }) => {
    const own = cells.filter(([recency, frequency]) => groupOf({ recency, frequency }) === id)
    return { group: id, people: own.reduce((sum, cell) => sum + cell[2], 0), money: own.reduce((sum, cell) => sum + cell[3], 0) }
  })
}

function standOf({ thresholds, moment }: Version) {
  return { thresholds: thresholds!, moment }
}

function sayDay({ day, moment }: Version): { day: string; asOf: number } {
  return { day, asOf: moment.asOf }
}

/** From ten-thousandths of a currency to its minor units. */
function minorOf(currency: string): (units: number) => number {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  return (units) => Math.round((units / 10_000) * 10 ** digits)
}
