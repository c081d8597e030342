const HOUR = 3_600_000
const formatters = new Map<string, Intl.DateTimeFormat>()

/** What the clock of a zone (IANA name) shows at an instant (epoch ms), as hours from 0 to 24. */
export function localHour(instant: number, zone: string): number {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-u-hc-h23', { timeZone: zone, hour: 'numeric', minute: 'numeric' })
    formatters.set(zone, formatter)
  }
  const parts = formatter.formatToParts(instant)
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return read('hour') + read('minute') / 60
}

/** The instant nearest to the given one at which the zone's clock shows this hour. */
export function nearestAtHour(instant: number, hour: number, zone: string): number {
  const ahead = ((hour - localHour(instant, zone) + 36) % 24) - 12
  return instant + ahead * HOUR
}

/** How lively a person is at an instant, 0.4 to 1.2, highest at their peak hour. */
export function liveliness(instant: number, peakHour: number, zone: string): number {
  const distance = Math.abs(((localHour(instant, zone) - peakHour + 36) % 24) - 12)
  return 0.8 + 0.4 * Math.cos((distance / 12) * Math.PI)
}
