import { consentChannels, type Identifier, type ImportMapping, type ImportTarget, type Json, type JsonObject } from '@throughline/contracts'
import { normaliseIdentifier } from '../../identity/index.ts'
import type { Row } from '../read/table.ts'
import { convert, textOf, type RowError } from '../values/convert.ts'
import { minorDigits, readDate, readId, readMinor } from '../values/read.ts'

/** What rows say, ready to be compared with what is known and to become events. */
export interface Item {
  /** The numbers of its rows; several for an order of several lines. */
  readonly rows: readonly number[]
  readonly identifiers: readonly Identifier[]
  /** When it was said or happened, epoch ms; null where the file does not say. */
  readonly at: number | null
  readonly traits?: JsonObject
  readonly event?: { readonly name: string; readonly properties: JsonObject; readonly messageId?: string }
  /** Events behind it, with what it had no room for. */
  readonly more?: readonly { readonly name: string; readonly properties: JsonObject; readonly messageId: string }[]
  readonly consent?: {
    readonly channel: (typeof consentChannels)[number]
    readonly topic: string
    readonly state: 'granted' | 'withdrawn'
    readonly wording?: string
  }
  readonly suppression?: { readonly channel: string; readonly address: string; readonly reason: string }
}

export interface Refused {
  readonly row: number
  readonly errors: readonly RowError[]
}

/** Reads rows one after the other; what it still holds of rows read before, it gives at the `end`. */
export interface RowReader {
  read(row: Row): (Item | Refused)[]
  end(): (Item | Refused)[]
}

/** Access to the cells of rows by what the mapping makes of them. */
export interface Cells {
  /** The text in the column of a target; '' where there is none or nothing stands. */
  text(row: Row, target: ImportTarget): string
  /** Whether the mapping has a column for this. */
  has(target: ImportTarget): boolean
  column(target: ImportTarget): string
  identifiers(row: Row, errors: RowError[]): Identifier[]
  time(row: Row, errors: RowError[], required: boolean): number | null
  /** The traits or properties of a row: what stands in columns of this target, typed, under their names. */
  values(row: Row, target: 'trait' | 'property', errors: RowError[]): { [name: string]: Json }
  /** Whole minor units of the file's currency, or of the row's; with `finer`, in so many decimals of them. */
  money(row: Row, target: ImportTarget, errors: RowError[], finer?: number): number | null
}

const who = ['user_id', 'email', 'phone', 'anonymous_id'] as const
/** Ids that {@link readId} reads. */
export const ownIds: readonly ImportTarget[] = ['user_id', 'order_id', 'sku']

/** Builds the access to cells for one mapping and the columns of one file. */
export function makeCells(mapping: ImportMapping, columns: readonly string[]): Cells {
  const { file } = mapping
  const mapped = mapping.columns
    .filter(({ to }) => to !== 'ignore')
    .map((one) => ({ ...one, at: columns.indexOf(one.column) }))
    .filter(({ at }) => at >= 0)
  const byTarget = new Map(mapped.toReversed().map((one) => [one.to, one]))
  const cellOf = (row: Row, target: ImportTarget): Json => {
    const found = byTarget.get(target)
    return found === undefined ? null : (row.cells[found.at] ?? null)
  }
  const cells: Cells = {
    text(row, target) {
      const text = textOf(cellOf(row, target)).trim()
      return ownIds.includes(target) ? readId(text) : text
    },
    has: (target) => byTarget.has(target),
    column: (target) => byTarget.get(target)?.column ?? target,
    identifiers(row, errors) {
      const found: Identifier[] = []
      for (const kind of who) {
        const value = cells.text(row, kind)
        if (value === '') continue
        const identifier = normaliseIdentifier(kind, value)
        if (identifier !== undefined) found.push(identifier)
        else if (kind === 'email')
          errors.push({
            column: cells.column(kind),
            value,
            reason: 'This is no e-mail address that can be used.',
            allowed: 'an address such as lena@example.org',
          })
      }
      if (found.length === 0 && errors.length === 0) {
        const given = who.filter((kind) => cells.has(kind))
        const column = given.find((kind) => cells.text(row, kind) !== '') ?? given[0]
        errors.push({
          column: column === undefined ? null : cells.column(column),
          value: column === undefined ? null : cells.text(row, column) || null,
          reason: 'Nothing says whose row this is.',
          allowed: 'an id, an e-mail address, or a phone number with its country, such as +4930123456',
        })
      }
      return found
    },
    time(row, errors, required) {
      const value = cells.text(row, 'time')
      if (value === '' && !required) return null
      const date = readDate(value, file)
      if (date !== null && date.at >= 0 && date.at <= Date.now() + 86_400_000) return date.at
      const reason =
        value === ''
          ? 'The time is missing.'
          : date === null
            ? 'This is no time that can be read.'
            : 'This lies in the future or before 1970.'
      errors.push({
        column: cells.column('time'),
        value: value || null,
        reason,
        allowed: `a time from 1970 until now, as ${file.dateOrder} or ISO 8601`,
      })
      return null
    },
    values(row, target, errors) {
      const values: { [name: string]: Json } = {}
      for (const one of mapped) {
        if (one.to !== target) continue
        const cell = row.cells[one.at] ?? null
        if (cell === null) continue
        const made = convert(cell, one.type ?? 'text', file)
        if (made.ok) values[one.name ?? one.column] = made.value
        else
          errors.push({
            column: one.column,
            value: textOf(cell).slice(0, 200),
            reason: `This is no ${one.type ?? 'text'}.`,
            allowed: made.allowed,
          })
      }
      return values
    },
    money(row, target, errors, finer = 0) {
      const cell = cellOf(row, target)
      if (cell === null) return null
      const currency = currencyOf(cells, row, mapping)
      const digits = minorDigits(currency) + finer
      const minor = readMinor(textOf(cell), typeof cell === 'number' ? '.' : file.decimalMark, digits)
      if (minor === null)
        errors.push({
          column: cells.column(target),
          value: textOf(cell),
          reason: 'This is no amount of money.',
          allowed: `an amount with at most ${digits} decimals behind "${file.decimalMark}"`,
        })
      return minor
    },
  }
  return cells
}

/** The currency of a row, or of the file where the row names none that is known. */
export function currencyOf(cells: Cells, row: Row, mapping: ImportMapping): string {
  const said = cells.text(row, 'currency').toUpperCase()
  return /^[A-Z]{3}$/.test(said) ? said : mapping.file.currency
}

/** A reader for files in which every row stands for itself. */
export function eachRow(read: (row: Row, errors: RowError[]) => Omit<Item, 'rows'> | null): RowReader {
  return {
    read(row) {
      const errors: RowError[] = []
      if (row.broken !== undefined) return [{ row: row.number, errors: [brokenError(row.broken)] }]
      const item = read(row, errors)
      return errors.length > 0 || item === null ? [{ row: row.number, errors }] : [{ ...item, rows: [row.number] }]
    },
    end: () => [],
  }
}

export function brokenError({ value, reason, allowed }: NonNullable<Row['broken']>): RowError {
  return { column: null, value, reason, allowed }
}

/** The channel of a row of consents. */
export function readChannel(said: string, cells: Cells, errors: RowError[]): (typeof consentChannels)[number] {
  const word = said.toLowerCase().replace(/^e-?mail$/, 'email')
  const found = consentChannels.find((channel) => channel === word)
  if (found !== undefined) return found
  errors.push({
    column: cells.column('channel'),
    value: said,
    reason: 'This is no channel that consent is asked for.',
    allowed: consentChannels.join(', '),
  })
  return 'email'
}

const granted = /^(granted|subscribed|opted[ _-]?in|opt[ _-]?in|yes|true|1|ja|active)$/i
const withdrawn = /^(withdrawn|unsubscribed|opted[ _-]?out|opt[ _-]?out|no|false|0|nein|revoked|cleaned|suppressed)$/i
const silent = /^(never[ _]subscribed|not[ _-]?set|not[ _-]?specified|unknown|none|pending)?$/i

/** What the words of exports say: agreed, opted out, or nothing (null); `undefined` for words that nobody knows. */
export function readState(word: string): 'granted' | 'withdrawn' | null | undefined {
  const plain = word.trim()
  if (silent.test(plain)) return null
  return granted.test(plain) ? 'granted' : withdrawn.test(plain) ? 'withdrawn' : undefined
}
