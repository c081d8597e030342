import { lanes, type Problem } from '@throughline/contracts'
import type { AcceptEvent } from './accept-event.ts'
import type { Accepter } from './accepter.ts'
import { FOR_EVER, readEvent } from './read-event.ts'
import { keepable } from './rejected-store.ts'

/**
 * Checks a call that a connector made of what another system told, as one that comes over HTTP is checked. Its events count like
 * those of any source: live, and a consent in it is the word of whoever sent it, not of the team.
 * @param call in the form of the HTTP API, with a message id that is the same whenever the same is told again
 * @param options.receivedAt epoch ms
 * @param options.forEver whether its id is remembered for ever, or for some days as those of other clients
 */
export function readConnected(
  call: object,
  options: { readonly source: string; readonly receivedAt: number; readonly forEver: boolean },
): { readonly ok: true; readonly event: AcceptEvent } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { source, receivedAt, forEver } = options
  const frame = { source, receivedAt, raw: '', escapes: true, sentAt: undefined, context: undefined, lane: lanes.live, triggers: true }
  const read = readEvent(call, null, forEver ? { ...frame, dedupeAt: FOR_EVER } : frame)
  if (read.kind === 'refused') return { ok: false, problems: read.refusals.map(({ problem }) => problem) }
  if (forEver) return { ok: true, event: read.event }
  // What happened now when it is told again happened then: the day before counts too.
  const { dedupeAt: _, ...event } = read.event
  return { ok: true, event }
}

/** Keeps what a connector could not take, for the page of rejected events. */
export async function rejectConnected(
  accepter: Pick<Accepter, 'reject'>,
  source: string,
  refused: readonly { readonly value: unknown; readonly problems: readonly Problem[] }[],
): Promise<void> {
  await accepter.reject(
    refused.map(({ value, problems }) =>
      keepable(
        source,
        null,
        value,
        problems.map((problem) => ({ code: 'bad_value', problem })),
      ),
    ),
    refused.flatMap(({ problems }) => problems.map(() => 'bad_value')),
  )
}
