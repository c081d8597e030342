/** A source of chance that is the same for the same keys, on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  chance(probability: number): boolean
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T
  /** Exponentially distributed with this mean: gaps between things that come by chance. */
  gap(mean: number): number
}

/**
 * Chance named by keys: `makeRandom(seed, 'visit', person, n)`. Everything that is decided draws from a stream of its own, so one
 * decision never shifts another, whatever comes between. Generator: xoshiro128** (Blackman and Vigna 2018), seeded by FNV-1a and
 * the finaliser of MurmurHash3.
 */
export function makeRandom(...keys: readonly (string | number)[]): Random {
  let [a, b, c, d] = seedOf(keys.join('\u0000'))
  const next = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return result / 2 ** 32
  }
  const at = <T>(items: readonly T[], index: number): T => {
    const item = items[index]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }
  return {
    next,
    chance: (probability) => next() < probability,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => at(items, Math.floor(next() * items.length)),
    weighted: (items) => {
      let left = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
      const found = items.find(([, weight]) => (left -= weight) < 0)
      return (found ?? at(items, items.length - 1))[0]
    },
    gap: (mean) => -mean * Math.log(1 - next()),
  }
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

function seedOf(text: string): [number, number, number, number] {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  const word = () => {
    hash = (hash + 0x9e3779b9) | 0
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return mixed ^ (mixed >>> 16)
  }
  return [word(), word(), word(), word() | 1]
}
