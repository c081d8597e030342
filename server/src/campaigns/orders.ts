/** Digits behind the point, where they are not two (ISO 4217, as Intl has it). */
const unusual = Intl.supportedValuesOf('currency').flatMap((code) => {
  const digits = digitsOf(code)
  return digits === 2 ? [] : [[code, digits] as const]
})
const MINOR = `transform(currency, [${unusual.map(([code]) => `'${code}'`).join(', ')}], [${unusual.map(([, digits]) => 10 ** (4 - digits)).join(', ')}], 100)`

/** A JSON text, or the JSON number that ids sometimes are, as text. */
const textOf = (name: string): string =>
  `if(startsWith(properties['${name}'], '"'), JSONExtractString(properties['${name}']), if(properties['${name}'] = 'null', '', properties['${name}']))`

// What an order came to, in ten-thousandths: as the shop counts it (`…_minor`), else its decimal sum; the first that is a number counts.
const UNITS = `coalesce(${['total', 'revenue', 'value']
  .flatMap((name) => [
    `toInt64OrNull(properties['${name}_minor']) * ${MINOR}`,
    `toInt64(toDecimal128OrNull(trim(both '"' from properties['${name}']), 4) * 10000)`,
  ])
  .join(', ')})`

/** Of an event `e` beside {@link OVERRIDES}: the person of it, as the one they are today. */
export const PERSON = `if(o.merged = 1, o.winner, e.profile_id)`
export const OVERRIDES = 'global left join (select loser, winner, 1 as merged from profile_overrides) as o on e.profile_id = o.loser'

/**
 * Two parts of a `with`, the second called `orders`: each order since `{from}`, as `person`, `since`, `currency_of` and `net` in ten-thousandths. An
 * order is one by its id, at the instant at which it was first told and with the sum that was told last; a refund without a sum is of all of it.
 * One that names no currency is in `{currency}`.
 */
export const ORDERS = `
told as (
  select ${PERSON} as person, e.name as name, e.at as at, e.properties as properties, upper(${textOf('currency')}) as said,
    if(said = '', {currency:String}, said) as currency, ${UNITS} as units,
    coalesce(nullIf(${textOf('order_id')}, ''), nullIf(${textOf('orderId')}, ''), '') as order_key
  from events_by_name as e ${OVERRIDES}
  where e.tells in (0, 1) and e.name in ('Order Completed', 'Order Refunded') and e.received_at >= {from:Int64} and e.at >= {from:Int64}
), orders as (
  select person, if(order_key = '', toString(at), order_key) as key, minIf(at, name = 'Order Completed') as since,
    argMaxIf(currency, at, name = 'Order Completed') as currency_of, argMaxIf(ifNull(units, 0), at, name = 'Order Completed') as total,
    sumIf(ifNull(units, 0), name = 'Order Refunded') as back, countIf(name = 'Order Refunded' and units is null) as wholes,
    if(wholes > 0, 0, greatest(0, total - back)) as net
  from told group by person, key having countIf(name = 'Order Completed') > 0
)`

/** From ten-thousandths to minor units. */
export function minorOf(units: number, currency: string): number {
  return Math.round((units / 10_000) * 10 ** digitsOf(currency))
}

/** Digits behind the point of a currency; two of one that nobody knows. */
export function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}
