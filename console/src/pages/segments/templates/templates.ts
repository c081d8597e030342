import type { Condition, EventCondition, PropertyFilter } from '@throughline/contracts'

/** A segment to begin with. */
export interface SegmentTemplate {
  readonly id: string
  readonly name: string
  /** What one does with it. */
  readonly use: string
  readonly where: Condition
}

interface Often {
  readonly times?: EventCondition['times']
  readonly within?: string
  readonly where?: PropertyFilter[]
}

const did = (event: string, { times = { op: 'at-least', n: 1 }, ...rest }: Often = {}): EventCondition => ({
  kind: 'event',
  event,
  times,
  ...rest,
})
const never = (event: string, rest: Omit<Often, 'times'> = {}): EventCondition => did(event, { ...rest, times: { op: 'exactly', n: 0 } })
const all = (...of: Condition[]): Condition => ({ kind: 'all', of })

/** Segments that most shops need, on the events of Segment's e-commerce specification, which every shop connector sends. */
export const templates: readonly SegmentTemplate[] = [
  {
    id: 'first-time-visitors',
    name: 'First-time visitors',
    use: 'Trade a first discount for an e-mail address.',
    where: all(did('Page Viewed', { within: '7 days' }), never('Order Completed'), {
      kind: 'trait',
      trait: 'email',
      compare: { op: 'missing' },
    }),
  },
  {
    id: 'cart-abandoners',
    name: 'Cart abandoners',
    use: 'Remind them of what they left, while it is fresh.',
    // No order since the cart was filled: whoever ordered and then filled another cart is meant too.
    where: { kind: 'sequence', steps: [{ event: 'Product Added' }, { event: 'Order Completed', not: true }], within: '3 days' },
  },
  {
    id: 'window-shoppers',
    name: 'Window shoppers',
    use: 'Help them choose: reviews, a comparison, advice.',
    where: all(did('Product Viewed', { times: { op: 'at-least', n: 5 }, within: '14 days' }), never('Order Completed')),
  },
  {
    id: 'one-time-buyers',
    name: 'One-time buyers',
    use: 'A second order makes a customer.',
    where: did('Order Completed', { times: { op: 'exactly', n: 1 } }),
  },
  {
    id: 'vip',
    name: 'VIP',
    use: 'Thank them first: early access, a personal note.',
    where: {
      kind: 'any',
      of: [
        did('Order Completed', { times: { op: 'at-least', n: 5 }, within: '365 days' }),
        did('Order Completed', {
          times: { op: 'at-least', n: 2 },
          within: '365 days',
          where: [{ property: 'total', compare: { op: 'at-least', value: 150 } }],
        }),
      ],
    },
  },
  {
    id: 'champions',
    name: 'Champions',
    use: 'Those who bought lately and most often, among all your buyers.',
    where: { kind: 'rfm', groups: ['champions'] },
  },
  {
    id: 'cannot-lose',
    name: 'Can’t lose them',
    use: 'They were your best and have gone quiet: write to them yourself.',
    where: { kind: 'rfm', groups: ['cannot-lose'] },
  },
  {
    id: 'at-risk',
    name: 'At risk',
    use: 'Ask what is wrong before they are gone.',
    where: all(did('Order Completed', { times: { op: 'at-least', n: 2 }, within: '365 days' }), {
      kind: 'event-time',
      event: 'Order Completed',
      which: 'last',
      longerAgo: '60 days',
    }),
  },
  {
    id: 'lost',
    name: 'Lost',
    use: 'One last good offer, then save the postage.',
    where: all(
      { kind: 'event-time', event: 'Order Completed', which: 'last', longerAgo: '180 days' },
      never('Page Viewed', { within: '180 days' }),
    ),
  },
  {
    id: 'discount-hunters',
    name: 'Discount hunters',
    use: 'Tell them of sales, and keep full prices for others.',
    where: all(did('Order Completed', { times: { op: 'at-least', n: 2 } }), {
      kind: 'measure',
      measure: { of: 'share', event: 'Order Completed', matching: [{ property: 'discount', compare: { op: 'greater', value: 0 } }] },
      compare: { op: 'at-least', value: 60 },
    }),
  },
  {
    id: 'newsletter-never-opened',
    name: 'Newsletter never opened',
    use: 'Write less, or on another channel; it keeps your mail out of spam.',
    where: all(
      { kind: 'message', outcome: 'sent', channel: 'email', times: { op: 'at-least', n: 3 }, within: '90 days' },
      { kind: 'message', outcome: 'opened', channel: 'email', times: { op: 'exactly', n: 0 }, within: '90 days' },
      { kind: 'message', outcome: 'clicked', channel: 'email', times: { op: 'exactly', n: 0 }, within: '90 days' },
    ),
  },
  {
    id: 'subscribed-never-bought',
    name: 'Subscribed, never bought',
    use: 'They want to hear from you: show what is loved most.',
    where: all(did('Newsletter Subscribed'), never('Order Completed')),
  },
  {
    id: 'app-without-email',
    name: 'App users without e-mail',
    use: 'Reach them in the app, and ask for an address there.',
    where: all(
      { kind: 'screen', times: { op: 'at-least', n: 1 }, within: '30 days' },
      { kind: 'trait', trait: 'email', compare: { op: 'missing' } },
    ),
  },
  {
    id: 'birthday-this-week',
    name: 'Birthday this week',
    use: 'A present that arrives in time.',
    where: { kind: 'trait', trait: 'birthday', compare: { op: 'anniversary', daysBefore: 7 } },
  },
]
