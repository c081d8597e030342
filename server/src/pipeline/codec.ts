import type { Json } from '@throughline/contracts'
import { emptyProfile, type ProfileState } from '@throughline/engine'
import { Packr } from 'msgpackr'
import { PipelineError } from './errors.ts'
import { makeReader, makeWriter, type Reader, type Writer } from './bytes.ts'

/*
 * A row of `profiles`:
 *
 *   traits   MessagePack: { name: [value, time] }
 *   state    version · memories · flipsAt · the rest · segments
 *     memories   number, then for each: key, form, what is remembered
 *     the rest   size in bytes, MessagePack of consents, suppressed, entries, runs, messaged, pending, refold, entersAt; nothing when there is nothing
 *     segments   for each: id, since when
 *
 * What changes most stands in front: PostgreSQL leaves out of its log what old and new row have in common at both ends.
 *
 * MessagePack is plain (no shared structures, no record extension), so that what was written is readable for ever, without
 * a dictionary kept elsewhere. Numbers are LEB128 varints; texts are their UTF-8 behind their length.
 */
const VERSION = 3
const NOTHING = new Uint8Array(0)
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
  writeMemories(out, profile.memories)
  out.number(profile.flipsAt === undefined ? 0 : profile.flipsAt + 1)
  const { consents, suppressed, entries, runs, messaged, pending, refold, entersAt } = profile
  const rest =
    hasKeys(consents) ||
    hasKeys(suppressed) ||
    hasKeys(entries) ||
    runs.length > 0 ||
    messaged !== undefined ||
    pending !== undefined ||
    entersAt !== undefined
      ? packr.pack({
          consents,
          suppressed,
          entries,
          runs,
          ...(messaged && { messaged }),
          ...(pending && { pending }),
          ...(refold !== undefined && { refold }),
          ...(entersAt !== undefined && { entersAt }),
        })
      : NOTHING
  out.number(rest.length)
  out.bytes(rest)
  out.bytes(segments)
  return out.copy()
}

/**
 * Looks whether a row of `profiles` is one that this release reads.
 * @throws PipelineError `profile_format`
 */
export function checkFormat(id: string, state: Uint8Array): void {
  // A varint of one byte; nothing at all is no format either.
  if (state[0] !== VERSION)
    throw new PipelineError(
      'profile_format',
      `The row of profile ${id} has format ${state[0] ?? 'none'}; this release reads format ${VERSION}. Start the release that wrote it.`,
    )
}

/** A stored profile, and the bytes in it that {@link packSegments} made. Throws what {@link checkFormat} does. */
export function openProfile(id: string, createdAt: number, packed: PackedProfile): { profile: ProfileState; segments: Uint8Array } {
  checkFormat(id, packed.state)
  const from = reader
  from.open(packed.state)
  from.number()
  const memories = readMemories(from)
  const flipsAt = from.number()
  const size = from.number()
  const rest = size === 0 ? null : withAddresses(packr.unpack(from.bytes(size)) as Partial<ProfileState>)
  const bytes = packed.state.subarray(from.at())
  const segments = { keys: [] as string[], values: [] as number[] }
  while (from.left() > 0) {
    segments.keys.push(from.text())
    segments.values.push(from.number())
  }
  const traits = packr.unpack(packed.traits) as ProfileState['traits']
  const profile: ProfileState = {
    ...emptyProfile(id, createdAt),
    traits,
    segments,
    memories,
    ...rest,
    ...(flipsAt > 0 && { flipsAt: flipsAt - 1 }),
  }
  reader.open(NOTHING)
  return { profile, segments: bytes }
}

// Rows written before addresses had words hold a list of those that bounced: what they say of them counts until something is told.
function withAddresses(rest: Partial<ProfileState>): Partial<ProfileState> {
  if (!Array.isArray(rest.suppressed)) return rest
  return { ...rest, suppressed: Object.fromEntries((rest.suppressed as string[]).map((address) => [address, ['bounced', 0] as const])) }
}

/** The profile of a stored row. Throws what {@link checkFormat} does. */
export function unpackProfile(id: string, createdAt: number, packed: PackedProfile): ProfileState {
  return openProfile(id, createdAt, packed).profile
}

function writeMemories(out: Writer, memories: ProfileState['memories']): void {
  const { keys, values } = memories
  out.number(keys.length)
  for (let each = 0; each < keys.length; each++) {
    const state = values[each]!
    out.text(keys[each]!)
    if (!writePairs(out, state)) {
      const bytes = packr.pack(state)
      out.number(ANY)
      out.number(bytes.length)
      out.bytes(bytes)
    }
  }
}

/** Writes a list of times with their hashes; nothing, and false, when it is no such list. */
function writePairs(out: Writer, state: Json): boolean {
  if (!Array.isArray(state) || state.length % 2 === 1) return false
  const start = out.at()
  out.number(PAIRS)
  out.number(state.length / 2)
  if (out.pairs(state)) return true
  out.rewind(start)
  return false
}

function readMemories(from: Reader): ProfileState['memories'] {
  const memories = { keys: [] as string[], values: [] as Json[] }
  for (let count = from.number(); count > 0; count--) {
    memories.keys.push(from.text())
    if (from.number() === ANY) {
      memories.values.push(packr.unpack(from.bytes(from.number())) as Json)
      continue
    }
    memories.values.push(from.pairs(from.number()))
  }
  return memories
}

function hasKeys(value: object): boolean {
  for (const _ in value) return true
  return false
}

const writer = makeWriter()
const reader = makeReader(NOTHING)
