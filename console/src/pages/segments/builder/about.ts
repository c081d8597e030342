/**
 * An estimate in as many digits as it is good for: 38,113 that may be off by 412 is about 38,100, off by 500 at most.
 * @param margin how far off it may be; 0: exact
 */
export function about(value: number, margin: number): { readonly value: number; readonly margin: number } {
  if (margin < 10) return { value, margin }
  const step = 10 ** Math.floor(Math.log10(Math.max(1, Math.min(margin, value))))
  const shown = Math.round(value / step) * step
  // What rounding takes away is no part of what was measured.
  return { value: shown, margin: Math.ceil((margin + Math.abs(shown - value)) / step) * step }
}
