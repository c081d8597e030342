import { Analytics as CustomerioAnalytics } from '@customerio/cdp-analytics-node'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics as SegmentAnalytics } from '@segment/analytics-node'
import { afterEach, beforeEach, describe, it, expect } from 'vitest'
import { startIngest, type IngestServer } from '../ingest-server.ts'
import { expectStory } from './expect-story.ts'
import { startFlakyProxy, type FlakyProxy } from './flaky-proxy.ts'

let server: IngestServer
let proxy: FlakyProxy
beforeEach(async () => {
  server = await startIngest()
  proxy = await startFlakyProxy(server.url)
})
afterEach(async () => {
  await proxy.close()
  await server.stop()
})

const story = [
  { name: 'Product Viewed', properties: { sku: 'SHOE-42', price: 59.9 } },
  { name: 'Identified', properties: { email: 'ann@shop.example', name: 'Ann Ünder 👟' } },
  { name: 'Page Viewed', properties: { name: 'Checkout' } },
  { name: 'Order Completed', properties: { order_id: '9007199254740993123', total: 59.9 } },
  { name: 'Group Joined', properties: { name: 'Gold', group_id: 'gold' } },
  { name: 'Aliased' },
]

/** Both clients of Segment's make tell the same story. */
function tell(analytics: SegmentAnalytics | CustomerioAnalytics): void {
  const anonymousId = 'visitor-1'
  analytics.track({ anonymousId, event: 'Product Viewed', properties: { sku: 'SHOE-42', price: 59.9 } })
  analytics.identify({ anonymousId, userId: 'ann-7', traits: { email: 'ann@shop.example', name: 'Ann Ünder 👟' } })
  analytics.page({ userId: 'ann-7', name: 'Checkout', properties: { url: 'https://shop.example/checkout' } })
  analytics.track({ userId: 'ann-7', event: 'Order Completed', properties: { order_id: '9007199254740993123', total: 59.9 } })
  analytics.group({ userId: 'ann-7', groupId: 'gold', traits: { name: 'Gold' } })
  analytics.alias({ userId: 'ann-7', previousId: 'newsletter-99' })
}

describe('@segment/analytics-node, unchanged', () => {
  it('tells its story, and what it sends again is stored once', async () => {
    const analytics = new SegmentAnalytics({ writeKey: server.writeKey, host: proxy.url, flushAt: 2, flushInterval: 100, maxRetries: 5 })
    proxy.loseAnswers(2)
    tell(analytics)
    await analytics.closeAndFlush({ timeout: 60_000 })
    await expectStory(server, story)
    expect(proxy.calls()).toBeGreaterThan(3)
  })
})

describe('@customerio/cdp-analytics-node, unchanged', () => {
  it('tells its story, and what it sends again is stored once', async () => {
    const analytics = new CustomerioAnalytics({
      writeKey: server.writeKey,
      host: proxy.url,
      flushInterval: 100,
      maxEventsInBatch: 2,
      maxRetries: 5,
    })
    proxy.loseAnswers(2)
    tell(analytics)
    await analytics.closeAndFlush({ timeout: 60_000 })
    await expectStory(server, story)
    expect(proxy.calls()).toBeGreaterThan(3)
  })
})

describe('@rudderstack/rudder-sdk-node, unchanged', () => {
  it('tells its story packed by gzip under a wrong label, and what it sends again is stored once', async () => {
    const client = new RudderAnalytics(server.writeKey, {
      dataPlaneUrl: proxy.url,
      flushAt: 20,
      flushInterval: 60_000,
      logLevel: 'error',
      axiosRetryConfig: { retryDelay: () => 50 },
    })
    proxy.loseAnswers(2)
    const anonymousId = 'visitor-1'
    client.track({ anonymousId, event: 'Product Viewed', properties: { sku: 'SHOE-42', price: 59.9 } })
    client.identify({ anonymousId, userId: 'ann-7', traits: { email: 'ann@shop.example', name: 'Ann Ünder 👟' } })
    client.page({ userId: 'ann-7', name: 'Checkout', properties: {} })
    client.track({ userId: 'ann-7', event: 'Order Completed', properties: { order_id: '9007199254740993123', total: 59.9 } })
    client.group({ userId: 'ann-7', groupId: 'gold', traits: { name: 'Gold' } })
    client.alias({ userId: 'ann-7', previousId: 'newsletter-99' })
    client.screen({ userId: 'ann-7', name: 'Home', properties: {} })
    await client.flush()
    await expectStory(server, [...story, { name: 'Screen Viewed', properties: { name: 'Home' } }])
    expect(proxy.calls()).toBeGreaterThan(2)
  })

  it('tells its story without gzip too', async () => {
    const client = new RudderAnalytics(server.writeKey, {
      dataPlaneUrl: server.url,
      gzip: false,
      flushAt: 20,
      flushInterval: 60_000,
      logLevel: 'error',
    })
    client.track({ userId: 'ann-7', event: 'Order Completed', properties: { total: 1 } })
    await client.flush()
    await expectStory(server, [{ name: 'Order Completed', properties: { total: 1 } }])
  })
})
