import type { Condition, Json, Measure } from '@throughline/contracts'
import { expect, it } from 'vitest'
import { doubtMemories, valueOf } from '../../index.ts'
import { segment } from '../../test/definitions.ts'
import { meet, noon, publish } from '../../test/person.ts'
import { utf8Length } from '../../utf8.ts'
import { leavesOf, type Occurrence } from '../index.ts'

const figure = (measure: object): Condition => ({
  kind: 'measure',
  measure: { event: 'Page Viewed', ...measure } as Measure,
  compare: { op: 'exists' },
})
const asked: readonly Condition[] = [
  figure({ of: 'values', property: 'url' }),
  figure({ of: 'most-frequent', property: 'url', within: '30 days' }),
  figure({ of: 'distinct', property: 'url' }),
  figure({ of: 'sum', property: 'total', within: '30 days' }),
  { kind: 'sequence', steps: [{ event: 'Page Viewed' }, { event: 'Page Viewed' }], same: 'url' },
  { kind: 'event', event: 'Page Viewed', times: { op: 'at-least', n: 1_000 } },
]

it.each(asked.map((condition) => [condition] as const))(
  'what is remembered for %j stays small, however long the texts that are sent',
  (condition) => {
    const { memory } = leavesOf(condition)[0]!
    let state: Json | undefined
    for (let i = 0; i < 700; i++) {
      const properties = { url: `${'ü'.repeat(190)}${i}`, total: i }
      const occurrence: Occurrence = { id: `${i}`, name: 'Page Viewed', at: noon + i, hash: i, timestamp: noon + i, properties }
      const added = memory.add(state, occurrence)
      state = added === undefined ? undefined : (memory.counts?.settle(added) ?? added)
    }
    expect(utf8Length(JSON.stringify(state))).toBeGreaterThan(2_000)
    expect(utf8Length(JSON.stringify(state))).toBeLessThan(26_000)
  },
)

it('somebody who is folded anew names no more leaves than a few', () => {
  const many = publish(
    Array.from({ length: 60 }, (_, i) => segment(`s${i}`, { kind: 'event', event: `E${i}`, times: { op: 'at-least', n: 1 } })),
  )
  const ctx = { definitions: many, now: noon, pending: new Set<string>() }
  const doubted = doubtMemories(meet(many).profile, ctx)
  expect(JSON.stringify(doubted.pending)).toBe('["*"]')
  expect(valueOf({ kind: 'event', event: 'E59', times: { op: 'at-least', n: 1 } }, doubted, ctx)).toBe('pending')
})
