import type { Json } from '@throughline/contracts'
import { CodeBlock } from './copy.tsx'

/** JSON as text, with a button that copies it. */
export function JsonView({ value, what }: { readonly value: Json | object; readonly what: string }) {
  return <CodeBlock text={JSON.stringify(value, null, 2)} what={what} wrap />
}

/** A JSON value in a line, as one reads it: `city: Amsterdam, postcode: 1017 AB`. */
export function jsonWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(jsonWords).join(', ')
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${jsonWords(one)}`)
      .join(', ')
  return JSON.stringify(value)
}
