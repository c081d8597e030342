import { HttpFailure } from './errors.ts'

/**
 * Writes the place at which the next page begins, as text that callers hand back untouched.
 * @param place the ordering values of the last item shown
 */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url')
}

/**
 * Reads a cursor back; `undefined` for the first page.
 * @param shape one example value per part, so that a number is a number
 * @throws HttpFailure `cursor_unreadable`
 */
export function readCursor<const Shape extends readonly (string | number)[]>(
  cursor: string | undefined,
  shape: Shape,
): { -readonly [K in keyof Shape]: Shape[K] extends number ? number : string } | undefined {
  if (cursor === undefined || cursor === '') return undefined
  const place = parse(cursor)
  if (Array.isArray(place) && place.length === shape.length && place.every((part, index) => typeof part === typeof shape[index]))
    return place as never
  throw new HttpFailure(
    'bad-input',
    'cursor_unreadable',
    `query.cursor is ${JSON.stringify(cursor.slice(0, 100))}; allowed: what the page before answered as "next".`,
    { field: 'query.cursor', value: cursor.slice(0, 100), allowed: 'the "next" of the page before' },
  )
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
