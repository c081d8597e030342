/**
 * Exact sums of money out of decimal text. An amount is a bigint in billionths of the currency's main unit:
 * quantities may have three decimals and prices six, so a product of both is exact and nothing is rounded before the end.
 */
const AMOUNT_DECIMALS = 9
const QUANTITY_DECIMALS = 3
const PRICE_DECIMALS = AMOUNT_DECIMALS - QUANTITY_DECIMALS
const ONE = 10n ** BigInt(AMOUNT_DECIMALS)

const patterns = { '.': /^([+-]?)(\d{1,12})(?:\.(\d+))?$/, ',': /^([+-]?)(\d{1,12})(?:,(\d+))?$/ } as const
export type DecimalMark = keyof typeof patterns

/** A quantity in thousandths, or `null` when the text is no number with at most three decimals. */
export function parseQuantity(text: string, mark: DecimalMark): bigint | null {
  return parseScaled(text, mark, QUANTITY_DECIMALS)
}

/** A price in millionths of the main unit, or `null` when the text is no number with at most six decimals. */
export function parsePrice(text: string, mark: DecimalMark): bigint | null {
  return parseScaled(text, mark, PRICE_DECIMALS)
}

function parseScaled(text: string, mark: DecimalMark, decimals: number): bigint | null {
  const match = patterns[mark].exec(text)
  if (match === null) return null
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > decimals) return null
  const scaled = BigInt((match[2] ?? '') + fraction.padEnd(decimals, '0'))
  return match[1] === '-' ? -scaled : scaled
}

/** The quantity as a JSON number. */
export function quantityToNumber(quantity: bigint): number {
  return Number(quantity) / 10 ** QUANTITY_DECIMALS
}

/** The price as a JSON number in the main unit. */
export function priceToNumber(price: bigint): number {
  return Number(price) / 10 ** PRICE_DECIMALS
}

/** How many decimals the currency has (ISO 4217): 2 for GBP, 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** An exact amount in whole minor units (pence), halves rounded away from zero. */
export function toMinor(amount: bigint, digits: number): number {
  const unit = 10n ** BigInt(AMOUNT_DECIMALS - digits)
  const half = unit / 2n
  return Number(amount < 0n ? -((-amount + half) / unit) : (amount + half) / unit)
}

/** Minor units as the exact amount they stand for. */
export function fromMinor(minor: number, digits: number): bigint {
  return BigInt(minor) * 10n ** BigInt(AMOUNT_DECIMALS - digits)
}

/** `9747747.934`, without trailing zeros beyond the currency's own decimals. */
export function formatAmount(amount: bigint, digits: number): string {
  const positive = amount < 0n ? -amount : amount
  const fraction = (positive % ONE).toString().padStart(AMOUNT_DECIMALS, '0')
  const kept = fraction.slice(0, digits) + fraction.slice(digits).replace(/0+$/, '')
  return `${amount < 0n ? '-' : ''}${positive / ONE}${kept === '' ? '' : `.${kept}`}`
}
