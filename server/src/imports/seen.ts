/** Which texts have come before, in 16 bytes a text or less: by 64 bits of their hash. */
export interface Seen {
  /** Notes a text; false when it was there already. */
  add(text: string): boolean
}

const START = 4_096

export function makeSeen(): Seen {
  // Two halves of a hash at each place; a place with two zeros is free.
  let table = new Uint32Array(START * 2)
  let count = 0

  const place = (into: Uint32Array, low: number, high: number): boolean => {
    const mask = into.length / 2 - 1
    let at = low & mask
    while (into[at * 2] !== 0 || into[at * 2 + 1] !== 0) {
      if (into[at * 2] === low && into[at * 2 + 1] === high) return false
      at = (at + 1) & mask
    }
    into[at * 2] = low
    into[at * 2 + 1] = high
    return true
  }

  return {
    add(text) {
      const low = hash(text, 0x811c9dc5, 0x01000193)
      if (!place(table, low, hash(text, 0x9e3779b9, 0x85ebca6b) || 1)) return false
      count += 1
      if (count * 20 > table.length * 7) {
        const larger = new Uint32Array(table.length * 2)
        for (let at = 0; at < table.length; at += 2) if (table[at + 1] !== 0) place(larger, table[at]!, table[at + 1]!)
        table = larger
      }
      return true
    },
  }
}

/** 32 bits over the code units of a text, in the manner of FNV-1a, with its bits mixed at the end. */
function hash(text: string, start: number, factor: number): number {
  let value = start
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), factor)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}
