import { emptyProfile, tableOf, type ProfileState } from '@throughline/engine'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeReader, makeWriter } from './bytes.ts'
import { packSegments, packState, packTraits, unpackProfile } from './codec.ts'

const id = '01900000-0000-7000-8000-000000000000'
const stored = (profile: ProfileState): ProfileState =>
  unpackProfile(id, profile.createdAt, { traits: packTraits(profile.traits), state: packState(profile) })

const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const hash = fc.integer({ min: 0, max: 0xffff_ffff })
// MessagePack libraries do not hand out a key of this name.
const json = fc
  .jsonValue({ maxDepth: 2 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))
  .map((value) => JSON.parse(JSON.stringify(value)) as never)
const pairs = fc.array(fc.tuple(time, hash), { maxLength: 6 }).map((list) => list.sort(([a], [b]) => a - b).flat())
const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => text !== '__proto__')
const profiles: fc.Arbitrary<ProfileState> = fc
  .record({
    traits: fc.dictionary(name, fc.tuple(json, time)),
    segments: fc.dictionary(name, time).map(tableOf),
    memories: fc.dictionary(name, fc.oneof(pairs, json)).map(tableOf),
    entries: fc.dictionary(name, fc.record({ count: fc.nat(), lastAt: time })),
    suppressed: fc.dictionary(name, fc.tuple(fc.constantFrom('bounced', ''), time), { maxKeys: 2 }),
    pending: fc.option(fc.array(name, { minLength: 1, maxLength: 2 })),
    entersAt: fc.option(time),
    messaged: fc.option(
      fc.array(fc.tuple(time, fc.constantFrom('email' as const, 'sms' as const), name, name), { minLength: 1, maxLength: 3 }),
    ),
    flipsAt: fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
  })
  .map(({ pending, flipsAt, entersAt, messaged, ...rest }) => ({
    ...emptyProfile(id, 1_700_000_000_000),
    ...rest,
    ...(pending !== null && { pending, refold: '12.34' }),
    ...(flipsAt !== null && { flipsAt }),
    ...(entersAt !== null && { entersAt }),
    ...(messaged !== null && { messaged }),
  }))

describe('the row of a person', () => {
  test('holds whatever the engine keeps of them', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        expect(stored(profile)).toEqual(profile)
      }),
    )
  })

  test('is written the same with segments that were packed before', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        expect(packState(profile, packSegments(profile.segments))).toEqual(packState(profile))
      }),
    )
  })

  test('is small: 50 segments and ten events remembered five times each', () => {
    const now = 1_790_000_000_000
    const memories = tableOf(
      Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [
          `1k3j5h7g9f1d${i}`,
          Array.from({ length: 5 }, (_, n) => [now + n * 60_000, 0xfedc_ba98]).flat(),
        ]),
      ),
    )
    const segments = tableOf(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`segment-${i}`, now])))
    expect(packState({ ...emptyProfile(id, now), memories, segments }).length).toBeLessThan(1_500)
  })

  test('of another format is refused by its number, not misread', () => {
    const state = Buffer.from(packState(emptyProfile(id, 0)))
    state[0] = 9
    expect(() => unpackProfile(id, 0, { traits: packTraits({}), state })).toThrow(
      `The row of profile ${id} has format 9; this release reads format 3.`,
    )
  })
})

describe('a number in bytes', () => {
  test('comes back the same, whatever its size', () => {
    const out = makeWriter()
    fc.assert(
      fc.property(fc.array(fc.oneof(time, fc.nat())), (numbers) => {
        out.reset()
        for (const value of numbers) out.number(value)
        const from = makeReader(out.copy())
        expect(numbers.map(() => from.number())).toEqual(numbers)
        expect(from.left()).toBe(0)
        expect(() => from.number()).toThrow(RangeError)
      }),
    )
  })

  test('is refused when it is none', () => {
    const out = makeWriter()
    for (const value of [-1, 0.5, NaN, 2 ** 53]) expect(() => out.number(value)).toThrow('is not a whole number')
  })
})
