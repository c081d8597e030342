import type { Db } from '../platform/postgres/index.ts'
import { csvCell } from '../platform/text/index.ts'
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
        .map(({ row, column, value, reason, allowed }) => `${[row, column, value, reason, allowed].map(csvCell).join(',')}\r\n`)
        .join('')
    const last = found.at(-1)
    if (found.length < PAGE || last === undefined) return
    after = [last.row, last.at]
  }
}
