import { acceptLimits } from '@throughline/contracts'
import { refuse, type Refusal } from './refusal.ts'

/** How deep lists and objects may stand in each other, counted from the event. */
export const MAX_DEPTH = 32
/** From here on, whole numbers run together in JavaScript and in JSON readers of other languages. */
const MAX_NUMBER = 2 ** 53
const loneSurrogate = /\p{Surrogate}/u

/** Whether a text holds what neither PostgreSQL nor a JSON reader takes: NUL, or half a surrogate pair. */
export function isBadText(text: string): boolean {
  return text.includes('\u0000') || loneSurrogate.test(text)
}

/**
 * Whether parsed JSON can be stored and asked about as it is. This is the hot path: it says only yes or no, and
 * {@link findProblems} says what and where.
 * @param escapes whether the text from which it was parsed has `\u` escapes: only they can hold NUL or lone surrogates
 */
export function isSound(value: unknown, escapes: boolean, depth = 1): boolean {
  switch (typeof value) {
    case 'string':
      return !escapes || !isBadText(value)
    case 'number':
      return value < MAX_NUMBER && value > -MAX_NUMBER
    case 'object': {
      if (value === null) return true
      if (depth > MAX_DEPTH) return false
      if (Array.isArray(value)) {
        for (const item of value) if (!isSound(item, escapes, depth + 1)) return false
        return true
      }
      for (const key of Object.keys(value)) {
        // A dot may make two paths one; whether it does is looked at apart.
        if (
          key.length === 0 ||
          key.length > acceptLimits.nameLength ||
          key.includes('.') ||
          key === '__proto__' ||
          (escapes && isBadText(key))
        )
          return false
        if (!isSound((value as Record<string, unknown>)[key], escapes, depth + 1)) return false
      }
      return true
    }
    default:
      return true
  }
}

const MAX_PROBLEMS = 20

/**
 * Everything that is wrong with parsed JSON, at most 20 things; empty when it is only unusual.
 * @param raw the text it was parsed from, for numbers as they stood there
 */
export function findProblems(value: unknown, raw: string, field = ''): Refusal[] {
  const found: Refusal[] = []
  walk(value, field, 1)
  return found

  function walk(at: unknown, path: string, depth: number): void {
    if (found.length >= MAX_PROBLEMS) return
    if (typeof at === 'string') {
      if (isBadText(at)) found.push(badText(path, at))
    } else if (typeof at === 'number') {
      if (!(Math.abs(at) < MAX_NUMBER)) {
        found.push(
          refuse(
            'bad_number',
            path,
            numberText(raw, at),
            'a number below 2^53; ids as text',
            'is a number that would be rounded on its way; send it as text, in quotes',
          ),
        )
      }
    } else if (typeof at === 'object' && at !== null) {
      if (depth > MAX_DEPTH)
        found.push(refuse('too_deep', path.slice(0, 200), at, `at most ${MAX_DEPTH} levels`, `stands deeper than ${MAX_DEPTH} levels`))
      else if (Array.isArray(at)) at.forEach((item, index) => walk(item, `${path}[${index}]`, depth + 1))
      else walkObject(at, path, depth)
    }
  }

  function walkObject(at: object, path: string, depth: number): void {
    for (const [key, item] of Object.entries(at)) {
      const place = path === '' ? key : `${path}.${key}`
      if (key === '') found.push(refuse('bad_name', path, '', 'a name of 1 to 200 characters', 'has a field without a name'))
      else if (key.length > acceptLimits.nameLength)
        found.push(
          refuse(
            'too_long',
            path,
            key,
            `names of at most ${acceptLimits.nameLength} characters`,
            `has a field whose name is ${key.length} characters long`,
          ),
        )
      else if (key === '__proto__')
        found.push(refuse('bad_name', place, key, 'any other name', 'is a name that JavaScript keeps for itself'))
      else if (isBadText(key)) found.push(badText(path, key))
      else walk(item, place, depth + 1)
    }
    if (path === '' || isUnder(path)) return
    const clash = findClash(at)
    if (clash !== undefined) {
      found.push(
        refuse(
          'name_clash',
          `${path}.${clash}`,
          clash,
          'one field for each dotted path',
          'is given twice: once as a name with a dot, once as a field inside another',
        ),
      )
    }
  }

  // Clashes are looked for once for properties, traits and context as wholes.
  function isUnder(path: string): boolean {
    return path.includes('.') || path.includes('[')
  }
}

function badText(path: string, value: string): Refusal {
  return refuse(
    'bad_text',
    path,
    value.replaceAll('\u0000', '\\u0000'),
    'text without NUL (\\u0000) and without halves of surrogate pairs',
    'holds a character that cannot be stored',
  )
}

/** The number as it stood in the text, since its value has been rounded already. */
function numberText(raw: string, value: number): string {
  if (largeNumbers.raw !== raw) largeNumbers = { raw, texts: readLargeNumbers(raw) }
  return largeNumbers.texts.get(value) ?? String(value)
}

// Those of the last call that had one: a batch may have thousands, and looking through its text for each takes time by the square.
let largeNumbers: { readonly raw: string; readonly texts: ReadonlyMap<number, string> } = { raw: '', texts: new Map() }

function readLargeNumbers(raw: string): Map<number, string> {
  const texts = new Map<number, string>()
  for (const [text] of raw.matchAll(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    const value = Number(text)
    if (!(Math.abs(value) < MAX_NUMBER) && !texts.has(value)) texts.set(value, text)
  }
  return texts
}

/** The first dotted path that two fields of an object share, `{"a.b":1,"a":{"b":2}}`: "a.b". Lists are worlds of their own. */
export function findClash(value: object): string | undefined {
  const seen = new Set<string>()
  return visit(value, '', 1)

  function visit(at: object, prefix: string, depth: number): string | undefined {
    if (depth > MAX_DEPTH) return undefined
    for (const [key, item] of Object.entries(at)) {
      const path = prefix === '' ? key : `${prefix}.${key}`
      if (seen.has(path)) return path
      seen.add(path)
      if (typeof item !== 'object' || item === null) continue
      const inside = Array.isArray(item) ? findClashInList(item, depth + 1) : visit(item, path, depth + 1)
      if (inside !== undefined) return inside
    }
    return undefined
  }
}

function findClashInList(list: readonly unknown[], depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined
  for (const item of list) {
    if (typeof item !== 'object' || item === null) continue
    const clash = Array.isArray(item) ? findClashInList(item, depth + 1) : findClash(item)
    if (clash !== undefined) return clash
  }
  return undefined
}
