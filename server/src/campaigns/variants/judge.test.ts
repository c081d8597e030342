import { campaignSchema } from '@throughline/contracts'
import { expect, it } from 'vitest'
import type { GroupCounts } from './counts.ts'
import { judge } from './judge.ts'
import { reportGroups } from './report.ts'

const group = (name: string, more: Partial<GroupCounts>): GroupCounts => ({
  kind: 'variant',
  name,
  template: name.toLowerCase(),
  people: 1_000,
  sent: 1_000,
  opened: 0,
  clicked: 0,
  converted: 0,
  buyers: 0,
  sum: 0,
  squares: 0,
  ...more,
})
const by = (metric: 'opened' | 'clicked' | 'goal' | 'revenue', otherwise: 'first' | 'ahead' | 'ask' = 'ask') => ({
  testPercent: 20,
  after: '1 hour',
  by: metric,
  otherwise,
})
const money = (minor: number): string => `${minor / 100} EUR`

it('who is shown to be better than each of the others wins, with the figures', () => {
  const groups = [group('A', { clicked: 60 }), group('B', { clicked: 120 }), group('C', { clicked: 70 })]
  expect(judge(groups, by('clicked'), money)).toEqual({
    winner: 'B',
    words: '“B” has won and goes to the rest: “B” 120 of 1000 clicked, “A” 60 of 1000 clicked, “C” 70 of 1000 clicked.',
  })
  // Better than one of them only.
  expect(
    judge([group('A', { clicked: 60 }), group('B', { clicked: 120 }), group('C', { clicked: 115 })], by('clicked'), money).winner,
  ).toBeNull()
  // Opens and clicks are of those it was sent to, the goal of everybody in the variant.
  const held = [group('A', { sent: 150, opened: 90, converted: 90 }), group('B', { sent: 1_000, opened: 100, converted: 100 })]
  expect(judge(held, by('opened'), money).winner).toBe('A')
  expect(judge(held, by('goal'), money).winner).toBeNull()
  const spent = [group('A', { buyers: 50, sum: 50_000, squares: 5e7 }), group('B', { buyers: 150, sum: 150_000, squares: 1.5e8 })]
  expect(judge(spent, by('revenue'), money)).toEqual({
    winner: 'B',
    words: '“B” has won and goes to the rest: “B” 1.5 EUR a person of 1000, “A” 0.5 EUR a person of 1000.',
  })
})

it('on a tie or with too few it goes as the campaign says, and says why', () => {
  const few = [group('A', { sent: 40, clicked: 3 }), group('B', { sent: 41, clicked: 9 })]
  expect(judge(few, by('clicked', 'first'), money)).toEqual({
    winner: 'A',
    words:
      'No variant has won: “A” 3 of 40 clicked, “B” 9 of 41 clicked: too few to say. “A”, the first, goes to the rest, as the campaign says.',
  })
  expect(judge(few, by('clicked', 'ahead'), money)).toMatchObject({ winner: 'B', words: expect.stringContaining('“B”, which is ahead,') })
  const tie = [group('A', { clicked: 50 }), group('B', { clicked: 50 })]
  expect(judge(tie, by('clicked'), money)).toEqual({
    winner: null,
    words:
      'No variant has won: “A” 50 of 1000 clicked, “B” 50 of 1000 clicked: no difference shown. Choose what the rest gets; until then it gets nothing.',
  })
  expect(judge(tie, by('clicked', 'ahead'), money).winner).toBe('A')
})

it('reports opens and clicks against the first variant, goal and money against who was held out', () => {
  const definition = campaignSchema.parse({
    kind: 'campaign',
    id: 'sale',
    name: 'Sale',
    audience: {},
    message: { channel: 'email', template: 'a' },
    variants: [{ name: 'A' }, { name: 'B', template: 'b' }],
    holdOut: { percent: 10 },
  })
  const groups = [
    group('A', { opened: 300, clicked: 50, converted: 90 }),
    group('B', { opened: 400, clicked: 50, converted: 30 }),
    group('hold-out', { kind: 'hold-out', template: null, sent: 0, converted: 40 }),
  ]
  const report = reportGroups({ number: 3 }, definition, { groups, mixed: 2 }, 'EUR')
  expect(report).toMatchObject({
    campaign: 'sale',
    number: 3,
    by: null,
    learned: null,
    first: 'A',
    baseline: 'hold-out',
    mixed: 2,
    goal: { within: '5 days' },
  })
  const [a, b, held] = report.groups
  expect([a!.opened?.verdict, b!.opened?.verdict, b!.clicked?.verdict, held!.opened]).toEqual([null, 'better', 'no-difference', null])
  expect([a!.goal.verdict, b!.goal.verdict, held!.goal.verdict]).toEqual(['better', 'no-difference', null])
  // 30 of 1,000 against 40 of 1,000: Newcombe's method 10.
  expect(b!.goal.difference).toEqual({ low: expect.closeTo(-0.0268, 3), high: expect.closeTo(0.0064, 3) })
  expect(b!.revenue.verdict).toBe('too-few')
})
