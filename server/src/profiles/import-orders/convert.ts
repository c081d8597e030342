import { LRUCache } from 'lru-cache'
import { countryCode } from './country.ts'
import { minorDigits } from './decimal.ts'
import { documentEvent, type DocumentEvent, type ImportedCall } from './document.ts'
import { ImportError } from './errors.ts'
import { zonedToUtc } from './local-time.ts'
import type { Mapping } from './mapping.ts'
import { makeLineReader, type OrderLine } from './order-line.ts'
import type { OrderFile, RawLine } from './read-lines.ts'
import { emptyTally, type AnonymousKind, type Outcome, type Tally } from './report.ts'
import type { Survey } from './survey.ts'

/** Lines of unfinished orders that may wait in memory; a file sorted by order needs a handful. */
const MAX_HELD_LINES = 2_000_000
/** Customers whose last traits are remembered, so that an unchanged customer is told once. */
const MAX_CUSTOMERS = 200_000

export interface NotImported {
  readonly raw: RawLine
  readonly reason: string
}

interface Held {
  readonly line: OrderLine
  readonly raw: RawLine
}

export interface Conversion {
  /** The events in the order of the file, the same at every run: order or refund, before it the customer when news of them came. */
  readonly calls: AsyncIterable<ImportedCall>
  readonly tally: Tally
}

/**
 * Turns the lines of a surveyed file into events. `onNotImported` gets every line that is in none of them.
 * Throws {@link ImportError} `import_too_scattered` while iterating when too many orders would have to wait in memory.
 */
export function convertOrders(file: OrderFile, survey: Survey, mapping: Mapping, onNotImported: (line: NotImported) => void): Conversion {
  const tally = emptyTally()
  const digits = minorDigits(mapping.currency)
  const read = makeLineReader(mapping, file.positions)
  const countries = new Map(Object.entries(mapping.countries))
  const told = new LRUCache<string, string>({ max: MAX_CUSTOMERS })
  const seenCustomers = new Set<string>()
  const open = new Map<string, Map<string, Held[]>>()
  let held = 0

  const count = (outcome: Outcome, amount: bigint) => {
    tally.by[outcome].lines += 1
    tally.by[outcome].amount += amount
  }
  const leaveOut = (outcome: Outcome, raw: RawLine, amount: bigint, reason: string) => {
    count(outcome, amount)
    onNotImported({ raw, reason })
  }

  /** Takes a line into its open document, or says why not. */
  const take = (raw: RawLine): OrderLine | null => {
    tally.read += 1
    const result = read(raw)
    if (!result.ok) {
      leaveOut('unreadable', raw, 0n, `${result.problem.field}: "${result.problem.value}" stands there; allowed: ${result.problem.allowed}`)
      return null
    }
    const { line } = result
    tally.amount += line.amount
    if (line.customer === null) {
      tally.withoutCustomer[anonymousKind(line)] += 1
      leaveOut('withoutCustomer', raw, line.amount, 'no customer')
    } else if (line.documentKind === 'adjustment') leaveOut('adjustment', raw, line.amount, 'an adjustment, not an order')
    else if (line.kind === 'ignore') leaveOut('ignored', raw, line.amount, `the mapping ignores code ${line.sku}`)
    else if (line.documentKind === 'order' && line.kind === 'goods' && line.amount < 0n)
      leaveOut('negative', raw, line.amount, 'below zero outside a credit note: a stock correction')
    else return line
    return null
  }

  const close = function* (lines: readonly Held[], sameNumber: number): Generator<ImportedCall> {
    const first = lines[0]?.line
    if (first === undefined || first.customer === null || first.documentKind === 'adjustment') return
    const { documentKind: kind, document: id, customer } = first
    yield* tellCustomer(customer, id, lines)
    if (kind === 'order' && lines.every(({ line }) => line.amount === 0n)) {
      tally.freeOrders += 1
      for (const { line, raw } of lines) leaveOut('freeOfCharge', raw, line.amount, 'nothing in this order was charged')
      return
    }
    const event = documentEvent({ id, kind, customer, lines: lines.map(({ line }) => line) }, mapping, digits)
    for (const { line } of lines) count(kind === 'order' ? 'order' : 'refund', line.amount)
    tally.rounding += kind === 'order' ? event.rounding : -event.rounding
    if (kind === 'order') countOrder(tally, event, lines)
    else {
      tally.refunds.count += 1
      tally.refunds.minor += event.totalMinor
    }
    for (const call of event.calls) yield sameNumber === 0 ? call : { ...call, messageId: `${call.messageId}:${customer}` }
  }

  const tellCustomer = function* (customer: string, document: string, lines: readonly { line: OrderLine }[]): Generator<ImportedCall> {
    seenCustomers.add(customer)
    tally.customers = seenCustomers.size
    const last = lines[lines.length - 1]?.line
    if (last === undefined) return
    const country = last.country === '' ? undefined : countryCode(last.country, countries)
    if (last.country !== '' && (country === undefined || country === null)) {
      tally.unknownCountries.set(last.country, (tally.unknownCountries.get(last.country) ?? 0) + lines.length)
    }
    const traits = {
      ...(last.email !== '' && { email: last.email }),
      ...(typeof country === 'string' && { country }),
      ...Object.fromEntries(last.traits.filter(([, value]) => value !== '')),
    }
    const text = JSON.stringify(traits)
    if (told.get(customer) === text) return
    told.set(customer, text)
    const timestamp = new Date(zonedToUtc(Math.min(...lines.map(({ line }) => line.reading)), mapping.time.zone)).toISOString()
    yield { type: 'identify', messageId: `customer:${customer}:${document}`, userId: customer, timestamp, traits }
  }

  /** All documents of an order number; usually one, several where a shop gave one number to several customers. */
  const finish = function* (order: string): Generator<ImportedCall> {
    const documents = open.get(order)
    if (documents === undefined) return
    open.delete(order)
    let index = 0
    for (const lines of documents.values()) {
      held -= lines.length
      yield* close(lines, index)
      index += 1
    }
  }

  async function* calls(): AsyncGenerator<ImportedCall> {
    const orderAt = file.positions[mapping.columns.order] ?? 0
    let current: string | undefined
    let number = 0
    for await (const raw of file.lines) {
      const order = raw.values[orderAt]?.trim() ?? ''
      if (current !== undefined && order !== current && (survey.scattered.get(current) ?? 0) <= number) yield* finish(current)
      current = order
      number = raw.number
      const line = take(raw)
      if (line === null || line.customer === null) continue
      const documents = open.get(order) ?? new Map<string, Held[]>()
      open.set(order, documents)
      const lines = documents.get(line.customer)
      if (lines === undefined) documents.set(line.customer, [{ line, raw }])
      else lines.push({ line, raw })
      held += 1
      if (held > MAX_HELD_LINES) {
        throw new ImportError(
          'bad-input',
          'import_too_scattered',
          `The lines of more than ${open.size} orders stand far apart, which would need too much memory. Sort the file by ${mapping.columns.order} first.`,
        )
      }
    }
    for (const order of open.keys()) yield* finish(order)
  }

  return { calls: calls(), tally }
}

function countOrder(tally: Tally, event: DocumentEvent, lines: readonly Held[]): void {
  const at = event.calls[0].timestamp
  const { from, to } = tally.orders
  tally.orders = {
    count: tally.orders.count + 1,
    minor: tally.orders.minor + event.totalMinor,
    withoutGoods: tally.orders.withoutGoods + (lines.every(({ line }) => line.kind !== 'goods') ? 1 : 0),
    from: from === null || at < from ? at : from,
    to: to === null || at > to ? at : to,
  }
}

function anonymousKind(line: OrderLine): AnonymousKind {
  if (line.documentKind === 'adjustment') return 'adjustment'
  if (line.documentKind === 'credit-note') return 'creditNote'
  if (line.quantity < 0n) return 'stockCorrection'
  return line.amount === 0n ? 'free' : 'sale'
}
