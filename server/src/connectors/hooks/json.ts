import type { Json, JsonObject } from '@throughline/contracts'

/**
 * Parses JSON so that whole numbers beyond 2^53, such as the ids of some shops, become texts instead of being rounded.
 * @throws SyntaxError when it is not JSON
 */
export function parseExactly(text: string): Json {
  const value = JSON.parse(text) as Json
  if (!/\d{16}/.test(text)) return value
  // Only of what is JSON: where every text ends, this reads each character once.
  // A text, or a number of 16 digits or more; texts are matched so that digits inside them stay what they are.
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g, (part) =>
    part.startsWith('"') || Number.isSafeInteger(Number(part)) ? part : `"${part}"`,
  )
  return JSON.parse(exact) as Json
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** What stands at a path such as `customer.emails.0.value`; null where nothing does. A field whose own name is the path comes first. */
export function valueAt(value: Json, path: string): Json {
  if (path === '') return value
  if (isObject(value) && Object.hasOwn(value, path)) return value[path] ?? null
  let at: Json = value
  for (const part of path.split('.')) {
    if (Array.isArray(at)) at = (/^\d{1,6}$/.test(part) ? at[Number(part)] : null) ?? null
    else if (isObject(at) && Object.hasOwn(at, part)) at = at[part] ?? null
    else return null
  }
  return at
}

const DEPTH = 6
const MOST = 300

/** The paths of all values in some objects. Lists of objects are opened by `[]` when `lines` is set, else by the place of their first ones. */
export function pathsOf(values: readonly Json[], lines: boolean): string[] {
  const found = new Set<string>()
  const walk = (value: Json, path: string, depth: number): void => {
    if (found.size >= MOST || path.length > 250) return
    if (isObject(value) && depth < DEPTH)
      for (const [name, inner] of Object.entries(value)) walk(inner, path === '' ? name : `${path}.${name}`, depth + 1)
    else if (Array.isArray(value) && value.some(isObject) && depth < DEPTH) {
      const opened = [...found].find((one) => one.includes('[]'))?.split('[]')[0]
      if (lines && !path.includes('[]') && (opened ?? path) === path)
        for (const inner of value.slice(0, 50)) walk(inner, `${path}[]`, depth + 1)
      else value.slice(0, 2).forEach((inner, index) => walk(inner, `${path}.${index}`, depth + 1))
    } else if (path !== '') found.add(path)
  }
  for (const value of values) walk(value, '', 0)
  return [...found]
}
