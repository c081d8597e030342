import type { Scalar } from './sql-values.ts'

/** A value in a sentence: plain where it is one plain word, else in quotation marks. */
export function say(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(value)
  return /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(value) && !/^[\d.]+$/.test(value) ? value : `“${value}”`
}

export const sayAll = (values: readonly Scalar[]): string => values.map(say).join(', ')
