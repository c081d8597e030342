import type { RouteResponse, SegmentDefinition } from '@throughline/contracts'
import { describeCondition, usesOfSegment } from '@throughline/engine'
import { shardCount } from '@throughline/contracts'
import type { Db } from '../platform/postgres/index.ts'
import { isSegment, loadDefinitions } from './definitions.ts'
import { unknownSegment } from './errors.ts'

interface VersionRow {
  [key: string]: unknown
  readonly version: number
  readonly epoch: number
  readonly body: SegmentDefinition
  readonly published_at: number
  readonly published_by: string
}

/** One segment with its versions, its size, how far it is filled, and what uses it. Throws `segment_unknown`. */
export async function readSegment(db: Db, id: string): Promise<RouteResponse<'segment'>> {
  const { rows: versions } = await db.query<VersionRow>(
    `select version, epoch, body, published_at, published_by from definitions where kind = 'segment' and id = $1::text order by version desc`,
    [id],
  )
  const newest = versions[0]
  if (newest === undefined) throw unknownSegment(id)
  const [size, fill, definitions] = await Promise.all([readSize(db, id), readFill(db, newest.epoch), loadDefinitions(db)])
  const { body, version } = newest
  return {
    id,
    name: body.name,
    version,
    publishedAt: Math.floor(newest.published_at),
    size,
    filling: fill !== null,
    fill,
    definition: body,
    sentence: describeCondition(body.where),
    archived: body.archived === true,
    usedIn: usesOfSegment(id, definitions).map((one) => ({ kind: one.kind, id: one.id, name: one.name })),
    versions: versions.map((one) => ({
      version: one.version,
      publishedAt: Math.floor(one.published_at),
      publishedBy: one.published_by,
      sentence: describeCondition(one.body.where),
    })),
  }
}

/** Throws `segment_unknown` when there is none of this id. */
export async function requireSegment(db: Db, id: string): Promise<SegmentDefinition> {
  const found = (await loadDefinitions(db)).filter(isSegment).find((one) => one.id === id)
  if (found === undefined) throw unknownSegment(id)
  return found
}

async function readSize(db: Db, id: string): Promise<number> {
  const { rows } = await db.query<{ n: number | null }>('select sum(n)::bigint as n from segment_counts where segment_id = $1::text', [id])
  return Math.max(0, rows[0]?.n ?? 0)
}

/** How far the history that a publication brought has been read: null when all of it has. */
async function readFill(db: Db, epoch: number): Promise<RouteResponse<'segment'>['fill']> {
  const { rows } = await db.query<{ open: number }>(
    `select (select count(distinct shard) from leaf_fills where epoch = $1::bigint and status <> 'done')
       + (select count(*) from shards where definitions_epoch < $1::bigint) as open`,
    [epoch],
  )
  const { open } = rows[0]!
  if (open === 0) return null
  const shardsDone = shardCount - Math.min(shardCount, open)
  return { share: shardsDone / shardCount, shards: shardCount, shardsDone }
}
