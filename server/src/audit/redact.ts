import type { Json, JsonObject } from '@throughline/contracts'

const secret = /pass(?:word|phrase)?|secret|token|key$|authorization|cookie/i
const LONGEST_TEXT = 300
const LONGEST_LIST = 20
const DEEPEST = 6
const LONGEST_ALL = 16_000

/**
 * What was asked for, as it may stand in the log: fields that are secrets by their names are hidden, long lists are
 * counted, long texts cut. Answers null for nothing at all.
 */
export function presentable(value: unknown): JsonObject | null {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return null
  const shown = cut(value, 0) as JsonObject
  return JSON.stringify(shown).length > LONGEST_ALL ? { note: 'too long to be kept' } : shown
}

function cut(value: unknown, depth: number): Json {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return fit(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value)
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object') return String(value)
  if (depth >= DEEPEST) return '…'
  if (Array.isArray(value)) return value.length > LONGEST_LIST ? `${value.length} entries` : value.map((one) => cut(one, depth + 1))
  const fields = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(
    fields.map(([name, one]): [string, Json] => [fit(name), secret.test(name) && one !== null ? '[hidden]' : cut(one, depth + 1)]),
  )
}

/** PostgreSQL's jsonb takes no NUL and no half of a surrogate pair. */
function fit(text: string): string {
  return Buffer.from(text).toString().replaceAll('\u0000', '\uFFFD')
}

/** What differs between two states, field by field. */
export function differences(before: JsonObject, after: JsonObject): { before: JsonObject; after: JsonObject } {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const only = (of: JsonObject): JsonObject =>
    Object.fromEntries(changed.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]]])))
  return { before: only(before), after: only(after) }
}
