import type { Json, Problem } from '@throughline/contracts'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/**
 * What zod found wrong, in our words: for each the field as a dotted path, the value that stood there, what is allowed.
 * @param input what was parsed, so that the value can be quoted (shortened to 200 characters)
 * @param prefix put before every path, such as `query`
 */
export function problemsOf(error: z.ZodError, input: unknown, prefix = ''): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, input, prefix)).slice(0, 50)
}

function problemsOfIssue(issue: Issue, input: unknown, prefix: string): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      const field = fieldOf(path, prefix)
      return {
        field,
        value: quote(valueAtPath(input, path)),
        allowed: 'no such field',
        message: `${field}: there is no field of this name here.`,
      }
    })
  }
  // Of the ways a union could be meant, the one that came furthest says best what is wrong.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? []
    if (depth(nearest) > 0)
      return nearest.flatMap((inner) => problemsOfIssue({ ...inner, path: [...issue.path, ...inner.path] }, input, prefix))
  }
  const field = fieldOf(issue.path, prefix)
  const value = quote(valueAtPath(input, issue.path))
  const allowed = allowedBy(issue)
  const stood = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`
  return [{ field, value, allowed, message: `${field} ${stood}; allowed: ${allowed}.` }]
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}

function fieldOf(path: readonly PropertyKey[], prefix: string): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return `${prefix}${parts}`.replace(/^\./, '') || 'body'
}

function valueAtPath(input: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = input
  for (const key of path) {
    if (at === null || typeof at !== 'object') return undefined
    at = Object.hasOwn(at, key) ? (at as Record<PropertyKey, unknown>)[key] : undefined
  }
  return at
}

const SECRET = /password|secret|token|key$/i

/** A value as it may be shown again: plain JSON, shortened. */
function quote(value: unknown): Json | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  const text = JSON.stringify(value, (key, inner: unknown) => (SECRET.test(key) ? '[hidden]' : inner)) ?? String(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected)
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(', ')
    case 'too_small':
      return sized(issue.origin, `at least ${issue.minimum}`)
    case 'too_big':
      return sized(issue.origin, `at most ${issue.maximum}`)
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : `a valid ${issue.format}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union': {
      const options = 'options' in issue && Array.isArray(issue.options) ? (issue.options as unknown[]) : []
      return options.length > 0 ? options.map((value) => JSON.stringify(value)).join(', ') : issue.message
    }
    default:
      return issue.message
  }
}

function sized(origin: string, bound: string): string {
  if (origin === 'string') return `${bound} characters`
  if (origin === 'array' || origin === 'set') return `${bound} entries`
  return bound
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`
}
