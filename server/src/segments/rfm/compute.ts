import type { RfmThresholds, Settings } from '@throughline/contracts'
import { calendarOf, type Calendar, type Moment } from '@throughline/engine'
import { withTransaction, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import type { Asker } from '../ask.ts'
import { nameOfDay, numberOfDay } from '../days.ts'
import { contextOf } from '../definitions.ts'
import { readUpTo } from '../up-to.ts'
import { askCells, askThresholds, type About } from './ask.ts'
import { readCurrent, readPast, storeVersion, type Version } from './store.ts'

export interface ComputeDeps {
  readonly pool: Pool
  readonly ask: Asker
  readonly settings: () => Promise<Settings>
  /**
   * Tells every shard, within the transaction, that something new is in force, and answers the epoch. `rankedAt` is the instant (epoch ms)
   * at which memberships change by it; `null`: everything begins anew, and they change as filled.
   */
  readonly announce: (client: PoolClient, rankedAt: number | null) => Promise<number>
}

const DAY = 86_400_000
const HOUR = 3_600_000
/** Days of the past that are computed as they would have been, when everything begins. */
const PAST_DAYS = 90

/** The instant, epoch ms, of the stated hour on a day of the shop's calendar. */
export function hourOn(day: number, hour: number, calendar: Calendar): number {
  return calendar.instantOf(day * DAY + hour * HOUR)
}

/** The last instant up to `now` at which everything was to be computed. */
export function lastHour(now: number, { zone, rfm }: Settings): number {
  const calendar = calendarOf(zone)
  const today = hourOn(calendar.dayOf(now), rfm.hour, calendar)
  return today <= now ? today : hourOn(calendar.dayOf(now) - 1, rfm.hour, calendar)
}

/** The next one after `now`. */
export function nextHour(now: number, { zone, rfm }: Settings): number {
  const calendar = calendarOf(zone)
  const today = hourOn(calendar.dayOf(now), rfm.hour, calendar)
  return today > now ? today : hourOn(calendar.dayOf(now) + 1, rfm.hour, calendar)
}

/** Whether what was in force says nothing about what comes: there was none, it counted other days, or of less than half the people. */
export function beginsAnew(current: Version | null, found: { readonly people: number; readonly days: number | null }): boolean {
  return current === null || current.thresholds?.days !== found.days || found.people >= 2 * current.people
}

/**
 * Computes where everybody stands, of all that history has by now, stores it and puts it in force. `null` when nobody has ordered.
 * When somebody else did the same meanwhile, theirs is answered.
 * @param anew everything begins anew whoever was looked at before: memberships change as filled
 */
export async function computeNow(deps: ComputeDeps, signal?: AbortSignal, anew = false): Promise<Version | null> {
  const { pool } = deps
  const [settings, before, upTo] = await Promise.all([deps.settings(), readCurrent(pool), readUpTo(pool)])
  const { days } = settings.rfm
  const moment: Moment = { asOf: upTo, knownAt: upTo }
  const found = await askAll(deps, settings, days, moment, signal)
  if (found.thresholds === null) return null
  const kind = anew || beginsAnew(before, { people: found.people, days }) ? 'begin' : 'daily'
  const day = nameOfDay(calendarOf(settings.zone).dayOf(upTo))
  return withTransaction(pool, async (client) => {
    // One publication at a time, whatever is published.
    const { rows } = await client.query<{ epoch: number; now: number; asked: boolean }>(
      `select definitions_epoch as epoch, (extract(epoch from clock_timestamp()) * 1000)::bigint as now,
         exists (select 1 from definitions where body @? '$.**.kind ? (@ == "rfm")') as asked
       from workspace where id = 1 for update`,
    )
    const standing = await readCurrent(client)
    if (standing?.version !== before?.version) return standing
    const { epoch: present, now: inForceAt, asked } = rows[0]!
    // Where no definition asks, nobody has to be looked at.
    const epoch = asked ? await deps.announce(client, kind === 'daily' ? inForceAt : null) : present
    const made = { kind, day, moment, inForceAt, ...found } as const
    return { ...made, version: await storeVersion(client, made, { epoch, pastOf: null }) }
  })
}

/**
 * Computes one more day before everything began, as it would have been by what was known when it began. Answers whether there was one to
 * compute: the past ends where nobody had ordered yet, or after 90 days.
 */
export async function computePastDay(deps: ComputeDeps, signal?: AbortSignal): Promise<boolean> {
  const [settings, past, begin] = await Promise.all([deps.settings(), readPast(deps.pool), readCurrent(deps.pool)])
  if (past === null || begin === null || (past.earliest !== null && past.people === 0)) return false
  const calendar = calendarOf(settings.zone)
  const day = numberOfDay(past.earliest ?? past.day) - 1
  if (numberOfDay(past.day) - day > PAST_DAYS) return false
  const moment = { asOf: hourOn(day, settings.rfm.hour, calendar), knownAt: begin.moment.knownAt }
  const found = await askAll(deps, settings, begin.thresholds?.days ?? null, moment, signal)
  await storeVersion(
    deps.pool,
    { kind: 'past', day: nameOfDay(day), moment, inForceAt: null, ...found },
    { epoch: null, pastOf: past.version },
  )
  return true
}

async function askAll(
  { ask }: ComputeDeps,
  settings: Settings,
  days: number | null,
  moment: Moment,
  signal: AbortSignal | undefined,
): Promise<Pick<Version, 'people' | 'cells'> & { readonly thresholds: RfmThresholds | null }> {
  const about: About = { context: contextOf([], settings), ...(signal && { signal }) }
  const found = await askThresholds(ask, days, moment, about)
  if (found === null) return { people: 0, thresholds: null, cells: [] }
  return { ...found, cells: await askCells(ask, { thresholds: found.thresholds, moment }, about) }
}
