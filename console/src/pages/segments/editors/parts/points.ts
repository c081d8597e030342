import type { Point } from '@throughline/contracts'

/**
 * What was typed as a point: two numbers with a comma, a semicolon or a space between, as maps copy them. With decimal commas
 * (`47,37; 8,54`) they are kept apart by a semicolon or a space. NaN for what is no number.
 */
export function readPoint(text: string): Point {
  const plain = text
    .trim()
    .replace(/^\(|\)$/g, '')
    .replaceAll('°', '')
  const parts = plain.includes(';')
    ? plain.split(';')
    : plain.includes('.') || !plain.includes(' ')
      ? plain.split(/\s*,\s*|\s+/)
      : plain.split(/,?\s+/)
  const [lat = '', lng = '', more] = parts.map((part) => part.trim().replace(',', '.'))
  const number = (part: string): number => (part === '' || more !== undefined ? Number.NaN : Number(part))
  return { lat: number(lat), lng: number(lng) }
}

/** The point as it is typed; empty while there is none. */
export function sayPoint({ lat, lng }: Point): string {
  return Number.isNaN(lat) || Number.isNaN(lng) ? '' : `${lat}, ${lng}`
}
