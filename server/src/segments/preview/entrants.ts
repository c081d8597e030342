import type { Condition, SegmentPreview } from '@throughline/contracts'
import { changesToSql, conditionToSql, type Instant, type SqlOptions } from '@throughline/engine'
import type { Asker } from '../ask.ts'
import { nameOfDay } from '../days.ts'
import { marginOfRate } from './margin.ts'
import { askInTurns, shareOf, type Shards } from './shards.ts'

type Entrants = NonNullable<SegmentPreview['entrants']>

/** Days that are looked back. */
export const ENTRANT_DAYS = 28

export interface EntrantsQuestion {
  readonly where: Condition
  readonly options: Omit<SqlOptions, 'shards'> & Required<Pick<SqlOptions, 'context'>>
  /** What conditions depended on at an instant. */
  readonly contextAt: (now: number) => Instant['context']
  readonly people: number
  readonly signal: AbortSignal
}

/**
 * Who would have entered and left on each of the last 28 days: people are asked at every midnight, and at the end at `now`. Who enters and
 * leaves within a day is not seen.
 * @param shards whose people are asked; left out: everybody, as far as the time goes
 */
export async function entrantsAmong(ask: Asker, question: EntrantsQuestion, shards?: Shards): Promise<Entrants> {
  const { options, contextAt } = question
  const { calendar } = options.context
  const today = calendar.dayOf(options.now)
  const first = today - ENTRANT_DAYS + 1
  const instants = [...Array.from({ length: ENTRANT_DAYS }, (_, i) => calendar.startOf(first + i) - 1), options.now].map(
    (now): Instant => ({ now, context: contextAt(now) }),
  )
  const [entered, left] = [new Array<number>(ENTRANT_DAYS).fill(0), new Array<number>(ENTRANT_DAYS).fill(0)]
  let share = 0
  const askSome = async (some: Shards): Promise<void> => {
    const found = await changesAmong(ask, question, instants, some)
    for (const [i, n] of found.entered.entries()) entered[i]! += n
    for (const [i, n] of found.left.entries()) left[i]! += n
    share += shareOf(some)
  }
  await (shards === undefined ? askInTurns(question.people, askSome) : askSome(shards))
  // Today is not over.
  const past = (days: readonly number[]): number => days.slice(0, -1).reduce((sum, n) => sum + n, 0)
  const perDay = (found: number): number => Math.ceil(marginOfRate(found, share) / (ENTRANT_DAYS - 1))
  return {
    share,
    margin: { entered: perDay(past(entered)), left: perDay(past(left)) },
    days: entered.map((n, i) => ({
      day: nameOfDay(first + i),
      entered: Math.round(n / share),
      left: Math.round(left[i]! / share),
    })),
  }
}

async function changesAmong(
  ask: Asker,
  { where, options, signal }: EntrantsQuestion,
  instants: readonly Instant[],
  shards: Shards,
): Promise<{ entered: readonly number[]; left: readonly number[] }> {
  const query = changesToSql(where, instants, { ...options, shards })
  if (query !== null) {
    const [found] = await ask.rows<{ entered: number[]; left: number[] }>(query, signal)
    return found ?? { entered: [], left: [] }
  }
  const entered: number[] = []
  const left: number[] = []
  let before: ReadonlySet<string> | undefined
  for (const instant of instants) {
    const rows = await ask.rows<{ profile: string }>(conditionToSql(where, { ...options, ...instant, shards }), signal)
    const members = new Set(rows.map(({ profile }) => profile))
    if (before !== undefined) {
      entered.push(countMissing(members, before))
      left.push(countMissing(before, members))
    }
    before = members
  }
  return { entered, left }
}

/** How many of `these` are not among `those`. */
function countMissing(these: ReadonlySet<string>, those: ReadonlySet<string>): number {
  let missing = 0
  for (const one of these) if (!those.has(one)) missing++
  return missing
}
