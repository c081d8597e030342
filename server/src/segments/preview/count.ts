import type { Condition } from '@throughline/contracts'
import { conditionToSql, countsToSql, type SqlOptions } from '@throughline/engine'
import type { Asker } from '../ask.ts'
import { marginOf } from './margin.ts'
import { everybody, SHARDS, shareOf, type Shards } from './shards.ts'

export interface Question {
  /** The condition that is being edited, and behind it those it is compared with. */
  readonly conditions: readonly [Condition, ...Condition[]]
  readonly options: Omit<SqlOptions, 'shards'>
  /** Everybody there is. */
  readonly people: number
  /** How many people to draw. */
  readonly sample: number
  readonly signal: AbortSignal
}

/** What was found among the people of some shards. */
export interface Found {
  readonly shards: Shards
  /** Of each condition. */
  readonly sizes: readonly number[]
  /** In the first and in each of the others. */
  readonly both: readonly number[]
  readonly sample: readonly string[]
}

export interface Counts {
  readonly sizes: readonly number[]
  readonly both: readonly number[]
  readonly exact: boolean
  /** The true size of the first, and the true overlaps, lie within so many of them in 19 cases of 20; 0 when exact. */
  readonly margin: number
  readonly margins: readonly number[]
}

/**
 * Counts by one pass over the events that some condition reads. Who has none of them is counted by what there is in all; where
 * the condition holds for such people, the sample is drawn in a second, small pass over everybody of some shards.
 */
export async function countAmong(ask: Asker, question: Question, shards: Shards = everybody): Promise<Found> {
  const { conditions, options, people, signal } = question
  const bounds = shareOf(shards) < 1 ? { shards } : {}
  const { others, ...query } = countsToSql(conditions, { ...options, ...bounds, sample: question.sample })
  const [row] = await ask.rows<Record<string, number> & { sample?: string[] }>(query, signal)
  const rest = Math.max(0, Math.round(people * shareOf(shards)) - Number(row?.seen ?? 0))
  return {
    shards,
    sizes: conditions.map((_, i) => Number(row?.[`size_${i}`] ?? 0) + (others[i] ? rest : 0)),
    both: conditions.slice(1).map((_, i) => Number(row?.[`both_${i + 1}`] ?? 0) + (others[0] && others[i + 1] ? rest : 0)),
    sample: question.sample === 0 ? [] : others[0] ? await drawFromEverybody(ask, question) : (row?.sample ?? []),
  }
}

/** What that says of everybody. */
export function scaleUp(found: readonly Found[], people: number): Counts {
  const share = found.reduce((sum, { shards }) => sum + shareOf(shards), 0)
  const looked = Math.round(people * share)
  const add = (of: (one: Found) => readonly number[]): readonly number[] =>
    of(found[0]!).map((_, i) => found.reduce((sum, one) => sum + of(one)[i]!, 0))
  const [sizes, both] = [add((one) => one.sizes), add((one) => one.both)]
  const scale = (n: number): number => Math.round(n / share)
  return {
    sizes: sizes.map(scale),
    both: both.map(scale),
    exact: share === 1,
    margin: marginOf(sizes[0]!, looked, people),
    margins: both.map((n) => marginOf(n, looked, people)),
  }
}

/** Draws from the people of one shard, who are as good as any, and from all where there are too few. */
async function drawFromEverybody(ask: Asker, { conditions, options, people, sample, signal }: Question): Promise<string[]> {
  const draw = async (to: number): Promise<string[]> => {
    const { sql, params } = conditionToSql(conditions[0], { ...options, shards: { from: 0, to } })
    const rows = await ask.rows<{ profile: string }>(
      { sql: `select profile from (${sql}) order by cityHash64(profile) limit ${sample}`, params },
      signal,
    )
    return rows.map(({ profile }) => profile)
  }
  const few = people < sample * SHARDS ? [] : await draw(0)
  return few.length < sample ? draw(SHARDS - 1) : few
}
