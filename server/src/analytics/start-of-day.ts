/**
 * The instant, epoch ms, at which the day of `at` began on the clocks of a time zone. Days on which clocks change are 23 or 25
 * hours long, so the offset is looked up again at the candidate.
 */
export function startOfDay(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const read = (instant: number) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    return Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
  }
  const whole = Math.floor(at / 1_000) * 1_000
  const midnight = Math.floor(read(whole) / 86_400_000) * 86_400_000
  const first = midnight - (read(whole) - whole)
  return midnight - (read(first) - first)
}
