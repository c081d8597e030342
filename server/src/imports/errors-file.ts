import type { Db } from '../platform/postgres/index.ts'
import { readErrors, type Phase } from './store.ts'

const PAGE = 1_000

/** Refused rows as CSV (RFC 4180), a page at a time. */
export async function* describeErrors(db: Db, id: string, phase: Phase): AsyncGenerator<string> {
  yield 'row,column,value,reason,allowed\r\n'
  let after: readonly [number, number] = [-1, 0]
  for (;;) {
    const found = await readErrors(db, id, phase, after, PAGE)
    if (found.length > 0)
      yield found
        .map(({ row, column, value, reason, allowed }) => `${[row, column, value, reason, allowed].map(quote).join(',')}\r\n`)
        .join('')
    const last = found.at(-1)
    if (found.length < PAGE || last === undefined) return
    after = [last.row, last.at]
  }
}

/** A value in quotes where it needs them. One that a spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection). */
function quote(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
