import type { Condition } from '@throughline/contracts'
import { conditionToSql, countsToSql, type SqlOptions } from '@throughline/engine'
import type { Asker } from '../ask.ts'

/** How many of 64 shards a quick answer looks at. */
const QUICK_SHARDS = 4
const SHARDS = 64

export interface Question {
  /** The condition that is being edited, and behind it those it is compared with. */
  readonly conditions: readonly [Condition, ...Condition[]]
  readonly options: Omit<SqlOptions, 'shards'>
  /** Everybody there is. */
  readonly people: number
  /** How many people to draw. */
  readonly sample: number
  readonly quick: boolean
  readonly signal: AbortSignal
}

export interface Counts {
  /** Of each condition. */
  readonly sizes: readonly number[]
  /** In the first and in each of the others. */
  readonly both: readonly number[]
  readonly sample: readonly string[]
  readonly exact: boolean
  /** The true size of the first lies within so many of it in 19 cases of 20; 0 when exact. */
  readonly margin: number
}

/**
 * Counts by one pass over the events that some condition reads. Who has none of them is counted by what there is in all; where
 * the condition holds for such people, the sample is drawn in a second, small pass over everybody of some shards.
 */
export async function count(ask: Asker, question: Question): Promise<Counts> {
  const { conditions, options, people, signal } = question
  const share = question.quick ? QUICK_SHARDS / SHARDS : 1
  const shards = question.quick ? { shards: { from: 0, to: QUICK_SHARDS - 1 } } : {}
  const { others, ...query } = countsToSql(conditions, { ...options, ...shards, sample: question.sample })
  const [row] = await ask.rows<Record<string, number> & { sample?: string[] }>(query, signal)
  const looked = Math.round(people * share)
  const rest = Math.max(0, looked - Number(row?.seen ?? 0))
  const sizes = conditions.map((_, i) => Number(row?.[`size_${i}`] ?? 0) + (others[i] ? rest : 0))
  const both = conditions.slice(1).map((_, i) => Number(row?.[`both_${i + 1}`] ?? 0) + (others[0] && others[i + 1] ? rest : 0))
  const sample = question.sample === 0 ? [] : others[0] ? await drawFromEverybody(ask, question) : (row?.sample ?? [])
  const scale = (n: number): number => Math.round(n / share)
  return {
    sizes: sizes.map(scale),
    both: both.map(scale),
    sample,
    exact: !question.quick,
    margin: question.quick ? marginOf(sizes[0]!, looked, people) : 0,
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

/** Half the width of the interval in which a count of everybody lies in 19 cases of 20, counted among `looked` of `people` (normal approximation with finite population). */
export function marginOf(found: number, looked: number, people: number): number {
  if (looked === 0 || looked >= people) return 0
  const p = Math.min(1, Math.max(found, 1) / looked)
  return Math.ceil(1.96 * people * Math.sqrt(((p * (1 - p)) / looked) * (1 - looked / people)))
}
