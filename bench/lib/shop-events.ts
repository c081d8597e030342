import { createHash, randomUUID } from 'node:crypto'

const people = Array.from({ length: 10_000 }, (_, n) => createHash('md5').update(`visitor ${n}`).digest('hex'))

/** An event of a web shop as analytics.js sends it, some 700 bytes of JSON. The visitor is one of 10,000. */
export function makeShopEvent(n: number): { readonly [field: string]: unknown } {
  const now = new Date().toISOString()
  return {
    type: 'track',
    messageId: `ajs-next-${randomUUID()}`,
    anonymousId: people[(n * 7_919) % people.length],
    event: 'Product Viewed',
    timestamp: now,
    sentAt: now,
    properties: {
      product_id: `P-${n % 500}`,
      sku: `SKU-${n % 500}`,
      category: 'Shoes',
      name: 'Running shoe',
      brand: 'Northwind',
      variant: 'blue',
      price: 59.9,
      quantity: 1,
      currency: 'EUR',
      url: 'https://shop.example/p/running-shoe',
    },
    context: {
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      locale: 'de-DE',
      page: { path: '/p/running-shoe', title: 'Running shoe', url: 'https://shop.example/p/running-shoe' },
      library: { name: 'analytics.js', version: 'npm:next-1.84.3' },
    },
  }
}
