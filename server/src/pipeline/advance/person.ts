import { emptyProfile, type ProfileState } from '@throughline/engine'
import { unpackProfile, type PackedProfile } from '../codec.ts'
import type { PersonRow } from '../read.ts'

/**
 * A profile as the lease holder works on it. It is decoded only when something looks at it, and may run ahead of the
 * database by the transactions that are on their way.
 */
export interface Person {
  readonly id: string
  readonly shard: number
  createdAt: number
  /** Whether the database has a row, or will have one by the transactions on their way. */
  stored: boolean
  mergedInto: string | null
  /** When it became a tombstone, epoch ms of the shard's clock. */
  mergedAt: number | null
  /** When its one timer is due, epoch ms. */
  timer: number | null
  /** The latest instant it was advanced to in this process; time never runs backwards for a person. */
  lastNow: number
  packed: PackedProfile | null
  /** The traits of which `packed.traits` are the bytes. */
  packedTraits: ProfileState['traits'] | null
  profile: ProfileState | null
}

export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    shard: row.shard,
    createdAt: row.created_at,
    stored: true,
    mergedInto: row.merged_into,
    mergedAt: row.merged_at,
    timer: row.due_at,
    lastNow: 0,
    packed: { traits: row.traits, state: row.state },
    packedTraits: null,
    profile: null,
  }
}

/** Somebody of whom there is no row yet; `createdAt` is set by the first entry. */
export function newPerson(id: string, shard: number): Person {
  return {
    id,
    shard,
    createdAt: 0,
    stored: false,
    mergedInto: null,
    mergedAt: null,
    timer: null,
    lastNow: 0,
    packed: null,
    packedTraits: null,
    profile: null,
  }
}

/** The person's state, decoded or made on first use. */
export function profileOf(person: Person): ProfileState {
  if (person.profile === null) {
    person.profile =
      person.packed === null ? emptyProfile(person.id, person.createdAt) : unpackProfile(person.id, person.createdAt, person.packed)
    person.packedTraits = person.packed === null ? null : person.profile.traits
  }
  return person.profile
}
