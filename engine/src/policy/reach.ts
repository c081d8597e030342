/*
 * What stands between a message and a person, judged alike wherever it is asked: by the rules when a message is decided, by the sender
 * before it is handed over, by previews, and by conditions.
 */

/** Suppressions that stop marketing only; every other stops whatever goes to the address. */
const marketingOnly: ReadonlySet<string> = new Set(['unsubscribed'])

/** Whether an address that is suppressed for this reason gets nothing of this purpose; an empty reason: it is not suppressed. */
export function isBlocked(reason: string, purpose: 'marketing' | 'transactional'): boolean {
  return reason !== '' && (purpose === 'marketing' || !marketingOnly.has(reason))
}

/** Whether a channel is open to marketing: by the person's own word, or else by the workspace's default. */
export function isAgreed(said: 'granted' | 'withdrawn' | undefined, byDefault: 'granted' | 'withdrawn' | undefined): boolean {
  return (said ?? byDefault) === 'granted'
}
