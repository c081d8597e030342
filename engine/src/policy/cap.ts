import { durationToMs, type Duration } from '@throughline/contracts'
import type { Messaged } from '../profile.ts'

/** When there is room again under a cap, epoch ms, by the messages counted for it, in order; null where there is room now. */
export function fullUntil(
  counted: readonly Messaged[],
  { times, within }: { readonly times: number; readonly within: Duration },
  now: number,
): number | null {
  const span = durationToMs(within)
  const nth = counted.filter(([at]) => at > now - span).at(-times)
  return nth === undefined ? null : nth[0] + span
}
