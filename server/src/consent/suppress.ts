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

/** Which of these addresses get nothing already, as `channel address`. */
export async function findSuppressed(db: Db, wanted: readonly Pick<Suppression, 'channel' | 'address'>[]): Promise<Set<string>> {
  if (wanted.length === 0) return new Set()
  const { rows } = await db.query<{ channel: string; address: string }>(
    `select s.channel, s.address from unnest($1::text[], $2::text[]) as k (channel, address)
     join suppressions s on s.channel = k.channel and s.address = k.address`,
    [
      binary.textArray(wanted.map(({ channel }) => channel)),
      binary.textArray(wanted.map(({ channel, address }) => addressKey(channel, address))),
    ],
  )
  return new Set(rows.map(({ channel, address }) => keyOf(channel, address)))
}

/** Keeps addresses that are to get nothing. One that gets nothing already keeps its reason: nothing here ever lifts one. */
export async function addSuppressions(db: Db, suppressions: readonly Suppression[]): Promise<void> {
  const rows = [...new Map(suppressions.map((one) => [keyOf(one.channel, one.address), one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, one]) => one)
  if (rows.length === 0) return
  await db.query(
    `insert into suppressions (channel, address, reason, source, at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) on conflict (channel, address) do nothing`,
    [
      binary.textArray(rows.map(({ channel }) => channel)),
      binary.textArray(rows.map(({ channel, address }) => addressKey(channel, address))),
      binary.textArray(rows.map(({ reason }) => reason)),
      binary.textArray(rows.map(({ source }) => source)),
      binary.int8Array(rows.map(({ at }) => at)),
    ],
  )
}
