import { channelKinds, enoughMessages, type AnswerRatesReport } from '@throughline/contracts'
import type { Handlers } from '../../platform/http/index.ts'
import { DAYS } from './ask.ts'
import { computeAnswerRates, type AnswerRatesDeps } from './keep.ts'
import { readLatest } from './store.ts'

/** Handlers of what everybody answers. */
export function makeAnswerRatesHandlers(deps: AnswerRatesDeps) {
  const describe = async (): Promise<AnswerRatesReport> => {
    const [{ zone, rfm }, latest] = await Promise.all([deps.settings(), readLatest(deps.pool)])
    return {
      current: latest && {
        asOf: latest.asOf,
        inForceAt: latest.inForceAt,
        channels: channelKinds.flatMap((channel) => {
          const found = latest.rates[channel]
          if (found === undefined) return []
          const { sent, answered, strength } = found
          return [{ channel, sent, answered, share: sent === 0 ? 0 : answered / sent, strength, enough: sent >= enoughMessages }]
        }),
      },
      days: DAYS,
      hour: rfm.hour,
      zone,
    }
  }
  return {
    answerRates: describe,
    async computeAnswerRates({ signal }) {
      await computeAnswerRates(deps, signal)
      return describe()
    },
  } satisfies Handlers<'answerRates' | 'computeAnswerRates'>
}
