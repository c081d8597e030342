import { allow, type Rule } from '../rule.ts'

/** How soon a message that waits for a journey to be over is asked again at the latest: it may have been paused, or moved on otherwise. */
const ASK_AGAIN_MS = 86_400_000

/** During a journey that wants to be alone, marketing of less important ones and of campaigns waits for its end, or does not go out. */
export const alone: Rule = {
  name: 'alone',
  answer({ purpose, above, now }) {
    if (above === undefined || purpose === 'transactional') return allow
    const { name, wait } = above
    if (wait === undefined) return { kind: 'refuse', reason: `is in ${name}, which is more important and keeps others out` }
    if (now >= wait.until) return { kind: 'refuse', reason: `waited ${wait.atMost} for ${name} to be over, which is more important` }
    const until = Math.min(wait.until, now + ASK_AGAIN_MS)
    return { kind: 'delay', until, orOver: true, reason: `while they are in ${name}, which is more important` }
  },
}
