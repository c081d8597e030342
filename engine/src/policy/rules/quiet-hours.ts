import type { Calendar } from '../../calendar/index.ts'
import { allow, type Rule } from '../rule.ts'

const minute = 60_000
const day = 86_400_000

/** Marketing that comes into the quiet hours waits until they are over by the person's clocks. */
export const quietHours: Rule = {
  name: 'quiet-hours',
  answer({ channel, purpose, settings, clocks, now }) {
    const hours = settings.quietHours ?? null
    if (hours === null || purpose === 'transactional' || hours.exempt.includes(channel)) return allow
    const until = endOfHours(clocks, minutesOf(hours.from), minutesOf(hours.to), now)
    return until === null ? allow : { kind: 'delay', until, reason: `until ${hours.to} their time: quiet hours` }
  },
}

/** When the hours end that an instant lies in, epoch ms; null where it lies in none. Hours over midnight belong to the day on which they begin. */
function endOfHours(clocks: Calendar, from: number, to: number, now: number): number | null {
  const today = clocks.dayOf(now)
  for (const begins of [today - 1, today]) {
    const opens = clocks.instantOf(begins * day + from * minute)
    const closes = clocks.instantOf((to > from ? begins : begins + 1) * day + to * minute)
    if (opens <= now && now < closes) return closes
  }
  return null
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}
