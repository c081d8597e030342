import { expect, it } from 'vitest'
import { slugOf } from './slug.ts'

it.each([
  ['Web shop (DE)', 'web-shop-de'],
  ['VIP, über 150 €', 'vip-uber-150'],
  ['Großkunden Köln', 'grosskunden-koln'],
  ['GROẞE Größen', 'grosse-grossen'],
  ['IŞIKLI çanta — İstanbul’da ılık yağmur', 'isikli-canta-istanbul-da-ilik-yagmur'],
  ['Łódź, Ærø & Œuvre', 'lodz-aero-oeuvre'],
  ['Cafe\u0301', 'cafe'],
  ['ｆｕｌｌ ½', 'full-1-2'],
  ['  --  ', 'list'],
  ['客户', 'list'],
])('makes of the name %s the id %s', (name, id) => {
  expect(slugOf(name, 60, 'list')).toBe(id)
})

it('cuts an id where it is too long, and never behind a dash', () => {
  expect(slugOf('abc def', 5, 'list')).toBe('abc-d')
  expect(slugOf('abc def', 4, 'list')).toBe('abc')
  expect(slugOf('-'.repeat(100_000) + 'a', 4, 'list')).toBe('a')
})
