import type { ColumnType, Json, FileSettings } from '@throughline/contracts'
import { readDate, readNumber, readYesNo, splitDate } from '../values/read.ts'

/** The decimal mark that values can be told to have, or null when none of them says. */
export function detectDecimalMark(texts: readonly string[]): '.' | ',' | null {
  let comma = 0
  let point = 0
  for (const text of texts) {
    const plain = text.replace(/[\s\u00a0'’]|[A-Z]{3}|\p{Sc}/gu, '')
    if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(plain) || /^[+-]?\d+,(\d{1,2}|\d{4,})$/.test(plain)) comma += 1
    else if (/^[+-]?\d{1,3}(,\d{3})+\.\d+$/.test(plain) || /^[+-]?\d+\.(\d{1,2}|\d{4,})$/.test(plain)) point += 1
  }
  return comma === 0 && point === 0 ? null : comma > point ? ',' : '.'
}

/** The order of day, month and year; `certain` is false where every date could be read in two ways. */
export function detectDates(texts: readonly string[], locale: string): { order: FileSettings['dateOrder']; certain: boolean } {
  let dayFirst = false
  let monthFirst = false
  let yearFirst = false
  let any = false
  for (const text of texts) {
    const parts = splitDate(text)
    if (parts === null) continue
    if (parts.numbers[0] > 31) {
      yearFirst = true
      continue
    }
    any = true
    if (parts.sign === '.' || parts.numbers[0] > 12) dayFirst = true
    else if (parts.numbers[1] > 12) monthFirst = true
  }
  if (!any) return { order: yearFirst || !any ? 'ymd' : 'dmy', certain: true }
  if (dayFirst !== monthFirst) return { order: dayFirst ? 'dmy' : 'mdy', certain: true }
  return { order: /^en(-US)?$/i.test(locale) ? 'mdy' : 'dmy', certain: false }
}

const idLike = /(^|[\s_-])(id|ids|number|no|nr|code|zip|postal|postcode|phone|mobile|sku|barcode|ean|gtin)\b|id$|zip|plz/i
const moneyLike = /price|amount|total|revenue|spent|spend|value|ltv|clv|balance|cost|umsatz|preis|betrag/i

/** What the values of a column most likely are. Numbers that would lose something as numbers, such as 00123, stay text. */
export function detectType(column: string, cells: readonly Json[], file: FileSettings): ColumnType {
  const values = cells.filter((cell) => cell !== null)
  if (values.length === 0) return 'text'
  if (values.every((cell) => Array.isArray(cell))) return 'list'
  if (values.some((cell) => typeof cell === 'object')) return 'json'
  if (values.every((cell) => typeof cell === 'boolean')) return 'yes-no'
  const texts = values.map(String)
  if (values.every((cell) => typeof cell === 'number'))
    return idLike.test(column) ? 'text' : moneyLike.test(column) && texts.some((text) => text.includes('.')) ? 'money' : 'number'
  if (texts.every((text) => readYesNo(text) !== null) && texts.some((text) => !/^[01]$/.test(text))) return 'yes-no'
  if (!idLike.test(column)) {
    const numbers = texts.every((text) => readNumber(text, file.decimalMark) !== null && !/^0\d|\d{16}/.test(text))
    if (numbers) {
      const marked = texts.some((text) => /\p{Sc}|[A-Z]{3}/u.test(text) || /[.,]\d\d$/.test(text))
      return marked && (moneyLike.test(column) || texts.some((text) => /\p{Sc}/u.test(text))) ? 'money' : 'number'
    }
  }
  if (texts.every((text) => splitDate(text) !== null && readDate(text, file) !== null)) return 'date'
  if (texts.length >= 3 && texts.filter((text) => text.includes(';')).length > texts.length / 2) return 'list'
  return 'text'
}
