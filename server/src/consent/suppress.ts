import { binary, type Db } from '../platform/postgres/index.ts'
import { addressKey } from './address.ts'

/** An address that is to get nothing; `at` is epoch ms. */
export interface Suppression {
  readonly channel: string
  readonly address: string
  readonly reason: string
  readonly source: string
  readonly at: number
}

const keyOf = (channel: string, address: string): string => `${channel} ${addressKey(channel, address)}`

/** Which of these addresses get nothing already, by `channel address`, and for which reason. */
export async function findSuppressed(
  db: Db,
  wanted: readonly Pick<Suppression, 'channel' | 'address'>[],
): Promise<ReadonlyMap<string, string>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await db.query<{ channel: string; address: string; reason: string }>(
    `select s.channel, s.address, s.reason from unnest($1::text[], $2::text[]) as k (channel, address)
     join suppressions s on s.channel = k.channel and s.address = k.address`,
    [
      binary.textArray(wanted.map(({ channel }) => channel)),
      binary.textArray(wanted.map(({ channel, address }) => addressKey(channel, address))),
    ],
  )
  return new Map(rows.map(({ channel, address, reason }) => [keyOf(channel, address), reason]))
}

/**
 * Whether a suppression says more than the one that stands: an opt-out is lifted by agreeing again and spares receipts, what a
 * mailbox or its owner complained of is not and does not.
 */
export function saysMore(standing: string | undefined, reason: string): boolean {
  return standing === undefined || (standing === 'unsubscribed' && reason !== 'unsubscribed')
}

/** Keeps addresses that are to get nothing. One that gets nothing already keeps its reason, unless the new one says more; nothing here ever lifts one. */
export async function addSuppressions(db: Db, suppressions: readonly Suppression[]): Promise<void> {
  const rows = [...new Map(suppressions.map((one) => [keyOf(one.channel, one.address), one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, one]) => one)
  if (rows.length === 0) return
  await db.query(
    `with changed as (insert into suppressions (channel, address, reason, source, at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
     on conflict (channel, address) do update set reason = excluded.reason, source = excluded.source, at = excluded.at
     where suppressions.reason = 'unsubscribed' and excluded.reason <> 'unsubscribed' returning channel, address)
     insert into address_changes (channel, address) select channel, address from changed`,
    [
      binary.textArray(rows.map(({ channel }) => channel)),
      binary.textArray(rows.map(({ channel, address }) => addressKey(channel, address))),
      binary.textArray(rows.map(({ reason }) => reason)),
      binary.textArray(rows.map(({ source }) => source)),
      binary.int8Array(rows.map(({ at }) => at)),
    ],
  )
}
