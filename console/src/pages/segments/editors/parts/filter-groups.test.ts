import { expect, it } from 'vitest'
import { eventFilterSchema } from '@throughline/contracts'
import type { EventFilter } from '@throughline/contracts'
import { isProperty, pathIn, readGroup, writeGroup } from './filter-groups.ts'

const one = (property: string): EventFilter => ({ property, compare: { op: 'exists' } })
const groups: readonly EventFilter[] = [
  { kind: 'all', of: [one('a'), one('b')] },
  { kind: 'any', of: [one('a'), { kind: 'not', of: one('b') }] },
  { kind: 'not', of: one('a') },
  { kind: 'not', of: { kind: 'any', of: [one('a'), one('b')] } },
  { kind: 'not', of: { kind: 'all', of: [one('a'), one('b')] } },
  { kind: 'some', in: 'products', where: [one('category'), { kind: 'any', of: [one('price')] }] },
]

it.each(groups)('a group is the same after it was read and written: %j', (filter) => {
  if (isProperty(filter)) throw new Error('no group')
  const group = readGroup(filter)
  const written = writeGroup(group)
  expect(written).toEqual(filter)
  expect(eventFilterSchema.safeParse(written).success).toBe(true)
  // What is wrong with a filter in it is found at that filter.
  group.of.forEach((inner, at) => expect(at_(written, pathIn(group, at))).toEqual(inner))
})

function at_(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown>)[key], value)
}
