import type { Condition, SegmentPreview } from '@throughline/contracts'
import { conditionToSql, type ConditionContext, type SqlOptions } from '@throughline/engine'
import type { Asker } from '../ask.ts'
import { nameOfDay } from '../days.ts'

/** Days that are looked back. */
export const ENTRANT_DAYS = 28
const SHARDS = 64
/** People looked at, about: enough for a curve, few enough to be asked 29 times. */
const LOOKED_AT = 20_000
/** Members of whom the ids are fetched for each day, about. */
const COMPARED = 4_000
const AT_ONCE = 4

/**
 * Who would have entered and left on each of the last 28 days: the same people are asked at every midnight, and at the end at `now`.
 * Who enters and leaves within a day is not seen.
 */
export async function askEntrants(
  ask: Asker,
  where: Condition,
  {
    contextAt,
    ...options
  }: Omit<SqlOptions, 'shards'> &
    Required<Pick<SqlOptions, 'context'>> & {
      /** What conditions depended on at an instant. */
      readonly contextAt: (now: number) => ConditionContext
    },
  about: { readonly people: number; readonly size: number; readonly signal: AbortSignal },
): Promise<NonNullable<SegmentPreview['entrants']>> {
  const { calendar } = options.context
  const today = calendar.dayOf(options.now)
  const first = today - ENTRANT_DAYS + 1
  const instants = [...Array.from({ length: ENTRANT_DAYS }, (_, i) => calendar.startOf(first + i) - 1), options.now]
  const shards = Math.min(SHARDS, Math.max(1, Math.round((SHARDS * LOOKED_AT) / Math.max(1, about.people))))
  const thinning = Math.max(1, Math.floor(((about.size / SHARDS) * shards) / COMPARED))
  const members: ReadonlySet<string>[] = []
  for (let at = 0; at < instants.length; at += AT_ONCE) {
    members.push(...(await Promise.all(instants.slice(at, at + AT_ONCE).map(membersAt))))
  }
  const share = shards / SHARDS / thinning
  return {
    share,
    days: Array.from({ length: ENTRANT_DAYS }, (_, i) => ({
      day: nameOfDay(first + i),
      entered: Math.round(countMissing(members[i + 1]!, members[i]!) / share),
      left: Math.round(countMissing(members[i]!, members[i + 1]!) / share),
    })),
  }

  async function membersAt(now: number): Promise<ReadonlySet<string>> {
    const { sql, params } = conditionToSql(where, { ...options, context: contextAt(now), now, shards: { from: 0, to: shards - 1 } })
    const thin = thinning === 1 ? '' : ` where cityHash64(profile) % ${thinning} = 0`
    const rows = await ask.rows<{ id: string }>({ sql: `select profile as id from (${sql})${thin}`, params }, about.signal)
    return new Set(rows.map(({ id }) => id))
  }
}

/** How many of `these` are not among `those`. */
function countMissing(these: ReadonlySet<string>, those: ReadonlySet<string>): number {
  let missing = 0
  for (const one of these) if (!those.has(one)) missing++
  return missing
}
