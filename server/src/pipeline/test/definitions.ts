/** Definitions that the tests of the pipeline use. */
export const template = { kind: 'template', id: 'cart-inbox', name: 'Cart', channel: 'inbox', title: 'Your cart', body: 'It waits.' }

/** A message an hour after a cart was left, unless an order comes first. `wait` in milliseconds for impatient tests. */
export function cartJourney(wait = '1 hour', id = 'cart'): object {
  return {
    kind: 'journey',
    id,
    name: 'Cart',
    entry: { on: { event: 'Cart Left' }, reentry: { kind: 'always' } },
    goal: { on: { event: 'Order Completed' } },
    start: 'wait',
    steps: { wait: { kind: 'wait', for: wait, next: 'say' }, say: { kind: 'message', channel: 'inbox', template: 'cart-inbox' } },
  }
}

export const buyers = {
  kind: 'segment',
  id: 'buyers',
  name: 'Buyers',
  where: { kind: 'event', event: 'Order Completed', times: { op: 'at-least', n: 2 } },
}
export const germans = {
  kind: 'segment',
  id: 'germans',
  name: 'Germans',
  where: { kind: 'trait', trait: 'country', compare: { op: 'is', value: 'DE' } },
}
