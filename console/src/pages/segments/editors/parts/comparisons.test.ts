import { expect, it } from 'vitest'
import { comparisonSchema } from '@throughline/contracts'
import type { Comparison } from '@throughline/contracts'
import { offered, withOp } from './comparisons.ts'

const ops = offered([], 'is').map(([op]) => op)

/** The comparison with something in every field that is open. */
const filled = (compare: Comparison): unknown => {
  const words: Record<string, unknown> = {
    value: 'a',
    values: ['a'],
    date: '2026-05-01',
    from: '2026-05-01',
    to: '2026-05-02',
    pattern: 'a',
    version: '1.2',
  }
  return Object.fromEntries(
    Object.entries(compare).map(([key, value]): [string, unknown] => {
      if (Number.isNaN(value)) return [key, 3]
      return [key, value === '' || (Array.isArray(value) && value.length === 0) ? words[key] : value]
    }),
  )
}

it('every comparison that is offered turns into every other, and is one that the contract takes once its fields are filled in', () => {
  for (const from of ops)
    for (const to of ops) {
      const compare = withOp(withOp({ op: 'is', value: '' }, from), to)
      expect(comparisonSchema.safeParse(filled(compare)), `${from} → ${to}`).toMatchObject({ success: true, data: { op: to } })
    }
})

it('offers what the type of the value can answer, and what stands there already', () => {
  const words = (type: 'text' | 'number' | 'date' | 'list'): readonly string[] => offered([type], 'exists').map(([op]) => op)
  expect(words('number')).toContain('between')
  expect(words('number')).not.toContain('contains')
  expect(words('date')).toContain('anniversary')
  expect(words('list')).toContain('has-any')
  expect(offered(['number'], 'contains').map(([op]) => op)).toContain('contains')
  expect(offered(['date'], 'before', ['anniversary']).map(([op]) => op)).not.toContain('anniversary')
})

it('a value that is taken from an event of the shop goes along between comparisons of numbers only where it may stand', () => {
  const is = { op: 'is', value: '{event.price}' } as const
  const ofEvent = withOp(is, 'at-least', true)
  expect(ofEvent).toEqual({ op: 'at-least', value: '{event.price}' })
  expect(withOp(ofEvent, 'between', true)).toEqual({ op: 'between', from: '{event.price}', to: Number.NaN })
  expect(withOp(ofEvent, 'is', true)).toEqual(is)
  expect(withOp(is, 'at-least')).toEqual({ op: 'at-least', value: Number.NaN })
  expect(withOp({ op: 'is', value: 'about {event.price}' }, 'at-least', true)).toEqual({ op: 'at-least', value: Number.NaN })
})
