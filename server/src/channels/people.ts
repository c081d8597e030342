import { shardOf } from '@throughline/contracts'
import { unpack } from 'msgpackr'
import { binary, type Db } from '../platform/postgres/index.ts'
import type { Person } from './port.ts'

/** Traits without their times, out of a packed column. */
export function unpackTraits(packed: Buffer | null): Person['traits'] {
  const traits: Record<string, Person['traits'][string]> = {}
  if (packed !== null && packed.length > 0) {
    for (const [name, trait] of Object.entries(unpack(packed) as Record<string, readonly [Person['traits'][string], number]>))
      traits[name] = trait[0]
  }
  return traits
}

/** How people are called in a list, by profile id: name, else first and last name, else e-mail. */
export async function readNames(db: Db, profileIds: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const ids = [...new Set(profileIds)]
  const { rows } = await db.query<{ id: string; traits: Buffer }>(
    `select p.id, p.traits from unnest($1::smallint[], $2::uuid[]) as k (shard, id) join profiles p on p.shard = k.shard and p.id = k.id`,
    [binary.int2Array(ids.map(shardOf)), binary.uuidArray(ids)],
  )
  return new Map(rows.map((row) => [row.id, nameOf(unpackTraits(row.traits))]))
}

function nameOf(traits: Person['traits']): string | null {
  const text = (name: string): string => {
    const value = traits[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const full = [text('first_name') || text('firstName'), text('last_name') || text('lastName')].filter((part) => part !== '').join(' ')
  return text('name') || full || text('email') || null
}
