import { expect, it } from 'vitest'
import { definitionIdSchema } from '@throughline/contracts'
import { clauseOf, idOf, sentenceOf } from './words.ts'

it('says an unfinished condition with gaps', () => {
  const condition = {
    kind: 'event',
    event: '',
    where: [{ property: 'total', compare: { op: 'at-least', value: Number.NaN } }],
    times: { op: 'at-least', n: 2 },
    within: '',
  } as const
  expect(sentenceOf({ ...condition, where: [...condition.where] })).toBe('Did … where total is at least … at least 2 times in the last …')
  expect(clauseOf({ kind: 'trait', trait: 'country', compare: { op: 'is', value: '' } })).toBe('country is …')
})

it.each([
  ['VIP, über 150 €', [], 'vip-uber-150'],
  ['VIP', ['vip', 'vip-2'], 'vip-3'],
  ['顧客', [], 'segment'],
  ['  -- ', ['segment'], 'segment-2'],
  ['x'.repeat(120), [], 'x'.repeat(56)],
] as const)('makes an id of “%s” that the contract takes', (name, taken, id) => {
  expect(idOf(name, taken)).toBe(id)
  expect(definitionIdSchema.safeParse(id).success).toBe(true)
})

it('leaves out groups in which nothing is asked yet', () => {
  const country = { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'NL' } } as const
  expect(sentenceOf({ kind: 'all', of: [country, { kind: 'any', of: [] }, { kind: 'not', of: { kind: 'any', of: [] } }] })).toBe(
    'Country is NL',
  )
  expect(sentenceOf({ kind: 'all', of: [] })).toBe('')
})
