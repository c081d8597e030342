import type { Json } from '@throughline/contracts'
import { emptyProfile, type ProfileState } from '@throughline/engine'
import { Packr } from 'msgpackr'
import { makeReader, makeWriter, type Reader, type Writer } from './bytes.ts'

/*
 * A row of `profiles`:
 *
 *   traits   MessagePack: { name: [value, time] }
 *   state    version · flipsAt · segments · memories · the rest
 *     segments   size in bytes, then for each: id, since when
 *     memories   number, then for each: key, form, what is remembered
 *     the rest   MessagePack of consents, suppressed, entries, runs, pending; nothing when there is nothing
 *
 * MessagePack is plain (no shared structures, no record extension), so that what was written is readable for ever, without
 * a dictionary kept elsewhere. Numbers are LEB128 varints; texts are their UTF-8 behind their length.
 */
const VERSION = 2
const packr = new Packr({ useRecords: false, mapsAsObjects: true, encodeUndefinedAsNil: false })

/** How a memory is written: a list of (time, hash) pairs by the distance between times, anything else as MessagePack. */
const PAIRS = 0
const ANY = 1

/** Columns of a `profiles` row that hold the engine's state. */
export interface PackedProfile {
  readonly traits: Uint8Array
  readonly state: Uint8Array
}

/** The traits as stored in `profiles.traits`. */
export function packTraits(traits: ProfileState['traits']): Uint8Array {
  return packr.pack(traits)
}

/** The part of the state that says which segments a person is in; it changes seldom, and can be kept. */
export function packSegments(segments: ProfileState['segments']): Uint8Array {
  const out = writer
  out.reset()
  for (let at = 0; at < segments.keys.length; at++) {
    out.text(segments.keys[at]!)
    out.number(segments.values[at]!)
  }
  return out.copy()
}

/** All of a profile but id, creation and traits, as stored in `profiles.state`. */
export function packState(profile: ProfileState, segments: Uint8Array = packSegments(profile.segments)): Uint8Array {
  const out = writer
  out.reset()
  out.number(VERSION)
  out.number(profile.flipsAt === undefined ? 0 : profile.flipsAt + 1)
  out.number(segments.length)
  out.bytes(segments)
  writeMemories(out, profile.memories)
  const { consents, suppressed, entries, runs, pending } = profile
  if (hasKeys(consents) || suppressed.length > 0 || hasKeys(entries) || runs.length > 0 || pending !== undefined)
    out.bytes(packr.pack({ consents, suppressed, entries, runs, ...(pending !== undefined && { pending }) }))
  return out.copy()
}

/** The bytes of a stored state that {@link packSegments} made. */
export function packedSegmentsOf(state: Uint8Array): Uint8Array {
  const from = makeReader(state)
  from.number()
  from.number()
  return from.bytes(from.number())
}

/** The profile of a stored row. Throws an `Error` for a row written by another version of the format. */
export function unpackProfile(id: string, createdAt: number, packed: PackedProfile): ProfileState {
  const from = makeReader(packed.state)
  const version = from.number()
  if (version !== VERSION) throw new Error(`The row of profile ${id} has format ${version}; this program reads format ${VERSION}.`)
  const flipsAt = from.number()
  const segmentsEnd = from.number() + from.at()
  const segments = { keys: [] as string[], values: [] as number[] }
  while (from.at() < segmentsEnd) {
    segments.keys.push(from.text())
    segments.values.push(from.number())
  }
  const memories = readMemories(from)
  const rest = from.left() === 0 ? null : (packr.unpack(from.bytes(from.left())) as Partial<ProfileState>)
  const traits = packr.unpack(packed.traits) as ProfileState['traits']
  const profile = { ...emptyProfile(id, createdAt), traits, segments, memories, ...rest }
  return flipsAt === 0 ? profile : { ...profile, flipsAt: flipsAt - 1 }
}

function writeMemories(out: Writer, memories: ProfileState['memories']): void {
  const { keys, values } = memories
  out.number(keys.length)
  for (let each = 0; each < keys.length; each++) {
    const state = values[each]!
    out.text(keys[each]!)
    if (arePairs(state)) {
      out.number(PAIRS)
      out.number(state.length / 2)
      let before = 0
      for (let at = 0; at < state.length; at += 2) {
        out.number(state[at]! - before)
        out.fixed32(state[at + 1]!)
        before = state[at]!
      }
    } else {
      const bytes = packr.pack(state)
      out.number(ANY)
      out.number(bytes.length)
      out.bytes(bytes)
    }
  }
}

function readMemories(from: Reader): ProfileState['memories'] {
  const memories = { keys: [] as string[], values: [] as Json[] }
  for (let count = from.number(); count > 0; count--) {
    memories.keys.push(from.text())
    if (from.number() === ANY) {
      memories.values.push(packr.unpack(from.bytes(from.number())) as Json)
      continue
    }
    const pairs = new Array<number>(from.number() * 2)
    let before = 0
    for (let at = 0; at < pairs.length; at += 2) {
      before += from.number()
      pairs[at] = before
      pairs[at + 1] = from.fixed32()
    }
    memories.values.push(pairs)
  }
  return memories
}

/** Whether this is a list of times that never run backwards, each with a hash of 32 bits. */
function arePairs(state: Json): state is number[] {
  if (!Array.isArray(state) || state.length % 2 === 1) return false
  let before = 0
  for (let at = 0; at < state.length; at += 2) {
    const time = state[at]
    const hash = state[at + 1]
    if (!Number.isSafeInteger(time) || (time as number) < before || typeof hash !== 'number' || hash >>> 0 !== hash) return false
    before = time as number
  }
  return true
}

function hasKeys(value: object): boolean {
  for (const _ in value) return true
  return false
}

const writer = makeWriter()
