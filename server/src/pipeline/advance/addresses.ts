import type { EventType, JsonObject } from '@throughline/contracts'
import { traitsSaidBy } from '@throughline/engine'
import { addressKey, findSuppressed } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { InboxRow } from '../read.ts'

/**
 * Why the e-mail addresses that these entries tell are to get nothing, by `email:address`, an empty text for those that are free: so
 * that this is known from the event on that tells them. A batch in which nobody says an address costs nothing.
 */
export async function readSuppressions(db: Db, rows: readonly InboxRow[]): Promise<ReadonlyMap<string, string>> {
  const addresses = new Set(rows.flatMap(addressSaidBy).map((address) => addressKey('email', address)))
  const wanted = [...addresses].map((address) => ({ channel: 'email', address }))
  const found = await findSuppressed(db, wanted)
  return new Map(wanted.map(({ address }) => [`email:${address}`, found.get(`email ${address}`) ?? '']))
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
