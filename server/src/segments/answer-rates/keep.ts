import type { Settings } from '@throughline/contracts'
import { withTransaction, type Pool, type PoolClient } from '../../platform/postgres/index.ts'
import type { Asker } from '../ask.ts'
import { lastHour } from '../rfm/index.ts'
import { readUpTo } from '../up-to.ts'
import { askAnswerRates } from './ask.ts'
import { readLatest, storeRates, type Version } from './store.ts'

export interface AnswerRatesDeps {
  readonly pool: Pool
  readonly ask: Asker
  readonly settings: () => Promise<Settings>
  /** Tells every shard, within the transaction, that figures of everybody are new by which nobody has to be decided anew; answers the epoch. */
  readonly announce: (client: PoolClient) => Promise<number>
}

/** While so few messages count it is computed each hour, and not each day. */
const FEW_MESSAGES = 1_000
const HOUR_MS = 3_600_000
/** How long nobody is asked again while nothing was sent, ms. */
const EMPTY_MS = 60_000

/**
 * Computes what everybody answers, by all that history has by now, stores it and puts it in force; null when nothing was sent. When
 * somebody else did the same meanwhile, theirs is answered.
 */
export async function computeAnswerRates({ pool, ask, announce }: AnswerRatesDeps, signal?: AbortSignal): Promise<Version | null> {
  const [before, asOf] = await Promise.all([readLatest(pool), readUpTo(pool)])
  const rates = await askAnswerRates(ask, asOf, signal)
  // Figures that were there go when all is long ago; where there never were any there is nothing to say.
  if (before === null && Object.keys(rates).length === 0) return null
  return withTransaction(pool, async (client) => {
    // One publication at a time, whatever is published.
    const { rows } = await client.query<{ epoch: number; now: number; asked: boolean }>(
      `select definitions_epoch as epoch, (extract(epoch from clock_timestamp()) * 1000)::bigint as now,
         exists (select 1 from definitions where kind = 'journey' and body @? '$.steps.*.learned') as asked
       from workspace where id = 1 for update`,
    )
    const standing = await readLatest(client)
    if (standing !== null && standing.version !== before?.version) return standing
    const { epoch: present, now: inForceAt, asked } = rows[0]!
    // Where no journey asks, no shard has to hear of it: whatever is published next brings it along.
    await storeRates(client, { asOf, inForceAt, rates, epoch: asked ? await announce(client) : present })
    return readLatest(client)
  })
}

/** Keeps it up to date. Each call looks whether it is time and answers whether there may be more to do. */
export function makeAnswerRatesKeeper(deps: AnswerRatesDeps): (signal?: AbortSignal) => Promise<boolean> {
  let emptyUntil = 0
  return async (signal) => {
    if (performance.now() < emptyUntil) return false
    const [latest, settings, upTo] = await Promise.all([readLatest(deps.pool), deps.settings(), readUpTo(deps.pool)])
    if (latest !== null && !isDue(latest, settings, upTo)) return false
    if ((await computeAnswerRates(deps, signal)) === null) emptyUntil = performance.now() + EMPTY_MS
    return false
  }
}

/** Once a day at the hour at which everything is computed, and each hour while there is little to go by. */
function isDue({ asOf, rates }: Version, settings: Settings, upTo: number): boolean {
  const messages = Object.values(rates).reduce((sum, { sent }) => sum + sent, 0)
  return asOf < lastHour(upTo, settings) || (messages < FEW_MESSAGES && asOf <= upTo - HOUR_MS)
}
