import { parsePrice, parseQuantity } from './decimal.ts'
import { makeTimeReader } from './local-time.ts'
import type { LineKind, Mapping, Mark } from './mapping.ts'
import type { Positions, RawLine } from './read-lines.ts'

export type DocumentKind = 'order' | 'credit-note' | 'adjustment'

/** One line, read. Quantity, price and amount are exact (see decimal.ts); `amount` = quantity × price with the file's sign. */
export interface OrderLine {
  readonly number: number
  readonly document: string
  readonly documentKind: DocumentKind
  readonly kind: 'goods' | LineKind
  /** `null`: the file does not say who bought. */
  readonly customer: string | null
  readonly sku: string
  readonly name: string
  readonly quantity: bigint
  readonly price: bigint
  readonly amount: bigint
  /** What the shop's clock showed, as if it were UTC, epoch ms. */
  readonly reading: number
  readonly email: string
  readonly country: string
  readonly refundOf: string
  readonly traits: readonly (readonly [name: string, value: string])[]
}

/** What is wrong with a line that cannot be read. */
export interface LineProblem {
  readonly field: string
  readonly value: string
  readonly allowed: string
}

export type ReadLine = { readonly ok: true; readonly line: OrderLine } | { readonly ok: false; readonly problem: LineProblem }

/** A reader of raw lines for one mapping and one header. */
export function makeLineReader(mapping: Mapping, positions: Positions): (raw: RawLine) => ReadLine {
  const { columns, file } = mapping
  const readTime = makeTimeReader(mapping.time.format) ?? (() => null)
  const kinds = new Map(mapping.lines.flatMap(({ as, skus }) => skus.map((sku) => [sku.toLowerCase(), as] as const)))
  const unknown = new Set(['', ...mapping.customer.unknown])
  const suffix = mapping.customer.dropSuffix
  const traits = Object.entries(mapping.traits)
  const places = positions
  const at = (column: string | undefined) => (column === undefined ? -1 : (places[column] ?? -1))
  const [order, sku, quantity, price, time, customer] = [
    at(columns.order),
    at(columns.sku),
    at(columns.quantity),
    at(columns.price),
    at(columns.time),
    at(columns.customer),
  ]
  const [name, email, country, refundOf] = [at(columns.name), at(columns.email), at(columns.country), at(columns.refundOf)]
  const isCreditNote = makeMarkTest(mapping.documents.creditNote, order, at)
  const isAdjustment = makeMarkTest(mapping.documents.adjustment, order, at)

  return (raw) => {
    const text = (position: number) => raw.values[position]?.trim() ?? ''
    const problem = (field: string, position: number, allowed: string): ReadLine => ({
      ok: false,
      problem: { field, value: raw.values[position] ?? '', allowed },
    })
    const document = text(order)
    if (document === '' || document.length > 200) return problem(columns.order, order, 'an order number of 1 to 200 characters')
    const count = parseQuantity(text(quantity), file.decimalMark)
    if (count === null || count === 0n)
      return problem(columns.quantity, quantity, `a number that is not 0, with at most 3 decimals after "${file.decimalMark}"`)
    const each = parsePrice(text(price), file.decimalMark)
    if (each === null) return problem(columns.price, price, `a number with at most 6 decimals after "${file.decimalMark}"`)
    const reading = readTime(text(time))
    if (reading === null) return problem(columns.time, time, `a time of the form ${mapping.time.format}`)
    const code = text(sku)
    if (code === '') return problem(columns.sku, sku, 'a code')
    const who = text(customer)
    const shortened = suffix !== undefined && who.endsWith(suffix) ? who.slice(0, -suffix.length) : who
    const documentKind = isAdjustment(raw) ? 'adjustment' : isCreditNote(raw) ? 'credit-note' : 'order'
    const signed = documentKind === 'credit-note' && mapping.creditNoteQuantities === 'positive' ? -count : count
    return {
      ok: true,
      line: {
        number: raw.number,
        document,
        documentKind,
        kind: kinds.get(code.toLowerCase()) ?? 'goods',
        customer: unknown.has(who) || shortened === '' ? null : shortened,
        sku: code,
        name: text(name),
        quantity: signed,
        price: each,
        amount: signed * each,
        reading,
        email: text(email),
        country: text(country),
        refundOf: text(refundOf),
        traits: traits.map(([trait, column]) => [trait, text(at(column))] as const),
      },
    }
  }
}

function makeMarkTest(mark: Mark | undefined, orderAt: number, at: (column: string) => number): (raw: RawLine) => boolean {
  if (mark === undefined) return () => false
  if ('prefix' in mark) return (raw) => (raw.values[orderAt]?.trim() ?? '').startsWith(mark.prefix)
  const position = at(mark.column)
  const values = new Set(mark.values)
  return (raw) => values.has(raw.values[position]?.trim() ?? '')
}
