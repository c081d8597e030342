import { z } from 'zod'

const units = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const

type Unit = keyof typeof units

const pattern = /^(\d{1,6}) (second|minute|hour|day|week)s?$/

/**
 * A length of time as people write it in definitions: `"15 minutes"`, `"1 day"`.
 * A day is 24 hours here; calendar days are a kind of their own.
 */
export const durationSchema = z
  .string()
  .regex(pattern, 'write a whole number and a unit, such as "15 minutes", "1 hour", "7 days"')
  .meta({ id: 'Duration', examples: ['15 minutes', '1 hour', '7 days'] })

export type Duration = z.infer<typeof durationSchema>

/** Milliseconds in a {@link Duration}. Throws a `TypeError` on text that the schema would refuse. */
export function durationToMs(duration: Duration): number {
  const match = pattern.exec(duration)
  if (match === null) throw new TypeError(`not a duration: "${duration}"`)
  return Number(match[1]) * units[match[2] as Unit]
}

/** The {@link Duration} in the largest unit that divides it, `"90 minutes"` for 5,400,000. */
export function msToDuration(ms: number): Duration {
  const order: readonly Unit[] = ['week', 'day', 'hour', 'minute', 'second']
  const unit = order.find((name) => ms >= units[name] && ms % units[name] === 0) ?? 'second'
  const count = Math.max(0, Math.round(ms / units[unit]))
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
