import { answerRatesSchema, type AnswerRates } from '@throughline/contracts'
import type { Db } from '../../platform/postgres/index.ts'

/** One computation, as it is stored. Times in epoch ms. */
export interface Version {
  readonly version: number
  readonly asOf: number
  readonly inForceAt: number
  readonly rates: AnswerRates
}

/** A shard that lags by more than so many ms stands still; what was in force before is asked for by nobody. */
const KEPT_MS = 90 * 86_400_000

interface Row {
  [key: string]: unknown
  readonly version: number
  readonly as_of: number
  readonly in_force_at: number
  readonly channels: unknown
}

/** What is in force at an epoch of the definitions; `null` before the first computation. */
export async function readAnswerRates(db: Db, epoch: number): Promise<AnswerRates | null> {
  const { rows } = await db.query<Row>({
    name: 'answer-rates',
    text: 'select channels from answer_rates where epoch <= $1::bigint order by epoch desc, version desc limit 1',
    values: [epoch],
  })
  return rows[0] === undefined ? null : answerRatesSchema.parse(rows[0].channels)
}

/** The latest computation. */
export async function readLatest(db: Db): Promise<Version | null> {
  const { rows } = await db.query<Row>({
    name: 'answer-rates-latest',
    text: 'select version, as_of, in_force_at, channels from answer_rates order by version desc limit 1',
  })
  const [row] = rows
  return row === undefined
    ? null
    : { version: row.version, asOf: row.as_of, inForceAt: row.in_force_at, rates: answerRatesSchema.parse(row.channels) }
}

/** Stores a computation, in force from this epoch on. */
export async function storeRates(
  db: Db,
  { asOf, inForceAt, epoch, rates }: Omit<Version, 'version'> & { readonly epoch: number },
): Promise<void> {
  await db.query('insert into answer_rates (as_of, in_force_at, epoch, channels) values ($1::bigint, $2::bigint, $3::bigint, $4::jsonb)', [
    asOf,
    inForceAt,
    epoch,
    JSON.stringify(rates),
  ])
  await db.query('delete from answer_rates where in_force_at < $1::bigint', [inForceAt - KEPT_MS])
}
