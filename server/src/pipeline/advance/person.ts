import { emptyProfile, type ProfileState } from '@throughline/engine'
import { openProfile, packSegments, packState, packTraits, type PackedProfile } from '../codec.ts'
import type { PersonRow } from '../read.ts'

/** Where the tombstone of a forgotten profile points: to no profile. */
export const forgotten = '00000000-0000-0000-0000-000000000000'

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
  /** As it was read; gone once it is decoded. */
  packed: PackedProfile | null
  profile: ProfileState | null
  /** Bytes of the parts that change seldom, kept as long as the engine hands back the same objects. */
  traits: { readonly of: ProfileState['traits']; readonly bytes: Uint8Array } | null
  segments: { readonly of: ProfileState['segments']; readonly bytes: Uint8Array } | null
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
    profile: null,
    traits: null,
    segments: null,
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
    profile: null,
    traits: null,
    segments: null,
  }
}

/** The person's state, decoded or made on first use. */
export function profileOf(person: Person): ProfileState {
  if (person.profile === null) {
    const { id, createdAt, packed } = person
    if (packed === null) return (person.profile = emptyProfile(id, createdAt))
    const { profile, segments } = openProfile(id, createdAt, packed)
    person.profile = profile
    person.traits = { of: profile.traits, bytes: packed.traits }
    person.segments = { of: profile.segments, bytes: segments }
    person.packed = null
  }
  return person.profile
}

/** The person's row as it is to be stored. */
export function packPerson(person: Person): PackedProfile {
  const profile = profileOf(person)
  if (person.traits?.of !== profile.traits) person.traits = { of: profile.traits, bytes: packTraits(profile.traits) }
  if (person.segments?.of !== profile.segments) person.segments = { of: profile.segments, bytes: packSegments(profile.segments) }
  return { traits: person.traits.bytes, state: packState(profile, person.segments.bytes) }
}
