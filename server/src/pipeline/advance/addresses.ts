import type { EventType, JsonObject } from '@throughline/contracts'
import { traitsSaidBy } from '@throughline/engine'
import { findSuppressed } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { InboxRow } from '../read.ts'

/**
 * Of the e-mail addresses that these entries tell, those that are to get nothing, by `email:address` with the reason: so that an address
 * is known as such from the event on that tells it. A batch in which nobody says an address costs nothing.
 */
export async function readSuppressions(db: Db, rows: readonly InboxRow[]): Promise<ReadonlyMap<string, string>> {
  const addresses = new Set(rows.flatMap(addressSaidBy))
  const wanted = [...addresses].map((address) => ({ channel: 'email', address }))
  const found = await findSuppressed(db, wanted)
  return new Map([...found].map(([key, reason]) => [key.replace(' ', ':'), reason]))
}

function addressSaidBy({ type, properties, context }: InboxRow): string[] {
  const isSaid = type === 'identify' ? properties.includes('"email"') : context.includes('"traits"') && context.includes('"email"')
  if (!isSaid) return []
  const said = traitsSaidBy({
    type: type as EventType,
    properties: type === 'identify' ? (JSON.parse(properties) as JsonObject) : {},
    context: type === 'identify' ? {} : (JSON.parse(context) as JsonObject),
  })
  return typeof said?.email === 'string' ? [said.email] : []
}
