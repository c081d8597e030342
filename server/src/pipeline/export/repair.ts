import type { ClickHouse } from '../../platform/clickhouse/index.ts'
import type { Logger } from '../../platform/log/index.ts'
import type { CopiedRows, Range } from './rows.ts'

/**
 * Looks whether an interrupted batch is there as a whole once it was sent again, and inserts what is missing. ClickHouse
 * writes down that it has seen a token before the rows are safe, so that a crash of its own in between makes it take the
 * second try for a repetition of rows which it does not have.
 */
export async function repairBatch(
  client: ClickHouse,
  ranges: readonly Range[],
  copied: CopiedRows,
  insert: (rows: CopiedRows) => Promise<void>,
  log: Logger,
): Promise<void> {
  const where = ranges
    .map((range) => `(shard = ${range.shard} and lane = ${range.lane} and seq between ${range.from} and ${range.to})`)
    .join(' or ')
  const result = await client.query({
    query: `select distinct shard, lane, toString(seq) as n from events where ${where}`,
    format: 'JSONEachRow',
  })
  const found = new Set(
    (await result.json<{ shard: number; lane: number; n: string }>()).map((row) => `${row.shard}\t${row.lane}\t${row.n}\t`),
  )
  // Not by their number: of somebody who was forgotten meanwhile, ClickHouse may have rows that the inbox has not.
  const lines = Buffer.concat(copied.chunks).toString('utf8').split('\n').slice(0, -1)
  const missing = lines.filter((line) => !found.has(/^\d+\t\d+\t\d+\t/.exec(line)?.[0] ?? ''))
  if (missing.length === 0) return
  log.warn({ rows: copied.rows, missing: missing.length }, 'ClickHouse had lost rows of an interrupted insert; inserting them again')
  const bytes = Buffer.from(missing.join('\n') + '\n')
  await insert({ chunks: [bytes], bytes: bytes.length, rows: missing.length })
}
