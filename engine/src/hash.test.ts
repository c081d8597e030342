import { expect, it } from 'vitest'
import { murmur32, hash32, shortKey, stableId } from './hash.ts'

it('hashes the same text to the same number for ever, since ids and keys are stored', () => {
  expect([hash32(''), hash32('web:1'), hash32('ü🛒')]).toMatchInlineSnapshot(`
    [
      0,
      3915146825,
      2765776414,
    ]
  `)
  expect(shortKey('["event","Order Completed",[],1,null]')).toMatchInlineSnapshot(`"1l2pd8m1u1o61f"`)
  expect(stableId('run', 'p1', 'cart', 'web:1')).toMatchInlineSnapshot(`"ceb33ae44500ecc220aeae3b2b8a8748"`)
})

it('makes an id of four hashes of the joined parts', () => {
  const seeds = [0x1b873593, 0x38495ab5, 0x7ed55d16, 0x2f58bb1d]
  for (const parts of [['fact', 'p1', 'ü🛒', 1_795_000_000_000, 0], [''], ['message', 'r'.repeat(500), 1]]) {
    const text = parts.join('\u001f')
    expect(stableId(...parts)).toBe(seeds.map((seed) => hash32(text, seed).toString(16).padStart(8, '0')).join(''))
  }
})

it('tells parts of an id apart from their joining', () => {
  expect(stableId('a', 'bc')).not.toBe(stableId('ab', 'c'))
  expect(stableId('a', '')).not.toBe(stableId('a'))
})

it('spreads 20,000 similar ids over 128 bits without a collision', () => {
  const ids = new Set(Array.from({ length: 20_000 }, (_, i) => stableId('message', 'run', 'remind', i, 1)))
  expect(ids.size).toBe(20_000)
})

it('hashes bytes as every MurmurHash3 does', () => {
  // Values of ClickHouse's murmurHash3_32.
  expect([murmur32('abc'), murmur32('gruppe:0192')]).toEqual([3017643002, 4287362851])
  expect(murmur32('')).toBe(0)
})
