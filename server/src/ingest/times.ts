const pattern = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$/i

/**
 * Epoch ms of a time as clients send it: ISO 8601 text (a time without zone is UTC), or a number of milliseconds since
 * 1970. `undefined` for everything else, and for times before 1970.
 */
export function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? parseText(value) : typeof value === 'number' ? Math.floor(value) : NaN
  // Up to the largest time that JavaScript can name.
  return ms >= 0 && ms <= 8_640_000_000_000_000 ? ms : undefined
}

// Clients give the same time in several fields and events.
let lastText = ''
let lastTime = NaN

function parseText(text: string): number {
  if (text !== lastText) {
    lastTime = parseAny(text)
    lastText = text
  }
  return lastTime
}

function parseAny(text: string): number {
  const match = pattern.exec(text)
  if (match === null) return NaN
  if (match[1] !== undefined || text.length === 10) {
    // What most clients send, "2026-11-22T10:00:00.000Z", is what the parser knows best.
    if (text.endsWith('Z') && text.charCodeAt(10) === 84 && !text.includes(',')) return Date.parse(text)
    const zone = match[1]
    if (zone === undefined) return Date.parse(text)
    const head = text.slice(0, text.length - zone.length)
    return Date.parse(`${iso(head)}${zoneOf(zone)}`)
  }
  return Date.parse(`${iso(text)}Z`)
}

function iso(text: string): string {
  return text.replace(' ', 'T').replace('t', 'T').replace(',', '.')
}

function zoneOf(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z'
  return zone.length === 3 ? `${zone}:00` : zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
}
