import { emptyProfile, type ProfileState } from '@throughline/engine'
import { Packr } from 'msgpackr'

// Plain MessagePack maps, no shared structures and no record extension: what was written is readable for ever, by any
// MessagePack library, without a dictionary kept elsewhere.
const packr = new Packr({ useRecords: false, mapsAsObjects: true, encodeUndefinedAsNil: false })

/** Columns of a `profiles` row that hold the engine's state. */
export interface PackedProfile {
  readonly traits: Uint8Array
  readonly state: Uint8Array
}

/** The traits as stored in `profiles.traits`. */
export function packTraits(traits: ProfileState['traits']): Uint8Array {
  return packr.pack(traits)
}

/** All of a profile but id, creation and traits, as stored in `profiles.state`. Empty parts are left out. */
export function packState(profile: ProfileState): Uint8Array {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(profile)) {
    if (name === 'id' || name === 'createdAt' || name === 'traits' || value === undefined) continue
    if (typeof value !== 'object' || hasKeys(value as object)) kept[name] = value
  }
  if (profile.flipsAt !== undefined) kept.flipsAt = profile.flipsAt
  return packr.pack(kept)
}

/** The profile of a stored row. */
export function unpackProfile(id: string, createdAt: number, packed: PackedProfile): ProfileState {
  const traits = packr.unpack(packed.traits) as ProfileState['traits']
  const kept = packr.unpack(packed.state) as Partial<ProfileState>
  return { ...emptyProfile(id, createdAt), ...kept, traits }
}

function hasKeys(value: object): boolean {
  for (const _ in value) return true
  return false
}
