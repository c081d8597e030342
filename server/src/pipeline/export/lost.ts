import { isHistoryMissing, type ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import { PipelineError } from '../errors.ts'

// Control entries and forwarded ones are counted by the cursors and never exported.
const EXPORTED = `
select 1 from export_cursors c join inbox i on i.shard = c.shard and i.lane = c.lane and i.seq <= c.seq
where i.type <> 'control' and not i.forwarded limit 1`

/**
 * Why ClickHouse is not the history that this database has exported to, or null: it holds no event at all, although some
 * that PostgreSQL still keeps were exported. Then the address is a wrong one, or the history was lost.
 */
export async function findHistoryLost(db: Db, clickhouse: ClickHouse): Promise<string | null> {
  if (await hasEvents(clickhouse)) return null
  if ((await db.query(EXPORTED)).rowCount === 0) return null
  return 'ClickHouse holds no events, although events were exported before. The export waits, so that nothing goes astray. If CLICKHOUSE_URL names the wrong database, mend it and start again; if the history was lost, stop the server, run `throughline restore` with the archive folder, and start it again.'
}

/**
 * @throws PipelineError `history_lost`, and what ClickHouse and PostgreSQL do when they are away
 */
export async function checkHistory(db: Db, clickhouse: ClickHouse): Promise<void> {
  const lost = await findHistoryLost(db, clickhouse)
  if (lost !== null) throw new PipelineError('history_lost', lost)
}

async function hasEvents(clickhouse: ClickHouse): Promise<boolean> {
  try {
    const result = await clickhouse.query({ query: 'select 1 from events limit 1', format: 'JSONEachRow' })
    return (await result.json()).length > 0
  } catch (error) {
    if (isHistoryMissing(error)) return false
    throw error
  }
}

// Each cursor goes back to before the first entry that PostgreSQL keeps of its stream; what stands before it is in archives.
const REWIND = `
with begun as (delete from export_batches)
update export_cursors c set seq = least(c.seq, coalesce(
  (select i.seq - 1 from inbox i where i.shard = c.shard and i.lane = c.lane order by i.seq limit 1), c.seq))`

/** Lets the export begin again with all that PostgreSQL still keeps. Nothing may be on its way to ClickHouse. */
export async function rewindExport(db: Db): Promise<void> {
  await db.query(REWIND)
}
