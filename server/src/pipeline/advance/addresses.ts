import type { ChannelKind, EventType, JsonObject } from '@throughline/contracts'
import { addressFor, channelsReachedBy, traitsSaidBy, type Trait } from '@throughline/engine'
import { addressKey, findSuppressed } from '../../consent/index.ts'
import type { Db } from '../../platform/postgres/index.ts'
import type { InboxRow } from '../read.ts'

/** A trait by which some channel reaches people, as JSON text holds its name; the parts of an address come in one or by their dotted names. */
const SAYS_ADDRESS = /"(?:email|phone|web_push_token|app_push_token|address|address\.\w+)"/

/**
 * Why the addresses that these entries tell are to get nothing, by `channel:address`, an empty text for those that are free: so
 * that this is known from the event on that tells them. A batch in which nobody says an address costs nothing.
 */
export async function readSuppressions(db: Db, rows: readonly InboxRow[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, { readonly channel: ChannelKind; readonly address: string }>()
  for (const row of rows)
    for (const [channel, said] of addressesSaidBy(row)) {
      const address = addressKey(channel, said)
      wanted.set(`${channel}:${address}`, { channel, address })
    }
  const found = await findSuppressed(db, [...wanted.values()])
  return new Map([...wanted].map(([key, { channel, address }]) => [key, found.get(`${channel} ${address}`) ?? '']))
}

function addressesSaidBy({ type, properties, context }: InboxRow): (readonly [ChannelKind, string])[] {
  const isSaid = type === 'identify' ? SAYS_ADDRESS.test(properties) : context.includes('"traits"') && SAYS_ADDRESS.test(context)
  if (!isSaid) return []
  const said = traitsSaidBy({
    type: type as EventType,
    properties: type === 'identify' ? (JSON.parse(properties) as JsonObject) : {},
    context: type === 'identify' ? {} : (JSON.parse(context) as JsonObject),
  })
  const traits: Record<string, Trait> = {}
  for (const [name, value] of Object.entries(said ?? {})) traits[name] = [value, 0]
  return channelsReachedBy(Object.keys(traits)).flatMap((channel) => {
    const address = addressFor(channel, { traits })
    return address === null ? [] : [[channel, address] as const]
  })
}
