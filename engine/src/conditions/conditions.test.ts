import { conditionSchema, type Comparison, type Condition, type EventFilter, type Json } from '@throughline/contracts'
import { describe, expect, it } from 'vitest'
import { tableOf } from '../table.ts'
import { compileComparison } from './comparisons/index.ts'
import {
  compileCondition,
  compileMatch,
  compileName,
  conditionToSql,
  conditionsToSql,
  describeCondition,
  exactnessOf,
  isPending,
  leavesOf,
  makeContext,
  nobody,
  toOccurrence,
  valueOf,
  type View,
} from './index.ts'

const did = (event: string, extra: object = {}): Condition => ({ kind: 'event', event, times: { op: 'at-least', n: 1 }, ...extra })
const none: ReadonlySet<string> = new Set()
const view = (part: Partial<View>): View => ({ ...nobody, shardPending: none, ...part })
const test = (comparison: Comparison, value: Json | undefined) => compileComparison(comparison, makeContext([], 'UTC')).test(value, 0)

describe('a comparison', () => {
  it('tells types apart', () => {
    expect(test({ op: 'is', value: 5 }, '5')).toBe(false)
    expect(test({ op: 'is', value: 'true' }, true)).toBe(false)
    expect(test({ op: 'one-of', values: [1, 'a'] }, true)).toBe(false)
    expect(test({ op: 'greater', value: 4 }, '5')).toBe(false)
  })

  it('takes null and no entry for missing, an empty text for known', () => {
    expect([undefined, null, '', 0, false].map((value) => test({ op: 'missing' }, value))).toEqual([true, true, false, false, false])
    expect([undefined, null, '', 0, false].map((value) => test({ op: 'exists' }, value))).toEqual([false, false, true, true, true])
  })

  it('takes is-not for the exact opposite of is', () => {
    for (const value of [undefined, null, 'GB', 'gb', 5, []])
      expect(test({ op: 'is-not', value: 'GB' }, value)).toBe(!test({ op: 'is', value: 'GB' }, value))
  })

  it('compares text with its capitals', () => {
    expect(test({ op: 'contains', value: 'shoe' }, 'Red shoes')).toBe(true)
    expect(test({ op: 'contains', value: 'Shoe' }, 'Red shoes')).toBe(false)
    expect(test({ op: 'begins', value: 'Red' }, 'Red shoes')).toBe(true)
    expect(test({ op: 'ends', value: 'shoes' }, 'Red shoes')).toBe(true)
  })

  it('keeps the borders of at least and at most inside, those of more and less outside', () => {
    const at5 = (op: 'greater' | 'at-least' | 'less' | 'at-most') => test({ op, value: 5 }, 5)
    expect([at5('greater'), at5('at-least'), at5('less'), at5('at-most')]).toEqual([false, true, false, true])
  })
})

describe('a condition', () => {
  it('shares its state with every condition that needs the same, however it is written', () => {
    const a = did('Viewed', {
      where: [
        { property: 'a', compare: { op: 'is', value: 1 } },
        { property: 'b', compare: { op: 'exists' } },
      ],
      within: '1 day',
    })
    const b = did('Viewed', {
      where: [
        { property: 'b', compare: { op: 'exists' } },
        { property: 'a', compare: { value: 1, op: 'is' } },
      ],
      within: '24 hours',
    })
    const key = (condition: Condition) => leavesOf(condition)[0]!.key
    const memory = (condition: Condition) => leavesOf(condition)[0]!.memory.key
    expect(key(a)).toBe(key(b))
    expect(key(did('Viewed'))).not.toBe(key(did('Viewed', { within: '1 day' })))
    expect(key(did('Viewed', { times: { op: 'at-most', n: 1 } }))).toBe(key(did('Viewed', { times: { op: 'exactly', n: 1 } })))
    expect(memory(did('Viewed'))).toBe(memory(did('Viewed', { times: { op: 'at-least', n: 9 }, within: '1 day' })))
    expect(memory(did('Viewed'))).not.toBe(memory(a))
  })

  it('is pending only when a pending part could decide it', () => {
    const pending = did('Viewed')
    const yes: Condition = { kind: 'trait', trait: 'x', compare: { op: 'missing' } }
    const no: Condition = { kind: 'not', of: yes }
    const filling = view({ shardPending: new Set([leavesOf(pending)[0]!.key]) })
    const ask = (condition: Condition) => valueOf(condition, filling, 0)
    expect(ask(pending)).toBe('pending')
    expect(ask({ kind: 'not', of: pending })).toBe('pending')
    expect([ask({ kind: 'all', of: [pending, yes] }), ask({ kind: 'all', of: [pending, no] })]).toEqual(['pending', false])
    expect([ask({ kind: 'any', of: [pending, yes] }), ask({ kind: 'any', of: [pending, no] })]).toEqual([true, 'pending'])
  })

  it('is pending for one profile whose leaf waits to be folded', () => {
    expect(isPending(view({ pending: ['a'] }), 'a')).toBe(true)
    expect(isPending(view({ pending: ['a'] }), 'b')).toBe(false)
  })

  it('goes by the earlier of timestamp and receipt, and by property filters', () => {
    const condition = did('Order', { where: [{ property: 'total.value', compare: { op: 'at-least', value: 50 } }], within: '1 hour' })
    const {
      leaves: [leaf],
      value,
    } = compileCondition(condition)
    const add = (timestamp: number, total: number) =>
      leaf!.memory.add(
        undefined,
        toOccurrence({
          id: 'web:1',
          type: 'track',
          name: 'Order',
          timestamp,
          receivedAt: 10_000_000,
          properties: { total: { value: total } },
          context: {},
          source: 'web',
          lane: 0,
          triggers: true,
        }),
      )
    expect(add(9_000_000, 49)).toBeUndefined()
    expect(value(view({ memories: tableOf({ [leaf!.memory.key]: add(9_000_000, 50)! }) }), 10_000_000)).toBe(true)
    expect(value(view({ memories: tableOf({ [leaf!.memory.key]: add(6_000_000, 50)! }) }), 10_000_000)).toBe(false)
    expect(value(view({ memories: tableOf({ [leaf!.memory.key]: add(99_000_000, 50)! }) }), 10_000_000)).toBe(true)
  })

  it('finds a trait by its full name before it looks along the dots', () => {
    const condition: Condition = { kind: 'trait', trait: 'address.city', compare: { op: 'is', value: 'Izmir' } }
    expect(valueOf(condition, view({ traits: { address: [{ city: 'Izmir' }, 1] } }), 0)).toBe(true)
    expect(valueOf(condition, view({ traits: { 'address.city': ['Bursa', 1], address: [{ city: 'Izmir' }, 1] } }), 0)).toBe(false)
  })

  it('reads as a sentence', () => {
    const country: Condition = { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'GB' } }
    expect(
      describeCondition({ kind: 'all', of: [did('Order Completed', { times: { op: 'at-least', n: 2 }, within: '30 days' }), country] }),
    ).toBe('Did Order Completed at least 2 times in the last 30 days, and country is GB')
    expect(
      describeCondition({
        kind: 'all',
        of: [did('Cart Viewed'), { kind: 'any', of: [country, did('Order Completed', { times: { op: 'exactly', n: 0 } })] }],
      }),
    ).toBe('Did Cart Viewed, and (country is GB or did not do Order Completed)')
    expect(
      describeCondition({ kind: 'not', of: did('Viewed', { where: [{ property: 'price', compare: { op: 'at-least', value: 50 } }] }) }),
    ).toBe('Not: did Viewed where price is at least 50')
  })
})

describe('a question about behaviour', () => {
  const say = (condition: object) => describeCondition(conditionSchema.parse(condition))

  it('reads as a sentence, whatever its window', () => {
    expect(say({ kind: 'event', event: 'Order *', times: { op: 'at-least', n: 3 }, count: 'days', calendarDays: 7 })).toBe(
      'Did any event named “Order …” on at least 3 days in the last 7 calendar days',
    )
    expect(say({ kind: 'page', name: 'Shoes*', times: { op: 'exactly', n: 0 }, within: '2 days' })).toBe(
      'Did not view the page “Shoes…” in the last 2 days',
    )
    expect(say({ kind: 'event-time', event: 'Order Completed', which: 'last', longerAgo: '90 days' })).toBe(
      'Did Order Completed for the last time more than 90 days ago',
    )
    expect(say({ kind: 'message', outcome: 'opened', channel: 'email', journey: 'winback', between: { from: '2026-05-01' } })).toBe(
      'Opened an email message of journey winback since 2026-05-01',
    )
    expect(say({ kind: 'message', outcome: 'clicked', times: { op: 'exactly', n: 0 }, within: '90 days' })).toBe(
      'Did not click in a message in the last 90 days',
    )
  })

  it('says what is kept and how exact it is', () => {
    const both = { kind: 'all', of: [did('Order', { times: { op: 'at-most', n: 2 } }), did('Order', { calendarDays: 30 })] }
    expect(exactnessOf(conditionSchema.parse(both))).toEqual([
      'Keeps the latest 3 times; exact. All of history counts.',
      'Keeps the latest time; exact. Days leave the window at midnight in the shop’s time zone.',
    ])
  })

  it('takes one window at most, and a known number of days', () => {
    const problem = (condition: object) => conditionSchema.safeParse(condition).error?.issues[0]?.message
    expect(problem(did('Order', { within: '1 day', calendarDays: 3 }))).toBe('say at most one of within, calendarDays, between and since')
    expect(problem(did('Order', { count: 'days', times: { op: 'at-least', n: 251 } }))).toBe('at most 250 days can be counted')
    expect(problem({ kind: 'event-time', event: 'Order', which: 'last', within: '1 day', longerAgo: '1 day' })).toBe(
      'say a window, or longerAgo',
    )
  })

  it('means by a pattern what people do, not what we say of ourselves', () => {
    const names = ['Order Completed', 'Page Viewed', 'Identified', 'Message Opened', 'Segment Entered']
    expect(['*', 'Order*', '*ed', '*View*', 'Message Opened'].map((pattern) => names.filter(compileName(pattern)))).toEqual([
      ['Order Completed', 'Page Viewed', 'Identified'],
      ['Order Completed'],
      ['Order Completed', 'Page Viewed', 'Identified'],
      ['Page Viewed'],
      ['Message Opened'],
    ])
  })
})

describe('the SQL of a condition', () => {
  const now = 1_000_000

  it('hands over everything a user wrote as a parameter', () => {
    const evil = `x' or 1=1 --{a:String}`
    const { sql, params } = conditionToSql(
      {
        kind: 'all',
        of: [
          did(evil, { where: [{ property: evil, compare: { op: 'is', value: evil } }], within: '1 day' }),
          { kind: 'trait', trait: evil, compare: { op: 'contains', value: evil } },
        ],
      },
      { now },
    )
    expect(sql).not.toContain('1=1')
    expect(Object.values(params)).toContain(evil)
    expect(params.now).toBe(now)
  })

  it('reads only the rows it needs, unless people who did nothing are in it', () => {
    expect(conditionToSql(did('Order'), { now }).sql).toContain('and ((name = {p0:String}))')
    expect(conditionToSql({ kind: 'not', of: did('Order') }, { now }).sql).not.toContain('and ((name')
  })

  it('reads no month that lies before the window', () => {
    expect(conditionToSql(did('Order', { within: '1 day' }), { now }).sql).toContain('received_at > {now:Int64} - {p1:Int64}')
  })

  it('counts the same thing once, however many conditions ask', () => {
    const { sql } = conditionsToSql([did('Order'), did('Order', { times: { op: 'at-least', n: 3 } })], { now })
    expect(sql.match(/countIf/g)).toHaveLength(1)
    expect(sql).toContain('holds_1')
  })
})

describe('a filter of an event', () => {
  const cart = {
    coupon: 'SPRING',
    products: [
      { category: 'shoes', price: 40 },
      { category: 'bags', price: 90 },
    ],
    tags: ['new', 5],
  }
  const passes = (...where: EventFilter[]) =>
    compileMatch(
      { event: 'Cart', where },
      makeContext([], 'UTC'),
    )({ id: '1', name: 'Cart', at: 0, hash: 0, timestamp: 0, properties: cart })
  const is = (property: string, value: string | number): EventFilter => ({ property, compare: { op: 'is', value } })
  const atLeast = (property: string, value: number): EventFilter => ({ property, compare: { op: 'at-least', value } })

  it('puts comparisons together with and, or and not', () => {
    expect(passes({ kind: 'any', of: [is('coupon', 'AUTUMN'), is('coupon', 'SPRING')] })).toBe(true)
    expect(passes({ kind: 'all', of: [is('coupon', 'SPRING'), { kind: 'not', of: is('coupon', 'SPRING') }] })).toBe(false)
  })

  it('looks at any element of a list, at each filter anew', () => {
    expect(passes(is('products[].category', 'bags'))).toBe(true)
    expect(passes(is('products[].category', 'shoes'), atLeast('products[].price', 50))).toBe(true)
    expect(passes(is('tags[]', 5))).toBe(true)
    expect(passes({ property: 'coupon[]', compare: { op: 'missing' } })).toBe(false)
  })

  it('finds one element that passes several filters', () => {
    const one = (...where: EventFilter[]): EventFilter => ({ kind: 'some', in: 'products', where })
    expect(passes(one(is('category', 'bags'), atLeast('price', 50)))).toBe(true)
    expect(passes(one(is('category', 'shoes'), atLeast('price', 50)))).toBe(false)
    expect(passes({ kind: 'not', of: one(is('category', 'hats')) })).toBe(true)
  })

  it('reads as a sentence', () => {
    const where: EventFilter[] = [
      { kind: 'any', of: [is('products[].category', 'bags'), is('tags[]', 'new')] },
      { kind: 'some', in: 'products', where: [is('category', 'bags'), { kind: 'not', of: atLeast('price', 50) }] },
    ]
    expect(describeCondition(did('Cart', { where }))).toBe(
      'Did Cart where (category of any of products is bags or any of tags is new) and one of products has (category is bags and not price is at least 50)',
    )
  })
})
