import type { Ranks } from '@throughline/engine'
import type { Db } from '../platform/postgres/index.ts'
import { readAnswerRates } from './answer-rates/index.ts'
import { readRfm } from './rfm/index.ts'

/** What depends on everybody, as it is in force at an epoch of the definitions, or now; `null` before anything was computed. */
export async function readRanks(db: Db, epoch: number = Number.MAX_SAFE_INTEGER): Promise<Ranks | null> {
  const [ranks, answers] = [await readRfm(db, epoch), await readAnswerRates(db, epoch)]
  return answers === null ? ranks : { ...(ranks ?? { epoch: 0, rankedAt: null }), answers }
}
