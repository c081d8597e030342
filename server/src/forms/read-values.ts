import {
  formLimits,
  type FormBody,
  type FormField,
  type Identifier,
  type Json,
  type JsonObject,
  type Problem,
} from '@throughline/contracts'
import { normaliseIdentifier } from '../identity/index.ts'

/** What somebody said in a form. */
export interface FormValues {
  /** By the names of its fields; what was left empty is left out, a checkbox is always there. */
  readonly values: JsonObject
  readonly traits: JsonObject
  readonly identifiers: readonly Identifier[]
  readonly email: string | null
}

type Read = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly allowed: string }

/**
 * Reads what was submitted by the fields of a form; what is none of them is passed over, since pages send more than was meant.
 * @param given as JSON says it, or texts as browsers send them
 */
export function readValues(
  { fields }: Pick<FormBody, 'fields'>,
  given: { readonly [name: string]: unknown },
): { readonly said: FormValues; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const values: Record<string, Json> = {}
  const traits: Record<string, Json> = {}
  const identifiers: Identifier[] = []
  let email: string | null = null
  for (const field of fields) {
    const raw = Object.hasOwn(given, field.name) ? trimmed(given[field.name]) : undefined
    const isEmpty = raw === undefined || raw === null || raw === ''
    if (isEmpty && field.type !== 'checkbox') {
      if (field.required) problems.push(problemAt(field, undefined, 'something', 'is missing'))
      continue
    }
    const read = readers[field.type](isEmpty ? false : raw, field)
    if (!read.ok) {
      problems.push(problemAt(field, raw, read.allowed, 'cannot be taken'))
      continue
    }
    const { value } = read
    if (field.required && value === false) {
      problems.push(problemAt(field, false, 'a tick', 'has to be ticked'))
      continue
    }
    values[field.name] = value
    const trait = field.type === 'email' || field.type === 'phone' ? field.type : field.trait
    if (trait !== undefined) traits[trait] = value
    if (field.type === 'email' || field.type === 'phone') identifiers.push({ kind: field.type, value: String(value) })
    if (field.type === 'email') email = String(value)
  }
  return { said: { values, traits, identifiers, email }, problems }
}

const is = (value: Json): Read => ({ ok: true, value })
const isNot = (allowed: string): Read => ({ ok: false, allowed })

const readers: { readonly [T in FormField['type']]: (raw: unknown, field: FormField) => Read } = {
  email: (raw) => readAddress('email', raw, 'an e-mail address, such as ann@shop.com'),
  phone: (raw) => readAddress('phone', raw, 'a phone number with its country, such as +49 30 123456'),
  text: (raw) => readText(raw, formLimits.text),
  'long-text': (raw) => readText(raw, formLimits.longText),
  number: (raw) => {
    const value = typeof raw === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)$/.test(raw) ? Number(raw) : raw
    return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? is(value) : isNot('a number, such as 12 or 12.5')
  },
  date: (raw) => (typeof raw === 'string' && isDay(raw) ? is(raw) : isNot('a day, such as 2026-12-31')),
  checkbox: (raw) => {
    if (raw === true || raw === 'on' || raw === 'true' || raw === '1' || raw === 'yes') return is(true)
    if (raw === false || raw === 'off' || raw === 'false' || raw === '0' || raw === 'no') return is(false)
    return isNot('on or off')
  },
  choice: (raw, { options = [] }) => (typeof raw === 'string' && options.includes(raw) ? is(raw) : isNot(options.join(', '))),
}

function readAddress(kind: 'email' | 'phone', raw: unknown, allowed: string): Read {
  const identifier = typeof raw === 'string' && isSound(raw) ? normaliseIdentifier(kind, raw) : undefined
  return identifier === undefined ? isNot(allowed) : is(identifier.value)
}

function readText(raw: unknown, most: number): Read {
  const text = typeof raw === 'number' ? String(raw) : raw
  return typeof text === 'string' && text.length <= most && isSound(text) ? is(text) : isNot(`text of at most ${most} characters`)
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/** Neither store takes NUL, or half of a character. */
function isSound(text: string): boolean {
  return !text.includes('\u0000') && !/\p{Surrogate}/u.test(text)
}

const trimmed = (raw: unknown): unknown => (typeof raw === 'string' ? raw.trim() : raw)

function problemAt({ name, label }: FormField, raw: unknown, allowed: string, what: string): Problem {
  const value = typeof raw === 'string' ? raw.slice(0, 200) : typeof raw === 'number' || typeof raw === 'boolean' ? raw : undefined
  return { field: name, value, allowed, message: what === 'cannot be taken' ? `${label}: please give ${allowed}.` : `${label} ${what}.` }
}
