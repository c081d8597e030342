import type { Json } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { changesBetween, type Part } from './subject.ts'

const part = (body: Json): Part[] => [{ kind: 'template', id: 'spring', name: 'Spring', body }]
const between = (before: Json, after: Json) => changesBetween(part(before), part(after))[0]

it('a change deep in a long text is shown where it is, not the same beginning twice', () => {
  const html = (word: string) => `${'<p>Coffee</p>'.repeat(200)}<a href="https://${word}.example">Go</a>${'<p>Tea</p>'.repeat(100)}`
  const [place] = between({ html: html('shop') }, { html: html('evil') })!.places
  expect(place!.before).toContain('https://shop.example')
  expect(place!.after).toContain('https://evil.example')
  expect(place!.after).toMatch(/^…/)
  expect(place!.after).toMatch(/…$/)
  expect(place!.after!.length).toBeLessThanOrEqual(302)
})

it('a long text that was made longer shows what was added, one that is new its beginning', () => {
  const [grown] = between({ text: 'x'.repeat(400) }, { text: `${'x'.repeat(400)} and more` })!.places
  expect(grown!.before).toMatch(/^…x+$/)
  expect(grown!.after).toContain(' and more')
  expect(between({}, { text: 'y'.repeat(400) })!.places).toEqual([{ field: 'text', before: null, after: `${'y'.repeat(300)}…` }])
})

it('a value of another kind that reads the same is told apart', () => {
  expect(between({ value: 1 }, { value: '1' })!.places).toEqual([{ field: 'value', before: '1', after: '"1"' }])
})

it('what differs in no value is a change all the same, and the order of keys is none', () => {
  expect(between({ except: [] }, {})).toMatchObject({ change: 'changed', places: [], more: 0 })
  expect(between({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeUndefined()
})

it('places behind the first twenty are counted', () => {
  const list = (word: string) => Array.from({ length: 25 }, (_, n) => `${word} ${n}`)
  const change = between(list('a'), list('b'))!
  expect([change.places.length, change.more]).toEqual([20, 5])
})
