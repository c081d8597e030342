import { createHash } from 'node:crypto'

/** Which texts have come before, in 16 bytes a text or less: by 64 bits of their hash. */
export interface Seen {
  /** Notes a text; false when it was there already. */
  add(text: string): boolean
}

export function makeSeen(): Seen {
  let table = new BigUint64Array(4_096)
  let count = 0
  const place = (into: BigUint64Array, hash: bigint): boolean => {
    const mask = into.length - 1
    let at = Number(hash & 0xffffffffn) & mask
    while (into[at] !== 0n) {
      if (into[at] === hash) return false
      at = (at + 1) & mask
    }
    into[at] = hash
    return true
  }
  return {
    add(text) {
      const hash = createHash('sha1').update(text).digest().readBigUInt64LE() || 1n
      if (!place(table, hash)) return false
      count += 1
      if (count * 10 > table.length * 7) {
        const larger = new BigUint64Array(table.length * 2)
        for (const one of table) if (one !== 0n) place(larger, one)
        table = larger
      }
      return true
    },
  }
}
