import type { Format } from './format.ts'

/** Under how many people a share says more about chance than about the journey. */
export const enough = 100

/**
 * A share, never as a naked rate: `312 of 1,284 · 24 % ± 2`, or `3 of 41: too few to say`.
 * The margin is half the 95 % interval of Wilson (1927).
 */
export function shareWords(part: number, whole: number, format: Pick<Format, 'number'>): string {
  if (whole === 0) return 'nobody yet'
  const figures = `${format.number(part)} of ${format.number(whole)}`
  // Of several goals one person may reach each: that is no share.
  if (part > whole) return figures
  if (whole < enough) return `${figures}: too few to say`
  const p = part / whole
  const z = 1.96
  const half = (z / (1 + (z * z) / whole)) * Math.sqrt((p * (1 - p)) / whole + (z * z) / (4 * whole * whole))
  return `${figures} · ${format.number(Math.round(p * 100))} % ± ${format.number(Math.max(1, Math.round(half * 100)))}`
}
