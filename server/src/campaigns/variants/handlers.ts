import type { Settings } from '@throughline/contracts'
import type { Handlers } from '../../platform/http/index.ts'
import type { Db, Pool } from '../../platform/postgres/index.ts'
import type { AskHistory } from '../earnings.ts'
import { unknownCampaign, unknownSend } from '../errors.ts'
import { loadSends, type Send } from '../store.ts'
import { chooseVariant } from './choose.ts'
import { readGroups } from './counts.ts'
import { readWeights } from './learn.ts'
import { reportGroups } from './report.ts'
import { readTests, readVersion } from './standing.ts'

export interface VariantDeps {
  readonly pool: Pool
  readonly settings: () => Promise<Settings>
  /** A question to history. */
  readonly ask: AskHistory
}

/** Handlers of what the variants of sends come to, and of choosing between them by hand. */
export function makeVariantHandlers({ pool, settings, ask }: VariantDeps) {
  return {
    async sendResults({ params, signal }) {
      const send = await findSend(pool, params.id, params.number)
      const definition = await readVersion(pool, send)
      if (definition === undefined) throw unknownCampaign(params.id)
      const { currency } = await settings()
      return reportGroups(
        send,
        definition,
        await readGroups(pool, ask, send, definition, currency, signal),
        currency,
        await readWeights(pool, send, definition),
      )
    },
    async chooseVariant({ params, body, auth, audit }) {
      const asked = { campaign: params.id, number: params.number, variant: body.variant, by: auth.name }
      await chooseVariant(pool, asked, async (client) => {
        audit.note({ subject: `${params.id}#${params.number}`, after: { variant: body.variant } })
        await audit.commit(client)
      })
      const send = await findSend(pool, params.id, params.number)
      return { test: (await readTests(pool, [send])).get(send.id)! }
    },
  } satisfies Handlers<'sendResults' | 'chooseVariant'>
}

async function findSend(db: Db, campaign: string, number: number): Promise<Send> {
  const send = (await loadSends(db, campaign)).find((one) => one.number === number)
  if (send === undefined) throw unknownSend(campaign, number)
  return send
}
