import { sayWhen } from '../../time-text.ts'
import { fullUntil } from '../cap.ts'
import { allow, type Rule } from '../rule.ts'

/** Nobody gets more marketing messages of one journey than it allows itself. */
export const journeyCap: Rule = {
  name: 'journey-cap',
  answer({ purpose, profile, journey, clocks, now }) {
    const cap = journey.mostMessages
    if (cap === undefined || purpose === 'transactional') return allow
    const next = fullUntil(
      (profile.messaged ?? []).filter(([, , of]) => of === journey.id),
      cap,
      now,
    )
    if (next === null) return allow
    const what = cap.times === 1 ? 'message' : 'messages'
    return {
      kind: 'refuse',
      reason: `had ${cap.times} ${what} of ${journey.name} within ${cap.within}, its limit. Next chance ${sayWhen(next, now, clocks.zone)}`,
    }
  },
}
