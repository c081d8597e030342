import { pipeline } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import { withClient, type Pool } from '../../platform/postgres/index.ts'

/** A run of one stream, both ends included. */
export interface Range {
  readonly shard: number
  readonly lane: number
  readonly from: number
  readonly to: number
}

/** The rows of a batch as ClickHouse's TabSeparated, which is what PostgreSQL's copy writes. */
export interface CopiedRows {
  readonly chunks: readonly Buffer[]
  readonly bytes: number
  readonly rows: number
}

/**
 * Copies the rows of these ranges out of the inbox, always in the same order, without looking into them. Control entries and
 * forwarded ones are left out.
 * @param since a bound on received_at that is known to hold, so that old partitions are not looked at; 0 when nothing is
 */
export async function copyRows(pool: Pool, ranges: readonly Range[], since: number): Promise<CopiedRows> {
  const values = ranges.map((range) => `(${[range.shard, range.lane, range.from, range.to].map(whole).join(',')})`).join(',')
  const query = `copy (
    select i.shard, i.lane, i.seq, i.event_id, i.profile_id, i.type, i.name, i.occurred_at, i.received_at, i.source, i.properties, i.context
    from (values ${values}) as r (shard, lane, low, high)
    join inbox i on i.shard = r.shard::smallint and i.lane = r.lane::smallint and i.seq between r.low and r.high and i.received_at >= ${whole(since)}
    where i.type <> 'control' and not i.forwarded
    order by i.shard, i.lane, i.seq
  ) to stdout`
  return withClient(pool, async (client) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let rows = 0
    // Rows end with a line feed; one inside a value is written as \n.
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk)
        bytes += chunk.length
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows++
        done()
      },
    })
    await client.query(`set work_mem = '64MB'`)
    await client.query('set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off')
    try {
      await pipeline(client.query(copyTo(query)), sink)
    } finally {
      await client.query('reset work_mem; reset enable_hashjoin; reset enable_mergejoin; reset enable_seqscan').catch(() => undefined)
    }
    return { chunks, bytes, rows }
  })
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`Not a whole number: ${value}`)
  return String(value)
}
