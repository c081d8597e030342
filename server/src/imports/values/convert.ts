import type { ColumnType, FileSettings, ImportError, Json } from '@throughline/contracts'
import { minorDigits, readDate, readMinor, readNumber, readYesNo } from './read.ts'

export type RowError = Omit<ImportError, 'row'>
export type Converted = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly allowed: string }

const wrong = (allowed: string): Converted => ({ ok: false, allowed })
const right = (value: Json): Converted => ({ ok: true, value })

/** A cell as text, as it would stand in a CSV. */
export function textOf(cell: Json): string {
  if (cell === null) return ''
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}

/** How each type is made of a cell that is not empty. */
const makers: { readonly [T in ColumnType]: (cell: Json, file: FileSettings) => Converted } = {
  text: (cell) => right(textOf(cell)),
  number: (cell, file) => {
    const value = typeof cell === 'number' ? cell : readNumber(textOf(cell), file.decimalMark)
    return value === null ? wrong(`a number with "${file.decimalMark}" before its decimals`) : right(value)
  },
  money: (cell, file) => {
    const digits = minorDigits(file.currency)
    const value = readMinor(textOf(cell), typeof cell === 'number' ? '.' : file.decimalMark, digits)
    return value === null ? wrong(`an amount with at most ${digits} decimals behind "${file.decimalMark}"`) : right(value)
  },
  'yes-no': (cell) => {
    const value = typeof cell === 'boolean' ? cell : readYesNo(textOf(cell))
    return value === null ? wrong('yes or no, true or false, 1 or 0') : right(value)
  },
  date: (cell, file) => {
    const date = readDate(textOf(cell), file)
    if (date === null) return wrong(`a date (${orders[file.dateOrder]}), with or without a time`)
    return right(date.timed ? new Date(date.at).toISOString() : date.day)
  },
  list: (cell) => {
    if (Array.isArray(cell)) return right(cell)
    const parts = textOf(cell).split(textOf(cell).includes(';') ? ';' : ',')
    return right(parts.map((part) => part.trim()).filter((part) => part !== ''))
  },
  json: (cell) => {
    if (typeof cell !== 'string') return right(cell)
    try {
      return right(JSON.parse(cell) as Json)
    } catch {
      return wrong('JSON')
    }
  },
}

const orders: { readonly [O in FileSettings['dateOrder']]: string } = {
  ymd: 'year-month-day',
  dmy: 'day/month/year',
  mdy: 'month/day/year',
}

/** The value that a cell which is not empty has as a trait or property. */
export function convert(cell: Json, type: ColumnType, file: FileSettings): Converted {
  return makers[type](cell, file)
}
