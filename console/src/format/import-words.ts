import type { ColumnType, FileSettings, ImportKind, ImportState, ImportTarget } from '@throughline/contracts'
import type { Tone } from './message-words.ts'

export const kindWords: Record<ImportKind, { readonly name: string; readonly hint: string }> = {
  people: { name: 'People', hint: 'A row a person: ids, e-mail, traits, opt-outs' },
  events: { name: 'Events', hint: 'A row an event: whose, which, when' },
  orders: { name: 'Orders', hint: 'A row an order, or a row a line of an order' },
  consents: { name: 'Consents', hint: 'Who agreed or opted out, and when' },
  suppressions: { name: 'Suppressions', hint: 'Addresses that get nothing' },
}

export const stateWords: Record<ImportState, { readonly name: string; readonly tone: Tone | 'info' }> = {
  draft: { name: 'not begun', tone: 'wait' },
  checking: { name: 'being checked', tone: 'info' },
  running: { name: 'running', tone: 'info' },
  done: { name: 'done', tone: 'good' },
  failed: { name: 'failed', tone: 'bad' },
  cancelled: { name: 'cancelled', tone: 'wait' },
}

export const targetWords: Record<ImportTarget, string> = {
  ignore: 'Leave out',
  user_id: 'User id',
  email: 'E-mail address',
  phone: 'Phone number',
  anonymous_id: 'Device id',
  time: 'Time',
  trait: 'Trait',
  email_opt_out: 'Opted out of e-mail (yes/no)',
  email_consent: 'Consent to e-mail',
  event: 'Name of the event',
  property: 'Property',
  message_id: 'Id of the event',
  order_id: 'Order number',
  total: 'Total',
  revenue: 'Revenue',
  shipping: 'Shipping',
  tax: 'Tax',
  discount: 'Discount',
  currency: 'Currency',
  coupon: 'Coupon',
  sku: 'Article number',
  product: 'Article',
  quantity: 'Quantity',
  price: 'Price of one',
  channel: 'Channel',
  topic: 'Topic',
  state: 'Agreed or not',
  wording: 'Wording',
  address: 'Address',
  reason: 'Reason',
}

export const typeWords: Record<ColumnType, string> = {
  text: 'Text',
  number: 'Number',
  money: 'Money, as minor units',
  'yes-no': 'Yes or no',
  date: 'Date',
  list: 'List',
  json: 'JSON',
}

export const encodingWords: Record<FileSettings['encoding'], string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16, little end first',
  'utf-16be': 'UTF-16, big end first',
  'windows-1252': 'Windows-1252 (Western)',
}

export const dateWords: Record<FileSettings['dateOrder'], string> = {
  ymd: 'Year first: 2026-12-31',
  dmy: 'Day first: 31.12.2026',
  mdy: 'Month first: 12/31/2026',
}

/** A length as people say it. */
export function bytesWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`
  const units = ['KB', 'MB', 'GB']
  let value = bytes / 1_024
  let unit = 0
  while (value >= 1_024 && unit < 2) [value, unit] = [value / 1_024, unit + 1]
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}
