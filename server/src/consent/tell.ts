import { eventNames, lanes, ownSource, type JsonObject, type Lane } from '@throughline/contracts'
import { withTransaction, type Pool } from '../platform/postgres/index.ts'

/** The event by which a person learns what stands about an address of theirs, as `ingest` accepts it. */
export interface AddressEvent {
  readonly source: typeof ownSource
  readonly messageId: string
  readonly type: 'track'
  readonly name: string
  readonly timestamp: number
  readonly dedupeAt: number
  readonly properties: JsonObject
  readonly context: JsonObject
  readonly lane: Lane
  readonly triggers: boolean
  readonly who: { readonly profileId: string }
}

const AT_ONCE = 500

// The oldest changes; those that another process is telling just now are left out.
const TAKE = `select id, channel, address from address_changes order by id limit ${AT_ONCE} for update skip locked`

// What stands now, and whose address it is: by their identifier, or, of the notification inbox, by their profile. Read behind the changes:
// whatever else is said of an address after this is a change of its own, told later and with a later time.
const HOLDERS = `
select a.id, a.channel, a.address, s.reason, h.profile_id, (extract(epoch from clock_timestamp()) * 1000)::bigint as at
from unnest($1::bigint[], $2::text[], $3::text[]) as a (id, channel, address)
left join suppressions s on s.channel = a.channel and s.address = a.address
cross join lateral (
  select i.profile_id from identifiers i where a.channel = 'email' and i.kind = 'email' and i.value = a.address
  union select i.profile_id from identifiers i
  where i.profile_id = case when a.channel = 'inbox' and a.address ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then a.address::uuid end
) h`

/**
 * Tells people of addresses of theirs that are to get nothing, or do again, in the order in which that changed. Told twice, when this is interrupted,
 * an event says nothing new.
 * @returns whether there may be more to tell
 */
export async function tellHolders(pool: Pool, append: (events: AddressEvent[]) => Promise<unknown>): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rows: taken } = await client.query<{ id: number; channel: string; address: string }>(TAKE)
    if (taken.length === 0) return false
    // Of an address that changed several times, the last change tells all.
    const latest = [...new Map(taken.map((row) => [`${row.channel} ${row.address}`, row])).values()]
    const { rows } = await client.query<{
      id: number
      channel: string
      address: string
      reason: string | null
      profile_id: string
      at: number
    }>(HOLDERS, [latest.map(({ id }) => id), latest.map(({ channel }) => channel), latest.map(({ address }) => address)])
    // So many at once are an import's: they go beside live events, not before them.
    const lane = taken.length === AT_ONCE ? lanes.bulk : lanes.live
    const events = rows.map(({ id, channel, address, reason, profile_id, at }): AddressEvent => ({
      source: ownSource,
      messageId: `address:${id}:${profile_id}`,
      type: 'track',
      name: reason === null ? eventNames.addressReleased : eventNames.addressSuppressed,
      timestamp: at,
      dedupeAt: at,
      properties: { channel, address, ...(reason !== null && { reason }) },
      context: {},
      lane,
      triggers: true,
      who: { profileId: profile_id },
    }))
    if (events.length > 0) await append(events)
    await client.query('delete from address_changes where id = any($1::bigint[])', [taken.map(({ id }) => id)])
    return taken.length === AT_ONCE
  })
}
