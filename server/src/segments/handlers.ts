import type { SegmentDefinition } from '@throughline/contracts'
import { describeCondition } from '@throughline/engine'
import type { ClickHouse } from '../platform/clickhouse/index.ts'
import type { Handlers } from '../platform/http/index.ts'
import type { Pool } from '../platform/postgres/index.ts'
import { makeAsker } from './ask.ts'
import { makePreview, type PreviewDeps } from './preview/preview.ts'

export interface SegmentDeps extends Omit<PreviewDeps, 'ask'> {
  readonly clickhouse: ClickHouse
}

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly body: SegmentDefinition
  readonly published_at: number
  readonly size: number | null
  readonly epoch: number
}

/** Handlers of segments. */
export function makeSegmentHandlers(deps: SegmentDeps) {
  const { pool } = deps
  const preview = makePreview({ ...deps, ask: makeAsker(deps.clickhouse) })
  return {
    async segments() {
      const [{ rows }, filling] = await Promise.all([
        // A row per shard and segment, however many people are in it.
        pool.query<Row>(
          `select d.version, d.epoch, d.body, d.published_at, c.size
           from (select distinct on (id) id, version, epoch, body, published_at from definitions where kind = 'segment' order by id, version desc) d
           left join (select segment_id, sum(n)::bigint as size from segment_counts group by segment_id) c on c.segment_id = d.id
           order by d.body ->> 'name', d.id`,
        ),
        fillingEpochs(pool),
      ])
      return {
        items: rows.map(({ body, version, epoch, published_at, size }) => ({
          id: body.id,
          name: body.name,
          version,
          publishedAt: Math.floor(published_at),
          size: Math.max(0, size ?? 0),
          filling: filling.has(epoch),
          definition: body,
          sentence: describeCondition(body.where),
        })),
      }
    },
    previewSegment: ({ body, signal }) => preview(body, signal),
  } satisfies Handlers<'segments' | 'previewSegment'>
}

/** Publications of which a leaf is still being computed from history in some shard, or which some shard has not come to yet. */
async function fillingEpochs(pool: Pool): Promise<Set<number>> {
  const { rows } = await pool.query<{ epoch: number }>(
    `select distinct epoch from leaf_fills where status <> 'done'
     union select distinct d.epoch from definitions d where d.epoch > (select min(definitions_epoch) from shards)`,
  )
  return new Set(rows.map(({ epoch }) => epoch))
}
