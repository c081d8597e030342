import { filters as builtIn, type Liquid } from 'liquidjs'
import type { RenderOptions } from './rendered.ts'

/** Under this name the options of the current rendering lie beside the variables; no template can write it. */
export const OPTIONS = '\u0000options'

interface FilterThis {
  readonly context: { readonly globals: object }
}

/** Filters of our own, beside those of Liquid. Each gives an empty text for a missing value, so that `default` can follow. */
export function registerFilters(engine: Liquid): void {
  engine.registerFilter('money', function (this: FilterThis, amount: unknown, currency?: unknown) {
    return formatMoney(amount, currency, optionsOf(this), false)
  })
  engine.registerFilter('money_minor', function (this: FilterThis, amount: unknown, currency?: unknown) {
    return formatMoney(amount, currency, optionsOf(this), true)
  })
  const { date } = builtIn
  if (typeof date !== 'function') throw new TypeError('this LiquidJS has no date filter')
  engine.registerFilter('date', function (value: unknown, format?: unknown, zone?: unknown) {
    if (isMissing(value)) return ''
    const options = optionsOf(this)
    // Liquid takes numbers for seconds; our times are milliseconds.
    const at = typeof value === 'number' && Math.abs(value) >= 1e11 ? new Date(value) : value
    return date.call(this, at, format, zone ?? options.zone, options.locale)
  })
  engine.registerFilter('local_date', function (this: FilterThis, value: unknown, style?: unknown) {
    return formatInstant(value, optionsOf(this), { dateStyle: styleOf(style) })
  })
  engine.registerFilter('local_time', function (this: FilterThis, value: unknown) {
    return formatInstant(value, optionsOf(this), { timeStyle: 'short' })
  })
  engine.registerFilter('local_number', function (this: FilterThis, value: unknown) {
    const number = toNumber(value)
    return number === null
      ? ''
      : cached(numbers, optionsOf(this).locale, () => new Intl.NumberFormat(optionsOf(this).locale)).format(number)
  })
  engine.registerFilter('list', function (this: FilterThis, value: unknown, word?: unknown) {
    const items = (Array.isArray(value) ? value : isMissing(value) ? [] : [value]).map(String)
    const type = word === 'or' ? 'disjunction' : 'conjunction'
    return cached(lists, `${optionsOf(this).locale} ${type}`, () => new Intl.ListFormat(optionsOf(this).locale, { type })).format(items)
  })
  engine.registerFilter('limit', (value: unknown, count: unknown) =>
    Array.isArray(value) ? value.slice(0, Math.max(0, Number(count) || 0)) : value,
  )
}

const monies = new Map<string, Money>()
const numbers = new Map<string, Intl.NumberFormat>()
const lists = new Map<string, Intl.ListFormat>()
const instants = new Map<string, Intl.DateTimeFormat>()

/** One currency in the manner of one place, and amounts last written in it: every e-mail says them twice, and most of a shop's say the same. */
interface Money {
  readonly format: Intl.NumberFormat
  /** Minor units in a major one; ISO 4217 says how many digits they have: 2 for EUR, 0 for JPY, 3 for KWD. */
  readonly minor: number
  readonly written: Map<number, string>
}

function formatMoney(amount: unknown, given: unknown, options: RenderOptions, minor: boolean): string {
  const number = toNumber(amount)
  if (number === null) return ''
  const currency = typeof given === 'string' && /^[a-z]{3}$/i.test(given) ? given.toUpperCase() : options.currency
  const money = cached(monies, `${options.locale} ${currency}`, () => makeMoney(options.locale, currency))
  const value = minor ? number / money.minor : number
  // A map takes -0 and 0 for the same, and they are not written alike.
  return value === 0 ? money.format.format(value) : cached(money.written, value, () => money.format.format(value))
}

function makeMoney(locale: string, currency: string): Money {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  return { format, minor: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2), written: new Map() }
}

function formatInstant(value: unknown, options: RenderOptions, style: Intl.DateTimeFormatOptions): string {
  if (isMissing(value)) return ''
  const at = value === 'now' ? Date.now() : typeof value === 'number' ? value : Date.parse(String(value))
  if (Number.isNaN(at)) return ''
  return cached(
    instants,
    `${options.locale} ${options.zone} ${JSON.stringify(style)}`,
    () => new Intl.DateTimeFormat(options.locale, { ...style, timeZone: options.zone }),
  ).format(at)
}

function styleOf(style: unknown): 'full' | 'long' | 'medium' | 'short' {
  return style === 'full' || style === 'medium' || style === 'short' ? style : 'long'
}

function toNumber(value: unknown): number | null {
  if (isMissing(value) || typeof value === 'boolean') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || value === ''
}

function optionsOf(self: FilterThis): RenderOptions {
  return (self.context.globals as { readonly [OPTIONS]: RenderOptions })[OPTIONS]
}

// Formats are costly to make and few; a shop has a handful of locales.
function cached<K, F>(cache: Map<K, F>, key: K, make: () => F): F {
  const found = cache.get(key)
  if (found !== undefined) return found
  if (cache.size >= 200) cache.clear()
  const made = make()
  cache.set(key, made)
  return made
}
