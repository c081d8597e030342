const tokens: { readonly [token: string]: { readonly part: Part; readonly pattern: string } } = {
  yyyy: { part: 'year', pattern: '\\d{4}' },
  MM: { part: 'month', pattern: '\\d{2}' },
  M: { part: 'month', pattern: '\\d{1,2}' },
  dd: { part: 'day', pattern: '\\d{2}' },
  d: { part: 'day', pattern: '\\d{1,2}' },
  HH: { part: 'hour', pattern: '\\d{2}' },
  H: { part: 'hour', pattern: '\\d{1,2}' },
  mm: { part: 'minute', pattern: '\\d{2}' },
  ss: { part: 'second', pattern: '\\d{2}' },
}
type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'

/** The tokens that a time format may hold, for error messages. */
export const timeTokens = Object.keys(tokens)

/**
 * A reader for local times such as `yyyy-MM-dd HH:mm:ss` or `d/M/yyyy H:mm`.
 * It gives the wall clock's reading as if it were UTC, in epoch ms ({@link zonedToUtc} makes it an instant), or `null`
 * for text of another form and for days that do not exist. Returns `null` when the format lacks year, month or day.
 */
export function makeTimeReader(format: string): ((text: string) => number | null) | null {
  const parts: Part[] = []
  const source = format.replace(/yyyy|MM|M|dd|d|HH|H|mm|ss|[^\w\s]|\s+|\w+/g, (piece) => {
    const token = tokens[piece]
    if (token === undefined) return piece.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    parts.push(token.part)
    return `(${token.pattern})`
  })
  if (!(['year', 'month', 'day'] as const).every((part) => parts.includes(part)) || new Set(parts).size !== parts.length) return null
  const pattern = new RegExp(`^${source}$`)
  return (text) => {
    const match = pattern.exec(text)
    if (match === null) return null
    const read = (part: Part) => Number(match[parts.indexOf(part) + 1] ?? 0)
    const hour = parts.includes('hour') ? read('hour') : 0
    const minute = parts.includes('minute') ? read('minute') : 0
    const second = parts.includes('second') ? read('second') : 0
    const at = Date.UTC(read('year'), read('month') - 1, read('day'), hour, minute, second)
    const back = new Date(at)
    const exists =
      back.getUTCMonth() === read('month') - 1 &&
      back.getUTCDate() === read('day') &&
      back.getUTCHours() === hour &&
      minute < 60 &&
      second < 60
    return exists ? at : null
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()
/** Offsets by zone and quarter of an hour: clocks change at no other instants. */
const offsets = new Map<string, number>()

/**
 * The instant, epoch ms, at which clocks in `zone` (IANA name) showed the given reading.
 * An hour that comes twice when clocks go back means its first time; one that is skipped means the hour after it.
 */
export function zonedToUtc(reading: number, zone: string): number {
  const before = reading - offsetAt(reading - 86_400_000, zone)
  const after = reading - offsetAt(reading + 86_400_000, zone)
  // Around a change of clocks both offsets are candidates; the one that reads back to the same wall clock is right.
  const fits = [before, after].filter((instant) => instant + offsetAt(instant, zone) === reading)
  return fits.length > 0 ? Math.min(...fits) : Math.max(before, after)
}

/** Milliseconds that the clocks of `zone` are ahead of UTC at an instant. */
function offsetAt(instant: number, zone: string): number {
  const key = `${zone} ${Math.floor(instant / 900_000)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size > 50_000) offsets.clear()
  const offset = readOffset(instant, zone)
  offsets.set(key, offset)
  return offset
}

function readOffset(instant: number, zone: string): number {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-u-hc-h23', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, formatter)
  }
  const parts: { [type: string]: number } = {}
  for (const { type, value } of formatter.formatToParts(instant)) parts[type] = Number(value)
  const reading = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'], parts['second'])
  return reading - Math.floor(instant / 1_000) * 1_000
}
