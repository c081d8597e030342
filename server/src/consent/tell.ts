import { channelsByIdentifier, eventNames, lanes, ownSource, type JsonObject, type Lane } from '@throughline/contracts'
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

// The oldest changes; those that another process is telling just now are left out. Their time is that at which they were found: after their
// commit, and before HOLDERS looks at what stands, so that whatever changes behind that look is told with a later time.
const TAKE = `
select id, channel, address, profile_id, (extract(epoch from clock_timestamp()) * 1000)::bigint as at
from address_changes order by id limit ${AT_ONCE} for update skip locked`

// What stands now, and who is told: whose address it is, by their identifier, or, of channels that reach the profile itself, by that; and about whom the
// change was, who may have the address without being known by it. Of an address that changed several times, the last change tells all.
const HOLDERS = `
select distinct on (a.channel, a.address, h.profile_id) a.id, a.channel, a.address, s.reason, h.profile_id, a.at
from unnest($1::bigint[], $2::text[], $3::text[], $4::uuid[], $5::bigint[]) as a (id, channel, address, profile_id, at)
left join suppressions s on s.channel = a.channel and s.address = a.address
cross join lateral (
  select i.profile_id from identifiers i where a.channel = any($6::text[]) and i.kind = 'email' and i.value = a.address
  union select i.profile_id from identifiers i where a.channel = any($7::text[]) and i.kind = 'phone' and i.value = a.address
  union select i.profile_id from identifiers i
  where i.profile_id = case when a.channel = any($8::text[]) and a.address ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then a.address::uuid end
  union select a.profile_id where a.profile_id is not null
) h
order by a.channel, a.address, h.profile_id, a.id desc`

interface Change {
  readonly [column: string]: unknown
  readonly id: number
  readonly channel: string
  readonly address: string
  readonly profile_id: string | null
  readonly at: number
}

/**
 * Tells people of addresses of theirs that are to get nothing, or do again. Told twice, when this is interrupted, an event says nothing new.
 * @returns whether there may be more to tell
 */
export async function tellHolders(pool: Pool, append: (events: AddressEvent[]) => Promise<unknown>): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const { rows: taken } = await client.query<Change>({ name: 'address-changes-take', text: TAKE })
    if (taken.length === 0) return false
    const { rows } = await client.query<Change & { readonly reason: string | null; readonly profile_id: string }>(HOLDERS, [
      taken.map(({ id }) => id),
      taken.map(({ channel }) => channel),
      taken.map(({ address }) => address),
      taken.map(({ profile_id }) => profile_id),
      taken.map(({ at }) => at),
      channelsByIdentifier.email,
      channelsByIdentifier.phone,
      channelsByIdentifier.profile,
    ])
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
