import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares two texts in a time that tells nothing about where they differ, nor how long the expected one is. */
export function isEqual(given: string | Uint8Array, expected: string | Uint8Array): boolean {
  const digest = (value: string | Uint8Array): Buffer => createHash('sha256').update(value).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
