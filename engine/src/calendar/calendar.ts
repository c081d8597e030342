const DAY = 86_400_000
const QUARTER = 900_000
const MOST_KNOWN = 50_000

/** Days and hours as the clocks of one zone show them. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string
  /** Number of the day that the clocks show at an instant (epoch ms), counted from 1 January 1970. */
  dayOf(at: number): number
  /** The first instant, epoch ms, of the day of this number. */
  startOf(day: number): number
  /**
   * The instant, epoch ms, at which the clocks show this, given as ms since 1 January 1970, 00:00 on them: the first of two where
   * they go back, and where they leap over it the one at which they would have shown it.
   */
  instantOf(shown: number): number
  /** The hour that the clocks show, 0 to 23. */
  hourOf(at: number): number
  /** The day of the week, 1 (Monday) to 7 (Sunday), as in ISO 8601. */
  weekdayOf(at: number): number
}

const calendars = new Map<string, Calendar>()

/** The calendar of a zone. Throws a `RangeError` for a name that is no time zone. */
export function calendarOf(zone: string): Calendar {
  const known = calendars.get(zone)
  if (known !== undefined) return known
  const made = makeCalendar(zone)
  calendars.set(zone, made)
  return made
}

function makeCalendar(zone: string): Calendar {
  const offsetAt = makeOffsets(zone)
  const reading = (at: number): number => at + offsetAt(at)
  const dayOf = (at: number): number => Math.floor(reading(at) / DAY)
  return {
    zone,
    dayOf,
    startOf(day) {
      const midnight = day * DAY
      const before = midnight - offsetAt(midnight - DAY)
      const after = midnight - offsetAt(midnight + DAY)
      // Where clocks go back over midnight it comes twice, and the day begins with the first; where they leap over it, with the leap.
      const candidates = [Math.min(before, after), Math.max(before, after)]
      return candidates.find((at) => dayOf(at) === day && dayOf(at - 1) < day) ?? firstOf(day, candidates[0]! - DAY, candidates[1]! + DAY)
    },
    instantOf(shown) {
      const before = shown - offsetAt(shown - DAY)
      const after = shown - offsetAt(shown + DAY)
      return reading(before) !== shown && reading(after) === shown ? after : before
    },
    hourOf: (at) => Math.floor((((reading(at) % DAY) + DAY) % DAY) / 3_600_000),
    // The first of January 1970 was a Thursday.
    weekdayOf: (at) => ((((dayOf(at) + 3) % 7) + 7) % 7) + 1,
  }

  function firstOf(day: number, from: number, to: number): number {
    let [low, high] = [from, to]
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (dayOf(middle) < day) low = middle
      else high = middle
    }
    return high
  }
}

/** How far the clocks of a zone are ahead of UTC, ms, by instant. They change at full quarters of an hour only. */
function makeOffsets(zone: string): (at: number) => number {
  if (zone === 'UTC') return () => 0
  const fields = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  const format = new Intl.DateTimeFormat('en-u-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // The numbers of the text, which is written in a third of the time that its parts take, stand in the order of the parts.
  const order = format.formatToParts(0).filter(({ type }) => fields.some((field) => field === type))
  const [year, month, day, hour, minute, second] = fields.map((field) => order.findIndex(({ type }) => type === field))
  const known = new Map<number, number>()
  return (at) => {
    const quarter = Math.floor(at / QUARTER)
    const standing = known.get(quarter)
    if (standing !== undefined) return standing
    if (known.size > MOST_KNOWN) known.clear()
    const instant = quarter * QUARTER
    const numbers = format.format(instant).match(/\d+/g) ?? []
    const read = (place: number | undefined): number => Number(numbers[place ?? -1] ?? 0)
    const offset = Date.UTC(read(year), read(month) - 1, read(day), read(hour), read(minute), read(second)) - instant
    known.set(quarter, offset)
    return offset
  }
}
