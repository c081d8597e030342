import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import type { RouteResponse } from '@throughline/contracts'
import { binary, withTransaction, type Pool } from '../platform/postgres/index.ts'
import { longestCode } from './codes-of-order.ts'
import { countCodes } from './counts.ts'
import { CouponError } from './errors.ts'
import { hashOf, type Sealing } from './seal.ts'

/** Lines that are written at once. */
const BATCH = 1_000
/** The longest line, in characters; a quote that is never closed would otherwise take the rest of the file into memory. */
const MOST_CHARACTERS = 10_000
/** Refused lines that are named. */
const MOST_NAMED = 100
/** Names of the column that holds the codes, where the first line names columns. */
const HEADING = /^(?:(?:coupon|discount|voucher|promo(?:tion)?)[ _-]?)?codes?$|^(?:coupon|voucher|gutschein(?:code)?)s?$/i

// On a conflict the code stands in the pool already, or further up: a row that comes back is new.
const INSERT = `
insert into coupon_codes (pool_id, hash, code) select $1::text, k.hash, k.code from unnest($2::bytea[], $3::bytea[]) as k (hash, code)
on conflict (hash, pool_id) do nothing returning hash`

// The same code, sealed anew, is as good as one that was put aside.
const FOUND = 'delete from coupon_codes_aside where pool_id = $1::text and hash = any($2::bytea[])'

// Two who add the same codes in another order would wait for each other.
const LOCK = `select pg_advisory_xact_lock(hashtextextended('coupon-pool ' || $1::text, 0))`

interface Line {
  readonly line: number
  readonly code: string
}

/**
 * Adds the codes of a text, one on each line or in a column of a CSV, which is read as it comes: no more than a batch of it is held. What was
 * added stays when the text breaks off; sent again, it is refused line by line.
 * @throws CouponError `codes_unreadable`
 */
export async function addCodes(
  db: Pool,
  secrets: Pick<Sealing, 'encrypt' | 'hmac'>,
  pool: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<RouteResponse<'addCodes'>> {
  const problems: { line: number; reason: string }[] = []
  let added = 0
  let refused = 0
  const refuse = (line: number, reason: string): void => {
    refused++
    if (problems.length < MOST_NAMED) problems.push({ line, reason })
  }
  const write = async (lines: readonly Line[]): Promise<void> => {
    const byHash = new Map<string, Line & { readonly hash: Buffer }>()
    for (const one of lines) {
      const hash = hashOf(secrets, one.code)
      const key = hash.toString('base64')
      const first = byHash.get(key)
      if (first === undefined) byHash.set(key, { ...one, hash })
      else refuse(one.line, `The same code stands on line ${first.line}.`)
    }
    const fresh = [...byHash.values()]
    const values = [
      pool,
      binary.byteaArray(fresh.map(({ hash }) => hash)),
      binary.byteaArray(fresh.map(({ code }) => secrets.encrypt(code))),
    ]
    const { rows } = await withTransaction(db, async (client) => {
      await client.query(LOCK, [pool])
      const written = await client.query<{ hash: Buffer }>(INSERT, values)
      const { rowCount } = await client.query(FOUND, [pool, binary.byteaArray(written.rows.map(({ hash }) => hash))])
      await countCodes(client, [{ pool, free: written.rows.length, unreadable: -(rowCount ?? 0) }])
      return written
    })
    added += rows.length
    const taken = new Set(rows.map(({ hash }) => hash.toString('base64')))
    for (const { line, hash } of fresh) if (!taken.has(hash.toString('base64'))) refuse(line, 'The pool has this code already.')
  }
  let batch: Line[] = []
  for await (const one of readLines(bytes)) {
    const wrong = problemOf(one.code)
    if (wrong !== null) refuse(one.line, wrong)
    else batch.push(one)
    if (batch.length < BATCH) continue
    await write(batch)
    batch = []
  }
  if (batch.length > 0) await write(batch)
  return { added, refused, problems: problems.sort((a, b) => a.line - b.line) }
}

function problemOf(code: string): string | null {
  if (code === '') return 'There is no code on it.'
  if (code.length > longestCode) return `A code has at most ${longestCode} characters.`
  return /[\s\p{C}]/u.test(code) ? 'A code has no blanks and no control characters.' : null
}

async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const records = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    info: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_CHARACTERS,
    trim: true,
  })
  const text = Readable.from(bytes)
  text.on('error', (error) => records.destroy(error))
  text.pipe(records)
  let column: number | null = null
  try {
    for await (const { record, info } of records as AsyncIterable<{ record: readonly string[]; info: { lines: number } }>) {
      if (column === null) {
        const named = record.findIndex((cell) => HEADING.test(cell))
        column = Math.max(0, named)
        if (named >= 0) continue
      }
      yield { line: info.lines, code: record[column] ?? '' }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('CSV_'))) throw error
    throw new CouponError(
      'bad-input',
      'codes_unreadable',
      `The codes cannot be read to the end: ${error.message}. Those above are added.`,
      {
        field: 'body',
        allowed: 'a text with one code on each line, or a CSV with a column "code"',
        cause: error,
      },
    )
  } finally {
    text.destroy()
    records.destroy()
  }
}
