import type { Comparison, Json } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { makeContext } from '../context.ts'
import { compileComparison, describeComparison, findComparisonProblem } from './index.ts'

const ask = (comparison: Comparison, value: Json | undefined, at = 0, zone = 'UTC') =>
  compileComparison(comparison, makeContext([], zone)).test(value, at)
const next = (comparison: Comparison, value: Json, now: number, zone = 'UTC') => {
  const at = compileComparison(comparison, makeContext([], zone)).nextChangeAt?.(value, now) ?? null
  return at === null ? null : new Date(at).toISOString()
}
const passing = (comparison: Comparison, values: readonly (Json | undefined)[]) => values.filter((value) => ask(comparison, value))
const instant = (text: string) => Date.parse(text)

describe('a comparison of texts', () => {
  it('looks away from capitals only where it is asked to', () => {
    expect(passing({ op: 'contains', value: 'Shoe' }, ['red shoes', 'Red Shoes'])).toEqual(['Red Shoes'])
    expect(passing({ op: 'contains', value: 'Shoe', ignoreCase: true }, ['red shoes', 'RED SHOES', 5])).toEqual(['red shoes', 'RED SHOES'])
  })

  it('finds a pattern anywhere, and in linear time', () => {
    expect(passing({ op: 'matches', pattern: '^[A-Z]{2}[0-9]+$' }, ['GB12', 'gb12', 'GB', 12])).toEqual(['GB12'])
    expect(ask({ op: 'matches', pattern: '(x+x+)+y' }, 'x'.repeat(20_000))).toBe(false)
  })

  it('refuses what RE2 does not know, and what is too large, with the fault', () => {
    const problem = (pattern: string) => findComparisonProblem({ op: 'matches', pattern }, false)
    expect(problem('^GB')).toBeNull()
    expect(problem('(a')).toMatchObject({ field: 'pattern', value: '(a', message: expect.stringContaining('missing closing )') })
    expect(problem('(?=a)')?.allowed).toContain('no look-ahead')
    expect(problem('\\pL{1000}')?.message).toContain('too large')
  })

  it('orders versions by their numbers', () => {
    const values = ['4.9', '4.12', 'v4.12.0-beta', '10', '4.11.9', 'beta', 5, undefined]
    expect(passing({ op: 'version-at-least', version: '4.12' }, values)).toEqual(['4.12', 'v4.12.0-beta', '10'])
    expect(passing({ op: 'version-less', version: '4.12' }, values)).toEqual(['4.9', '4.11.9'])
  })
})

describe('a comparison of what is there', () => {
  it('takes missing, null, and an empty text, list or object for empty', () => {
    const values: (Json | undefined)[] = [undefined, null, '', [], {}, ' ', 0, false, [null], { a: null }]
    expect(passing({ op: 'empty' }, values)).toEqual(values.slice(0, 5))
    expect(passing({ op: 'not-empty' }, values)).toEqual(values.slice(5))
  })
})

describe('a comparison of lists', () => {
  it('takes a single value for a list of one, and what is missing for an empty one', () => {
    const values: (Json | undefined)[] = [['a', 'b'], ['b', 'c'], 'a', [], undefined, { a: 'a' }]
    expect(passing({ op: 'has-any', values: ['a', 'x'] }, values)).toEqual([['a', 'b'], 'a'])
    expect(passing({ op: 'has-all', values: ['a', 'b'] }, values)).toEqual([['a', 'b']])
    expect(passing({ op: 'has-none', values: ['a', 'x'] }, values)).toEqual([['b', 'c'], [], undefined, { a: 'a' }])
  })

  it('tells types apart inside lists', () => {
    expect(passing({ op: 'has-any', values: [5] }, [['5'], [5]])).toEqual([[5]])
  })
})

describe('a comparison of dates', () => {
  it('reads days, instants, seconds and milliseconds, and nothing else', () => {
    const values = [
      '2026-05-01',
      '2026-05-01T12:00Z',
      '2026-05-01 12:00:00.5+02:00',
      1_777_600_000,
      1_777_600_000_000,
      '2026-02-30',
      '1.5.2026',
      true,
    ]
    expect(passing({ op: 'between-dates', from: '2026-04-30', to: '2026-05-02' }, values)).toEqual(values.slice(0, 5))
  })

  it('ends a day when the clocks of the workspace say so', () => {
    const berlin = (comparison: Comparison, value: string) => ask(comparison, value, 0, 'Europe/Berlin')
    expect(berlin({ op: 'after', date: '2026-05-01' }, '2026-05-01T21:59:59Z')).toBe(false)
    expect(berlin({ op: 'after', date: '2026-05-01' }, '2026-05-01T22:00:00Z')).toBe(true)
    expect(berlin({ op: 'before', date: '2026-05-01' }, '2026-04-30T21:59:59Z')).toBe(true)
    expect(berlin({ op: 'before', date: '2026-05-01' }, '2026-05-01')).toBe(false)
  })

  it('moves into and out of the last days by time alone, to the millisecond', () => {
    const last: Comparison = { op: 'in-last', time: '30 days' }
    expect(next(last, '2026-05-01T12:00:00Z', instant('2026-04-01'))).toBe('2026-05-01T12:00:00.000Z')
    expect(next(last, '2026-05-01T12:00:00Z', instant('2026-05-02'))).toBe('2026-05-31T12:00:00.000Z')
    expect(ask(last, '2026-05-01T12:00:00Z', instant('2026-05-31T11:59:59.999Z'))).toBe(true)
    expect(ask(last, '2026-05-01T12:00:00Z', instant('2026-05-31T12:00:00Z'))).toBe(false)
    expect(next(last, '2026-05-01T12:00:00Z', instant('2026-06-02'))).toBeNull()
    expect(next({ op: 'in-next', time: '1 day' }, '2026-05-01', instant('2026-04-01'), 'Europe/Berlin')).toBe('2026-04-29T22:00:00.000Z')
    expect(next({ op: 'longer-ago', time: '1 day' }, '2026-05-01', instant('2026-05-01T12:00:00Z'))).toBe('2026-05-02T00:00:00.000Z')
  })

  it('keeps a birthday from midnight to midnight of the workspace, every year', () => {
    const birthday: Comparison = { op: 'anniversary' }
    const berlin = (now: string) => next(birthday, '1990-05-01', instant(now), 'Europe/Berlin')
    expect(berlin('2026-01-01T00:00:00Z')).toBe('2026-04-30T22:00:00.000Z')
    expect(berlin('2026-04-30T22:00:00Z')).toBe('2026-05-01T22:00:00.000Z')
    expect(berlin('2026-05-01T22:00:00Z')).toBe('2027-04-30T22:00:00.000Z')
    expect(ask(birthday, '1990-05-01', instant('2026-05-01T21:59:59Z'), 'Europe/Berlin')).toBe(true)
  })

  it('keeps the birthday of 29 February on the 28th in years without one', () => {
    const birthday: Comparison = { op: 'anniversary' }
    const on = (day: string) => ask(birthday, '1988-02-29', instant(`${day}T12:00:00Z`))
    expect([on('2026-02-28'), on('2026-03-01'), on('2028-02-28'), on('2028-02-29')]).toEqual([true, false, false, true])
  })

  it('opens a birthday days before and closes it days after, over the turn of the year too', () => {
    const around: Comparison = { op: 'anniversary', daysBefore: 7, daysAfter: 2 }
    const on = (day: string) => ask(around, '1990-01-03', instant(`${day}T12:00:00Z`))
    expect([on('2025-12-26'), on('2025-12-27'), on('2026-01-05'), on('2026-01-06')]).toEqual([false, true, true, false])
    expect(next(around, '1990-01-03', instant('2026-11-01'))).toBe('2026-12-27T00:00:00.000Z')
  })

  it('knows the day of the week', () => {
    expect(
      passing({ op: 'weekday', days: ['saturday', 'sunday'] }, ['2026-11-20', '2026-11-21', '2026-11-22T23:59:59Z', '2026-11-23']),
    ).toEqual(['2026-11-21', '2026-11-22T23:59:59Z'])
  })

  it('is not asked what day it is about something that happened', () => {
    expect(findComparisonProblem({ op: 'anniversary' }, true)).toMatchObject({ field: 'op', value: 'anniversary' })
    expect(findComparisonProblem({ op: 'in-next', time: '2 days' }, true)).toBeNull()
  })
})

it('reads as the rest of a sentence', () => {
  const words: [Comparison, string][] = [
    [{ op: 'begins', value: 'Red', ignoreCase: true }, 'begins with Red in any case'],
    [{ op: 'between', from: 5, to: 10 }, 'is from 5 to 10'],
    [{ op: 'in-last', time: '30 days' }, 'is in the last 30 days'],
    [{ op: 'anniversary', daysBefore: 7 }, 'has its anniversary today or in the next 7 days'],
    [{ op: 'weekday', days: ['saturday', 'sunday'] }, 'is a Saturday or Sunday'],
    [{ op: 'has-none', values: ['a', 'b c'] }, 'has none of a, “b c”'],
    [{ op: 'version-less', version: '4.12' }, 'is a version before 4.12'],
  ]
  for (const [comparison, sentence] of words) expect(describeComparison(comparison)).toBe(sentence)
})
