import type { Db } from '../../platform/postgres/index.ts'

export const DAY_MS = 86_400_000
const AHEAD = 3
/** A day begins empty, and its rows are reached by key: statistics are made as often as it has doubled, not with each twentieth more. */
const RARE_STATISTICS = 'with (autovacuum_analyze_scale_factor = 1)'

/** Days since 1970 in UTC. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}

/** `2026-11-22` */
export function nameDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

interface Partition {
  readonly name: string
  readonly day: number
}

/** Partitions by day that stand. */
export async function readPartitions(db: Db, table: 'inbox' | 'seen'): Promise<Partition[]> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by 1`,
    [table],
  )
  return rows.flatMap(({ name }) => {
    const day = /_(\d{4})(\d\d)(\d\d)$/.exec(name)
    return day ? [{ name, day: dayOf(Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]))) }] : []
  })
}

/**
 * Makes the partitions of yesterday, today and the next days that are missing. A day of which the default partition has rows
 * already cannot get one; it stays there.
 * @returns the names of those made
 */
export async function makePartitions(db: Db, table: 'inbox' | 'seen', today: number): Promise<string[]> {
  const standing = new Set((await readPartitions(db, table)).map((partition) => partition.day))
  const made: string[] = []
  for (let day = today - 1; day <= today + AHEAD; day++) {
    if (standing.has(day)) continue
    const name = `${table}_${nameDay(day).replaceAll('-', '')}`
    const [from, to] = table === 'inbox' ? [day * DAY_MS, (day + 1) * DAY_MS] : [day, day + 1]
    try {
      await db.query(`create table ${name} partition of ${table} for values from (${from}) to (${to}) ${RARE_STATISTICS}`)
      made.push(name)
    } catch (error) {
      // 23514: the default partition has rows of that day. 42P07: another worker was faster.
      if (!(error instanceof Error && 'code' in error && (error.code === '23514' || error.code === '42P07'))) throw error
    }
  }
  return made
}
