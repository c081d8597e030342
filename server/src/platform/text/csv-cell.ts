/**
 * A cell of a CSV file (RFC 4180), in quotes where it needs them; null is an empty one. Texts that a spreadsheet would take for
 * a formula get an apostrophe in front, which it hides (OWASP, CSV Injection); numbers and phone numbers begin with a sign and
 * are none.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const risky = /^[=+\-@\t\r\n]/.test(value) && !/^[+-]?\d+(?:\.\d+)?$/.test(value)
  const safe = risky ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
