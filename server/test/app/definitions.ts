/** A short cart recovery: an inbox message at once, an e-mail when nothing was bought in time, out on purchase. */
export function cartRecovery(wait = '1 hour'): unknown[] {
  return [
    {
      kind: 'template',
      id: 'cart-inbox',
      name: 'Cart, inbox',
      channel: 'inbox',
      title: 'Your cart is waiting',
      body: 'Still thinking about {{ event.properties.product | default: "it" }}?',
    },
    {
      kind: 'template',
      id: 'cart-email',
      name: 'Cart, e-mail',
      channel: 'email',
      subject: 'You left {{ event.properties.product | default: "something" }} behind',
      html: '<p>Hello {{ profile.first_name | default: "there" }}, <a href="https://shop.example/cart">your cart</a> is still here.</p><p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>',
    },
    {
      kind: 'journey',
      id: 'cart-recovery',
      name: 'Cart recovery',
      entry: { on: { event: 'Cart Updated' }, reentry: { kind: 'always' } },
      goal: { name: 'Bought', on: { event: 'Order Completed' } },
      start: 'tell',
      steps: {
        tell: { kind: 'message', channel: 'inbox', template: 'cart-inbox', next: 'pause' },
        pause: { kind: 'wait', for: wait, next: 'remind' },
        remind: { kind: 'message', channel: 'email', template: 'cart-email' },
      },
    },
    { kind: 'segment', id: 'cart-people', name: 'People with a cart', where: { kind: 'event', event: 'Cart Updated', within: '7 days' } },
  ]
}
