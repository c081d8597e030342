import type { consentChannels } from '@throughline/contracts'
import { binary, type Db, type Statement } from '../platform/postgres/index.ts'
import { addressKey } from './address.ts'

/** One thing that one person said, as the event `Consent Changed` carries it. */
export interface ConsentChange {
  readonly shard: number
  readonly profileId: string
  readonly channel: (typeof consentChannels)[number]
  readonly topic: string
  readonly state: 'granted' | 'withdrawn'
  readonly source: string
  /** Epoch ms at which it was said. */
  readonly at: number
  readonly address: string | null
  readonly wording: string | null
  /** Said in history (an import): it never undoes an opt-out, whatever its time. */
  readonly history: boolean
  /** Said by the person themselves or a member of the team, not by whoever holds a public write key: may suppress the address, or lift that. */
  readonly trusted: boolean
}

// The later word stays; said at the same instant, the withdrawal does. An old event that arrives late changes nothing.
const CONSENTS = `
insert into consents (shard, profile_id, channel, topic, state, source, at, address, wording)
select distinct on (n.shard, n.profile_id, n.channel, n.topic) n.*
from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[])
  as n (shard, profile_id, channel, topic, state, source, at, address, wording)
order by n.shard, n.profile_id, n.channel, n.topic, n.at desc, n.state desc
on conflict (shard, profile_id, channel, topic) do update
set state = excluded.state, source = excluded.source, at = excluded.at, address = excluded.address, wording = excluded.wording
where (excluded.at > consents.at or (excluded.at = consents.at and excluded.state = 'withdrawn'))
  and not ($10::boolean and consents.state = 'withdrawn' and excluded.state = 'granted')`

// An opt-out from everything on a channel that names its address holds for the address, whoever it belongs to later.
// Whoever has an address that changes is told so (tell.ts), and who said it.
const SUPPRESS = `
with changed as (insert into suppressions (channel, address, reason, source, at)
select distinct on (n.channel, n.address) n.channel, n.address, 'unsubscribed', n.source, n.at
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as n (channel, address, source, at)
order by n.channel, n.address, n.at desc
on conflict (channel, address) do nothing returning channel, address)
insert into address_changes (channel, address, profile_id) select c.channel, c.address, n.profile_id
from changed c join unnest($1::text[], $2::text[], $5::uuid[]) as n (channel, address, profile_id) on n.channel = c.channel and n.address = c.address`

// Agreeing again lifts an opt-out said earlier, and nothing else: a dead address stays dead.
const LIFT = `
with changed as (delete from suppressions s using unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[]) as n (channel, address, at, profile_id)
where s.channel = n.channel and s.address = n.address and s.reason = 'unsubscribed' and s.at <= n.at returning s.channel, s.address, n.profile_id)
insert into address_changes (channel, address, profile_id) select channel, address, profile_id from changed`

/**
 * Writes what people said, in the transaction that accepts the events which say so: from its commit on it holds, also for
 * messages that are queued already.
 */
export async function applyConsentChanges(client: Db, changes: readonly ConsentChange[]): Promise<void> {
  if (changes.length === 0) return
  const sorted = changes.toSorted(
    (a, b) => a.shard - b.shard || compare(a.profileId, b.profileId) || compare(a.channel, b.channel) || compare(a.topic, b.topic),
  )
  await writeConsents(
    client,
    sorted.filter((change) => !change.history),
    false,
  )
  await writeConsents(
    client,
    sorted.filter((change) => change.history),
    true,
  )
  const addressed = sorted
    .flatMap((change) =>
      change.topic === '' && change.channel !== 'tracking' && change.address !== null
        ? [{ ...change, address: addressKey(change.channel, change.address) }]
        : [],
    )
    .toSorted((a, b) => compare(a.channel, b.channel) || compare(a.address, b.address))
  // Of two words of the same instant, such as rows of a file without times, the withdrawal holds.
  const isOut = (change: ConsentChange): number => Number(change.state === 'withdrawn')
  const inTime = addressed.toSorted((a, b) => a.at - b.at || isOut(a) - isOut(b))
  const latest = [...new Map(inTime.map((change) => [`${change.channel} ${change.address}`, change])).values()]
  const withdrawn = latest.filter((change) => change.state === 'withdrawn' && change.trusted)
  const granted = latest.filter((change) => change.state === 'granted' && change.trusted && !change.history)
  if (withdrawn.length > 0) {
    await client.query(SUPPRESS, [
      withdrawn.map((change) => change.channel),
      withdrawn.map((change) => change.address),
      withdrawn.map((change) => change.source),
      withdrawn.map((change) => change.at),
      withdrawn.map((change) => change.profileId),
    ])
  }
  if (granted.length > 0)
    await client.query(LIFT, [
      granted.map((change) => change.channel),
      granted.map((change) => change.address),
      granted.map((change) => change.at),
      granted.map((change) => change.profileId),
    ])
}

async function writeConsents(client: Db, changes: readonly ConsentChange[], history: boolean): Promise<void> {
  if (changes.length > 0) await client.query(consentStatement(changes, history))
}

/** Writes what was said, in the order given; with `history` a yes fills in and undoes no opt-out. */
export function consentStatement(changes: readonly ConsentChange[], history: boolean): Statement {
  return {
    name: 'consent-write',
    text: CONSENTS,
    values: [
      binary.int2Array(changes.map((change) => change.shard)),
      binary.uuidArray(changes.map((change) => change.profileId)),
      binary.textArray(changes.map((change) => change.channel)),
      binary.textArray(changes.map((change) => change.topic)),
      binary.textArray(changes.map((change) => change.state)),
      binary.textArray(changes.map((change) => change.source)),
      binary.int8Array(changes.map((change) => change.at)),
      binary.textArray(changes.map((change) => change.address)),
      binary.textArray(changes.map((change) => change.wording)),
      history,
    ],
  }
}

// Every withdrawal of the loser becomes the winner's, whenever it was said: two people who prove to be one have opted out.
const COPY = `
insert into consents (shard, profile_id, channel, topic, state, source, at, address, wording)
select $3::smallint, $4::uuid, l.channel, l.topic, l.state, l.source, l.at, l.address, l.wording
from consents l where l.shard = $1::smallint and l.profile_id = $2::uuid and l.state = 'withdrawn'
on conflict (shard, profile_id, channel, topic) do update
set state = 'withdrawn', source = excluded.source, at = greatest(consents.at, excluded.at), address = excluded.address, wording = excluded.wording
where consents.state <> 'withdrawn'`

/** Copies the withdrawals of a merged profile to the survivor, in the transaction of the merge. */
export async function copyWithdrawals(
  client: Db,
  from: { readonly shard: number; readonly profileId: string },
  to: { readonly shard: number; readonly profileId: string },
): Promise<void> {
  await client.query(COPY, [from.shard, from.profileId, to.shard, to.profileId])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
