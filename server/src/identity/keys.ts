import type { Identifier } from '@throughline/contracts'

const BUCKETS = 64

/**
 * The bucket in which an identifier is kept: FNV-1a over the UTF-16 code units of kind and value, modulo 64.
 * It spreads the index over the nodes of a cluster; its formula can never change, since rows are found by it.
 */
export function bucketOf(kind: string, value: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ 0x3a, 0x01000193)
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193)
  // FNV's low bits are its weakest: fold the high half in.
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS
}

/** One text per identifier; a kind holds no colon, so it is never ambiguous. */
export function keyOf(identifier: Identifier): string {
  return `${identifier.kind}:${identifier.value}`
}

export function identifierOf(key: string): Identifier {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon) as Identifier['kind'], value: key.slice(colon + 1) }
}
