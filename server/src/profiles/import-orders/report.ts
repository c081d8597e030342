import { formatAmount } from './decimal.ts'

/** Where a line ended up. Every line of the file ends up in exactly one of these. */
export const outcomes = {
  order: 'in orders',
  refund: 'in refunds',
  withoutCustomer: 'without a customer',
  freeOfCharge: 'in orders that are free of charge throughout',
  negative: 'below zero outside a credit note',
  adjustment: 'adjustments',
  ignored: 'ignored by the mapping',
  unreadable: 'unreadable',
} as const
export type Outcome = keyof typeof outcomes

/** What lines without a customer would have been. */
export const anonymousKinds = {
  sale: 'sales',
  creditNote: 'credit notes',
  stockCorrection: 'stock corrections',
  free: 'free of charge',
  adjustment: 'adjustments',
} as const
export type AnonymousKind = keyof typeof anonymousKinds

/** Number of lines and their exact worth, text in the main unit. */
export interface Share {
  readonly lines: number
  readonly amount: string
}

export interface ImportReport {
  readonly source: string
  readonly currency: string
  readonly dryRun: boolean
  readonly lines: { readonly read: number; readonly amount: string } & { readonly [K in Outcome]: Share }
  readonly withoutCustomer: { readonly [K in AnonymousKind]: number }
  /** Whether the shares sum up to the lines read, in number and in worth. */
  readonly addsUp: boolean
  readonly orders: {
    readonly count: number
    readonly total: string
    readonly withoutGoods: number
    readonly from: string | null
    readonly to: string | null
  }
  readonly refunds: { readonly count: number; readonly total: string }
  readonly freeOrders: number
  readonly customers: number
  /** Exact worth minus the sum of the events' totals: what rounding each order to whole minor units left over. */
  readonly rounding: string
  /** Names of countries that are no country to us, with the number of their lines; people from there have no country. */
  readonly unknownCountries: { readonly [name: string]: number }
  readonly events: {
    readonly made: number
    readonly accepted: number
    readonly duplicates: number
    readonly rejected: number
    readonly skipped: number
  }
  readonly seconds: number
  readonly peakMemoryMiB: number
  readonly files: { readonly notImported: string | null; readonly refusedEvents: string | null }
}

/** Counts while a file is converted; amounts in billionths of the main unit. */
export interface Tally {
  read: number
  amount: bigint
  readonly by: { [K in Outcome]: { lines: number; amount: bigint } }
  readonly withoutCustomer: { [K in AnonymousKind]: number }
  orders: { count: number; minor: number; withoutGoods: number; from: string | null; to: string | null }
  refunds: { count: number; minor: number }
  freeOrders: number
  customers: number
  rounding: bigint
  readonly unknownCountries: Map<string, number>
}

export function emptyTally(): Tally {
  const none = () => ({ lines: 0, amount: 0n })
  return {
    read: 0,
    amount: 0n,
    by: {
      order: none(),
      refund: none(),
      withoutCustomer: none(),
      freeOfCharge: none(),
      negative: none(),
      adjustment: none(),
      ignored: none(),
      unreadable: none(),
    },
    withoutCustomer: { sale: 0, creditNote: 0, stockCorrection: 0, free: 0, adjustment: 0 },
    orders: { count: 0, minor: 0, withoutGoods: 0, from: null, to: null },
    refunds: { count: 0, minor: 0 },
    freeOrders: 0,
    customers: 0,
    rounding: 0n,
    unknownCountries: new Map(),
  }
}

/** The lines part of a report and the proof that it adds up. */
export function summarise(tally: Tally, digits: number): Pick<ImportReport, 'lines' | 'addsUp'> {
  const keys = Object.keys(outcomes) as Outcome[]
  const share = (key: Outcome): Share => ({ lines: tally.by[key].lines, amount: formatAmount(tally.by[key].amount, digits) })
  const lines = keys.reduce((sum, key) => sum + tally.by[key].lines, 0)
  const amount = keys.reduce((sum, key) => sum + tally.by[key].amount, 0n)
  return {
    lines: {
      read: tally.read,
      amount: formatAmount(tally.amount, digits),
      order: share('order'),
      refund: share('refund'),
      withoutCustomer: share('withoutCustomer'),
      freeOfCharge: share('freeOfCharge'),
      negative: share('negative'),
      adjustment: share('adjustment'),
      ignored: share('ignored'),
      unreadable: share('unreadable'),
    },
    addsUp: lines === tally.read && amount === tally.amount,
  }
}

const number = new Intl.NumberFormat('en-GB')
const count = (value: number, one: string, many: string) => `${number.format(value)} ${value === 1 ? one : many}`

/** The report as people read it. */
export function renderReport(report: ImportReport): string {
  const { lines, currency } = report
  const money = (amount: string) => `${amount.replace(/\B(?=(\d{3})+(?=\.|$))(?<!\.\d*)/g, ',')} ${currency}`
  const row = (label: string, share: { lines: number; amount: string }) =>
    `  ${number.format(share.lines).padStart(11)}  ${money(share.amount).padStart(20)}  ${label}`
  const kinds = (Object.keys(anonymousKinds) as AnonymousKind[]).filter((kind) => report.withoutCustomer[kind] > 0)
  const shown = (Object.keys(outcomes) as Outcome[]).filter((key) => lines[key].lines > 0)
  const unknown = Object.entries(report.unknownCountries)
  return [
    row('lines read', { lines: lines.read, amount: lines.amount }),
    ...shown.flatMap((key) => [
      row(outcomes[key], lines[key]),
      ...(key === 'withoutCustomer'
        ? kinds.map((kind) => `  ${number.format(report.withoutCustomer[kind]).padStart(11)}  ${' '.repeat(20)}  · ${anonymousKinds[kind]}`)
        : []),
    ]),
    report.addsUp
      ? '  The shares add up to the lines read, in number and in worth.'
      : '  THE SHARES DO NOT ADD UP to the lines read. Please report this with your mapping file.',
    '',
    `  ${count(report.orders.count, 'order', 'orders')} worth ${money(report.orders.total)}${report.orders.from === null ? '' : `, ${report.orders.from.slice(0, 10)} to ${report.orders.to?.slice(0, 10) ?? ''}`}` +
      (report.orders.withoutGoods > 0
        ? `; ${number.format(report.orders.withoutGoods)} of them without goods (only shipping, fees or manual entries)`
        : ''),
    `  ${count(report.refunds.count, 'refund', 'refunds')} worth ${money(report.refunds.total)}`,
    `  ${count(report.customers, 'customer', 'customers')}`,
    ...(report.freeOrders > 0
      ? [
          `  ${count(report.freeOrders, 'order', 'orders')} left out because nothing in ${report.freeOrders === 1 ? 'it' : 'them'} was charged`,
        ]
      : []),
    ...(report.rounding === '0' || /^-?0[.0]*$/.test(report.rounding)
      ? []
      : [`  ${money(report.rounding)} left over by rounding each order to whole minor units`]),
    ...(unknown.length > 0
      ? [`  No country: ${unknown.map(([name, lines]) => `"${name}" (${count(lines, 'line', 'lines')})`).join(', ')}`]
      : []),
    '',
    report.dryRun
      ? `  ${count(report.events.made, 'event', 'events')} would be sent; nothing was (--dry-run)`
      : `  ${count(report.events.made, 'event', 'events')}: ${number.format(report.events.accepted)} new, ${number.format(report.events.duplicates)} already there, ${number.format(report.events.rejected)} refused` +
        (report.events.skipped > 0 ? `, ${number.format(report.events.skipped)} sent before the interruption` : ''),
    `  ${report.seconds.toFixed(1)} s, at most ${number.format(report.peakMemoryMiB)} MiB of memory`,
    ...(report.files.notImported === null ? [] : [`  Lines not imported, with the reason: ${report.files.notImported}`]),
    ...(report.files.refusedEvents === null ? [] : [`  Events that the server refused, with the reason: ${report.files.refusedEvents}`]),
  ].join('\n')
}
