import type { ImportMapping } from '@throughline/contracts'
import { readYesNo } from '../values/read.ts'
import { eachRow, readState, type Cells, type Item, type RowReader } from './kind.ts'

const WORDS = 'subscribed or unsubscribed, granted or withdrawn, yes or no'

/** Rows that are people: who it is, what is known of them, and whether they opted out of e-mail. */
export function readPeople(_: ImportMapping, cells: Cells): RowReader {
  return eachRow((row, errors) => {
    const identifiers = cells.identifiers(row, errors)
    const traits = cells.values(row, 'trait', errors)
    const at = cells.time(row, errors, false)
    const email = identifiers.find(({ kind }) => kind === 'email')
    if (email !== undefined) traits['email'] = email.value
    // A number without its country is no identifier, but what the shop knows of somebody all the same.
    const phone = identifiers.find(({ kind }) => kind === 'phone')?.value ?? cells.text(row, 'phone')
    if (phone !== '') traits['phone'] = phone
    const state = emailState(cells, row, errors)
    const consent: Item['consent'] = state === null ? undefined : { channel: 'email', topic: '', state }
    return { identifiers, traits, at, ...(consent !== undefined && { consent }) }
  })
}

function emailState(
  cells: Cells,
  row: Parameters<Cells['text']>[0],
  errors: Parameters<Cells['identifiers']>[1],
): 'granted' | 'withdrawn' | null {
  const out = cells.text(row, 'email_opt_out')
  if (out !== '') {
    const said = readYesNo(out)
    if (said === true) return 'withdrawn'
    if (said === null)
      errors.push({
        column: cells.column('email_opt_out'),
        value: out,
        reason: 'This does not say whether they opted out.',
        allowed: 'yes or no, true or false',
      })
  }
  const word = cells.text(row, 'email_consent')
  const state = readState(word)
  if (state !== undefined) return state
  errors.push({ column: cells.column('email_consent'), value: word, reason: 'This does not say whether they agreed.', allowed: WORDS })
  return null
}
