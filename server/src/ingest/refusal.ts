import type { Json, Problem } from '@throughline/contracts'

/** Why an event is refused, in one word: the label under which refusals are counted. */
export type RefusalCode =
  | 'missing'
  | 'wrong_type'
  | 'too_long'
  | 'too_large'
  | 'bad_time'
  | 'bad_text'
  | 'bad_number'
  | 'bad_name'
  | 'too_deep'
  | 'name_clash'
  | 'nobody'
  | 'bad_value'

export interface Refusal {
  readonly code: RefusalCode
  readonly problem: Problem
}

/**
 * One thing that is wrong with an event.
 * @param message a sentence that goes on from the field's name: "is missing"
 */
export function refuse(code: RefusalCode, field: string, value: unknown, allowed: string, message: string): Refusal {
  return { code, problem: { field, value: show(value), allowed, message: `${field} ${message}.` } }
}

/** A value as it can be shown: short, and fit for every reader of JSON. */
export function show(value: unknown): Json | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return clip(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean' || value === null) return value
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
}

function clip(text: string): string {
  const safe = Buffer.from(text.slice(0, 200)).toString()
  return text.length > 200 ? `${safe}…` : safe
}
