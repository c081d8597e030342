import type { Identifier } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'

/** How many rows, or lines, of each place are gone. */
export type Counts = Readonly<Record<string, number>>

/** A stream and where it stood. */
export type Barrier = readonly [shard: number, lane: number, seq: number]

export interface Forget {
  readonly id: string
  readonly profiles: readonly string[]
  readonly requested_at: number
  readonly stage: 'asked' | 'stopping' | 'taking' | 'exporting' | 'sweeping'
  readonly fence: string | null
  readonly barriers: readonly Barrier[] | null
  readonly sealed: Buffer | null
  readonly counts: Counts
}

/** What is looked for, opened. */
export interface Sought {
  readonly profiles: readonly string[]
  readonly identifiers: readonly Identifier[]
}

export async function readOpen(db: Db): Promise<Forget[]> {
  const { rows } = await db.query<Forget & { [key: string]: unknown }>(
    `select id, profiles, requested_at, stage, fence, barriers, sealed, counts from forgets where stage <> 'complete' order by requested_at, id limit 100`,
  )
  return rows
}

/** Writes how far it has come. Fails the caller's transaction when somebody else moved it on. */
export async function moveOn(
  db: Db,
  forget: Forget,
  to: Partial<Pick<Forget, 'fence' | 'barriers' | 'counts'>> & { stage: Forget['stage'] | 'complete' },
): Promise<void> {
  const { rowCount } = await db.query(
    `update forgets set stage = $3::text, fence = coalesce($4::text, fence), barriers = coalesce($5::jsonb, barriers), counts = coalesce($6::jsonb, counts), trouble = null,
       sealed = case when $3::text = 'complete' then null else sealed end,
       completed_at = case when $3::text = 'complete' then (extract(epoch from clock_timestamp()) * 1000)::bigint end
     where id = $1::uuid and stage = $2::text`,
    [
      forget.id,
      forget.stage,
      to.stage,
      to.fence ?? null,
      to.barriers ? JSON.stringify(to.barriers) : null,
      to.counts ? JSON.stringify(to.counts) : null,
    ],
  )
  if (rowCount !== 1) throw new Error(`Forgetting ${forget.id} was moved on by another worker.`)
}

export async function noteTrouble(db: Db, ids: readonly string[], trouble: string): Promise<void> {
  await db.query('update forgets set trouble = $2::text where id = any($1::uuid[]) and trouble is distinct from $2::text', [ids, trouble])
}

export function add(a: Counts, b: Counts): Counts {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]))
}
