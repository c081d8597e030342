import { identifierKinds } from '@throughline/contracts'
import { normaliseIdentifier, type HashIdentifier } from '../identity/index.ts'
import { withTransaction, type Pool, type PoolClient } from '../platform/postgres/index.ts'
import { ForgetError } from './errors.ts'

interface Kept {
  readonly channel: string
  readonly reason: string
  readonly at: number
}

/**
 * Lets somebody come back under an identifier, of whatever kind it was. What was known of them stays gone; what their
 * address had opted out of, or why nothing could be sent to it, holds again.
 * @returns the kinds under which it had been forgotten
 * @throws ForgetError `identifier_not_forgotten`
 */
export async function allowForgotten(
  pool: Pool,
  hash: HashIdentifier,
  identifier: string,
  also: (client: PoolClient) => Promise<void>,
): Promise<string[]> {
  const known = identifierKinds.flatMap((kind) => normaliseIdentifier(kind, identifier) ?? [])
  return withTransaction(pool, async (client) => {
    const allowed: string[] = []
    for (const { kind, value } of known) {
      const { rows } = await client.query<{ suppressions: Kept[] }>(
        'delete from forgotten_identifiers where hash = $1::bytea returning suppressions',
        [hash(`${kind}:${value}`)],
      )
      if (rows[0] === undefined) continue
      allowed.push(kind)
      for (const { channel, reason, at } of rows[0].suppressions)
        await client.query(
          `with changed as (insert into suppressions (channel, address, reason, source, at)
           values ($1::text, $2::text, $3::text, 'before they were forgotten', $4::bigint) on conflict do nothing returning channel, address)
           insert into address_changes (channel, address) select channel, address from changed`,
          [channel, value, reason, at],
        )
    }
    if (allowed.length === 0)
      throw new ForgetError(
        'not-found',
        'identifier_not_forgotten',
        `Nobody was forgotten under "${identifier}". Write it as the shop sends it: an e-mail address, a phone number with its country, a user id, or the id of a device.`,
        { field: 'identifier', value: identifier },
      )
    await also(client)
    return allowed
  })
}
