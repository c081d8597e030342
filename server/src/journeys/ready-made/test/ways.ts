import type { JsonObject } from '@throughline/contracts'

/** What somebody does, and the messages that they get, by the steps that say them. */
export interface Way {
  /**
   * In order, between semicolons: an event with its properties, `is` with traits, a time that passes, `clicks` or `opens` of the latest
   * message, `newsletter` for a message of another journey. It begins on Monday, 4 May 2026, at noon.
   */
  readonly does: string
  readonly says: readonly string[]
  /** What is otherwise about them; they can be reached on every channel. */
  readonly who?: JsonObject
}

const stranger = { email: null }

/** Ways through each ready-made journey, by which every one of its messages is said. */
export const ways: { readonly [id: string]: readonly Way[] } = {
  'first-visit': [
    {
      does: 'Page Viewed; 2 minutes; 6 minutes; is {"email":"zoe@example.com"}; Newsletter Subscribed; 2 days; 6 days',
      says: ['ask-for-push', 'trade', 'thank', 'remind'],
      who: stranger,
    },
    {
      does: 'Page Viewed; 8 minutes; 2 days; is {"email":"zoe@example.com"}; Newsletter Subscribed; clicks; 6 days',
      says: ['ask-for-push', 'trade', 'offer-by-push', 'thank'],
      who: stranger,
    },
    { does: 'Page Viewed; 3 minutes; Order Completed; 9 days', says: ['ask-for-push'], who: stranger },
    { does: 'Page Viewed; 9 days', says: [] },
  ],
  'recover-carts': [
    { does: 'Product Added; 5 hours; 3 days; 3 days; 8 days', says: ['keep-on-site', 'nudge', 'letter', 'text', 'ad'] },
    { does: 'Product Added; 40 minutes; Checkout Started; 2 hours; clicks; 3 days', says: ['keep-on-site', 'nudge', 'letter', 'ad'] },
    { does: 'Product Added; 40 minutes; Order Completed; 9 days', says: ['keep-on-site', 'nudge'] },
    { does: 'is {"open_complaint":true}; Product Added; 9 days', says: [] },
  ],
  'cross-sell': [
    {
      does: 'Order Completed {"order_id":"A","total":120}; is {"departure_date":"2026-06-20"}; 2 days; Page Viewed; 50 days',
      says: ['extras', 'on-the-page', 'ad', 'text'],
    },
    { does: 'Order Completed {"order_id":"A","total":900}; 30 days', says: ['upsell', 'ad'] },
    {
      does: 'Order Completed {"order_id":"A","total":900}; 2 days; Order Completed {"order_id":"B","total":30}; 2 days',
      says: ['upsell', 'extras'],
    },
  ],
  'win-back': [
    { does: 'Order Completed; 66 days; 30 days', says: ['discount', 'flash-sale', 'ads', 'card'] },
    { does: 'Order Completed; 61 days; clicks; Order Completed; 20 days', says: ['discount'] },
  ],
  'welcome-newcomers': [
    { does: 'Newsletter Subscribed; 20 days', says: ['welcome', 'story', 'delivery'] },
    { does: 'Order Completed; 1 hour; Newsletter Subscribed; 9 days', says: ['welcome-back'] },
  ],
  'browse-abandonment': [
    { does: 'Product Viewed; Product Viewed; Product Viewed; 9 days', says: ['help', 'nudge'] },
    { does: 'Product Viewed; Product Viewed; Product Viewed; 1 hour; Product Added; 9 days', says: [] },
    { does: 'Product Viewed; Product Viewed; 9 days', says: [] },
  ],
  onboarding: [
    { does: 'Signed Up; 20 days', says: ['first-steps', 'wishlist', 'first-order'] },
    { does: 'Signed Up; 1 day; Product Added to Wishlist; 1 hour; Order Completed; 9 days', says: ['first-steps', 'good-start'] },
  ],
  'first-month': [
    { does: 'Subscription Started {"subscription_id":"S"}; 40 days', says: ['begin', 'tip', 'how-is-it', 'renewal'] },
    {
      does: 'Subscription Started {"subscription_id":"S"}; 1 day; Subscription Cancelled {"subscription_id":"T"}; 3 days; Subscription Cancelled {"subscription_id":"S"}; 40 days',
      says: ['begin', 'tip'],
    },
  ],
  'after-purchase': [
    { does: 'Order Completed {"order_id":"A"}; 20 days', says: ['thanks', 'care', 'all-well'] },
    {
      does: 'Order Completed {"order_id":"A"}; 2 days; Order Delivered {"order_id":"A"}; 2 days; Order Refunded {"order_id":"A"}; 20 days',
      says: ['thanks', 'care'],
    },
  ],
  'ask-for-review': [
    { does: 'Order Delivered {"order_id":"A"}; 30 days', says: ['ask', 'remind'] },
    { does: 'Order Delivered {"order_id":"A"}; 11 days; clicks; 30 days', says: ['ask'] },
    { does: 'Order Delivered {"order_id":"A"}; 5 days; Product Reviewed; 30 days', says: [] },
  ],
  replenish: [{ does: 'Order Completed; 5 days; Order Completed; 45 days', says: ['soon-empty', 'text'] }],
  birthday: [
    { does: 'is {"birthday":"1990-05-17"}; 40 days', says: ['announce', 'wish', 'also-in-app'] },
    { does: 'is {"birthday":"1990-05-17"}; 400 days', says: ['announce', 'wish', 'also-in-app', 'announce', 'wish', 'also-in-app'] },
  ],
  vip: [
    { does: 'Order Completed {"total":300}; Order Completed {"total":200}; 20 days', says: ['thanks', 'letter', 'early'] },
    { does: 'Order Completed {"total":90}; Order Completed {"total":90}; Order Completed {"total":90}; 20 days', says: [] },
  ],
  referral: [
    { does: 'Product Reviewed {"rating":5}; 10 days; Referral Completed; 1 day', says: ['ask', 'remind', 'thank'] },
    { does: 'Product Reviewed {"rating":4}; 2 days; Referral Sent; 5 days; Referral Completed; 1 day', says: ['ask', 'thank'] },
    { does: 'Product Reviewed {"rating":2}; 40 days', says: [] },
  ],
  'pick-up': [
    {
      does: 'Order Completed {"order_id":"A","delivery":"pickup","store":"Berlin"}; 3 days; Order Ready {"order_id":"A"}; 9 days',
      says: ['confirm', 'sorry', 'tell', 'tell-in-app', 'remind', 'last-call'],
    },
    {
      does: 'Order Completed {"order_id":"A","delivery":"pickup"}; 1 hour; Order Ready {"order_id":"B"}; Order Ready {"order_id":"A"}; 1 hour; Order Picked Up {"order_id":"A"}; 9 days',
      says: ['confirm', 'tell', 'tell-in-app'],
    },
    { does: 'Order Completed {"order_id":"A","delivery":"parcel"}; 9 days', says: [] },
  ],
  'loyalty-tier': [
    {
      does: 'is {"loyalty_tier":"silver"}; 60 days; is {"loyalty_tier":"gold"}; 1 day',
      says: ['silver', 'card', 'gold', 'gold-letter', 'card'],
    },
    { does: 'is {"loyalty_tier":"bronze"}; 1 day', says: [] },
  ],
  'failed-payment': [
    { does: 'Payment Failed {"order_id":"A"}; 20 days', says: ['tell', 'text', 'last'] },
    { does: 'Payment Failed {"order_id":"A"}; 1 day; Payment Succeeded {"order_id":"A"}; 20 days', says: ['tell'] },
  ],
  sunset: [
    { does: fiveLetters('30 days'), says: ['ask', 'goodbye'] },
    { does: fiveLetters('1 day; clicks; 30 days'), says: ['ask'] },
    { does: fiveLetters('11 days; clicks; 9 days'), says: ['ask', 'goodbye'] },
  ],
  'open-complaint': [
    { does: 'Support Ticket Opened; 3 days; Support Ticket Solved; 3 days', says: ['assure', 'ask'] },
    { does: 'Support Ticket Opened; 40 days', says: ['assure'] },
  ],
  'second-order': [
    { does: 'Order Completed; 40 days', says: ['ideas', 'code'] },
    { does: 'Order Completed; 15 days; Product Viewed; 40 days', says: ['ideas', 'help'] },
    { does: 'Order Completed; 15 days; Order Completed; 40 days', says: ['ideas'] },
  ],
}

function fiveLetters(then: string): string {
  const letter = (n: number): string => `newsletter {"message_id":"n-${n}","channel":"email","template":"news"}; 1 day`
  return [...[1, 2, 3, 4, 5].map(letter), then].join('; ')
}
