import { factsOf } from '@throughline/contracts'
import { fullUntil } from '../cap.ts'
import { sayWhen } from '../../time-text.ts'
import { allow, type Rule } from '../rule.ts'

/** Nobody gets more marketing messages than the workspace's caps allow, on a channel or over all of them. */
export const frequencyCap: Rule = {
  name: 'frequency-cap',
  answer({ channel, purpose, profile, settings, clocks, now }) {
    if (purpose === 'transactional') return allow
    for (const cap of settings.frequencyCaps ?? []) {
      if (cap.channel !== null && cap.channel !== channel) continue
      const counted = (profile.messaged ?? []).filter(([, by]) => cap.channel === null || by === cap.channel)
      const next = fullUntil(counted, cap, now)
      if (next === null) continue
      const what =
        cap.channel === null
          ? cap.times === 1
            ? 'message'
            : 'messages'
          : `${cap.times === 1 ? 'message' : 'messages'} by ${factsOf(cap.channel).word}`
      return {
        kind: 'refuse',
        reason: `had ${cap.times} ${what} within ${cap.within}, your limit. Next chance ${sayWhen(next, now, clocks.zone)}`,
      }
    }
    return allow
  },
}
