import type { CampaignSummary, Definition, Occasion } from '@throughline/contracts'
import { readDate, startsOf } from '@throughline/contracts'
import { nextOccasion } from '@throughline/engine'
import { isOpen } from '../../../format/campaign-words.ts'

/** Something that is planned, or that went out. */
export interface CalendarEntry {
  readonly key: string
  readonly kind: 'campaign' | 'journey'
  readonly id: string
  readonly name: string
  /** The day on which it stands, `2026-11-24`. */
  readonly day: string
  /** What the clocks show, `09:00`. */
  readonly time: string
  /** Whose clocks: each person's own, or the shop's. */
  readonly clock: 'person' | 'shop'
  /** What it is at that time. */
  readonly what: string
}

const DAY = 86_400_000
/** No more of one thing in one range: a list of days, not of minutes. */
const MOST = 62

interface Range {
  /** First and last day, `2026-11-01`. */
  readonly from: string
  readonly to: string
}

interface Known {
  readonly campaigns: readonly CampaignSummary[]
  /** All definitions in force. */
  readonly definitions: readonly Definition[]
  /** Journeys into which people come now. */
  readonly live: ReadonlySet<string>
  readonly now: number
  /** Of the shop, IANA name. */
  readonly zone: string
}

/** All that is planned in a range of days, in order: sends and their repetitions, times at which audiences enter journeys, journeys that open or close. */
export function entriesIn(range: Range, known: Known): readonly CalendarEntry[] {
  const clock = shopClock(known.zone)
  const found = [
    ...known.campaigns.flatMap((one) => campaignEntries(one, range, known, clock)),
    ...known.definitions.flatMap((one) =>
      one.kind === 'journey' && known.live.has(one.id) ? journeyEntries(one, range, known, clock) : [],
    ),
  ]
  return found
    .filter(({ day }) => day >= range.from && day <= range.to)
    .toSorted((a, b) => (a.day + a.time).localeCompare(b.day + b.time) || a.name.localeCompare(b.name))
}

type Clock = (at: number) => readonly [day: string, time: string]

function shopClock(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return [`${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`, `${parts.get('hour')}:${parts.get('minute')}`]
  }
}

function campaignEntries(
  campaign: CampaignSummary,
  range: Range,
  { definitions, now, zone }: Known,
  clock: Clock,
): readonly CalendarEntry[] {
  const { id, name, state, startsAt } = campaign
  if (state === null || startsAt === null || state === 'undone') return []
  const definition = definitions.find((one) => one.kind === 'campaign' && one.id === id)
  const when = definition?.kind === 'campaign' ? definition.when : { kind: 'now' as const }
  const owner = 'zone' in when ? when.zone : 'shop'
  const base = { kind: 'campaign' as const, id, name }
  const open = isOpen(state)
  // By everybody's own clocks it begins half a day before the shop's clock shows the time that is meant.
  const slot =
    owner === 'person' && open
      ? nextTimes(when, 'UTC', when.kind === 'once' ? startsAt - DAY : startsAt, startsAt + 33 * DAY)[0]
      : undefined
  const [day, time] = slot === undefined ? clock(startsAt) : utcClock(slot)
  const what = {
    scheduled: 'goes out',
    waiting: 'waits for an approval',
    sending: 'is going out',
    paused: 'is paused',
    done: 'went out',
    cancelled: 'was cancelled',
  }[state]
  const first: CalendarEntry = {
    ...base,
    key: `campaign ${id} ${day} ${time}`,
    day,
    time,
    clock: slot === undefined ? 'shop' : 'person',
    what,
  }
  if (!open || !('zone' in when) || when.kind === 'once') return [first]
  const from = Math.max(now, slot ?? startsAt) + 1
  const further = nextTimes(when, owner === 'person' ? 'UTC' : zone, from, endOf(range)).map((at): CalendarEntry => {
    const [on, shown] = owner === 'person' ? utcClock(at) : clock(at)
    return { ...base, key: `campaign ${id} ${on} ${shown}`, day: on, time: shown, clock: owner, what: 'goes out again' }
  })
  return [first, ...further]
}

function journeyEntries(
  journey: Extract<Definition, { kind: 'journey' }>,
  range: Range,
  { now, zone }: Known,
  clock: Clock,
): readonly CalendarEntry[] {
  const { id, name, opens, closes } = journey
  const base = { kind: 'journey' as const, id, name }
  const audiences = startsOf(journey).flatMap((entry, index) => {
    if (entry.kind !== 'audience') return []
    const isOwn = entry.zone === 'person'
    return nextTimes(entry.when, isOwn ? 'UTC' : zone, isOwn ? now - DAY : now, endOf(range)).map((at): CalendarEntry => {
      const [day, time] = isOwn ? utcClock(at) : clock(at)
      return { ...base, key: `journey ${id} ${index} ${day} ${time}`, day, time, clock: entry.zone, what: 'people enter' }
    })
  })
  const bounds = (
    [
      ['opens', opens],
      ['closes', closes],
    ] as const
  ).flatMap(([what, text]): CalendarEntry[] => {
    const read = text === undefined ? null : readDate(text)
    if (read === null) return []
    const [day, time] = read.isInstant ? clock(read.ms) : utcClock(read.ms)
    return [{ ...base, key: `journey ${id} ${what}`, day, time, clock: 'shop', what }]
  })
  return [...audiences, ...bounds]
}

/** What a clock shows whose times are told as ms since 1 January 1970 there. */
const utcClock: Clock = (at) => {
  const text = new Date(at).toISOString()
  return [text.slice(0, 10), text.slice(11, 16)]
}

/** The range's end in any zone, epoch ms. */
const endOf = ({ to }: Range): number => Date.parse(to) + 2 * DAY

function nextTimes(
  when: Occasion | { readonly kind: 'now' } | { readonly kind: 'api' },
  zone: string,
  from: number,
  until: number,
): readonly number[] {
  if (when.kind === 'now' || when.kind === 'api') return []
  const times: number[] = []
  for (let at = nextOccasion(when, zone, from); at !== null && at <= until && times.length < MOST; at = nextOccasion(when, zone, at + 1))
    times.push(at)
  return times
}

/** The days of a month as a calendar shows them, in weeks from Monday to Sunday, those of its neighbours besides. */
export function weeksOf(month: string): readonly (readonly string[])[] {
  const first = Date.parse(`${month}-01`)
  const begin = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY
  const weeks: string[][] = []
  for (let at = begin; weeks.length === 0 || dayOf(at).slice(0, 7) === month; at += 7 * DAY)
    weeks.push(Array.from({ length: 7 }, (_, index) => dayOf(at + index * DAY)))
  return weeks
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A day so many days later. */
export function daysLater(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * DAY)
}

/** A month so many months later, `2026-11`. */
export function monthsLater(month: string, months: number): string {
  const date = new Date(`${month}-01`)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.toISOString().slice(0, 7)
}
