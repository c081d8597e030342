import type { Measure } from '@throughline/contracts'

/** What most shops want to know of somebody. */
export const beginnings: readonly { readonly name: string; readonly value: Measure }[] = [
  { name: 'Lifetime value', value: { of: 'sum', event: 'Order Completed', property: 'total' } },
  { name: 'Number of orders', value: { of: 'count', event: 'Order Completed' } },
  { name: 'Average order', value: { of: 'average', event: 'Order Completed', property: 'total' } },
  { name: 'Days since the last order', value: { of: 'days-since', event: 'Order Completed' } },
  { name: 'Favourite category', value: { of: 'most-frequent', event: 'Product Viewed', property: 'category' } },
  { name: 'Preferred hour', value: { of: 'most-frequent', by: 'hour', event: 'Page Viewed', within: '90 days' } },
]
