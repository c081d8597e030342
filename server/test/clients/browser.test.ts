import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserSnippet } from '../../../console/src/pages/settings/snippets.ts'
import { startIngest, type IngestServer } from '../ingest-server.ts'
import { expectStory } from './expect-story.ts'
import { startFlakyProxy, type FlakyProxy } from './flaky-proxy.ts'

let browser: Browser
let server: IngestServer
let proxy: FlakyProxy
let shop: Server
let shopUrl: string
const heads = new Map<string, string>()

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  // The shop lies on another origin than the server, as it does in life.
  shop = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(
      `<!doctype html><title>Shoes</title><head>${heads.get(new URL(request.url ?? '/', 'http://shop').pathname) ?? ''}</head><body>Shoes</body>`,
    )
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  shopUrl = `http://localhost:${(shop.address() as AddressInfo).port}`
})
afterAll(async () => {
  await browser.close()
  await new Promise((resolve) => shop.close(resolve))
})
beforeEach(async () => {
  server = await startIngest()
  proxy = await startFlakyProxy(server.url)
})
afterEach(async () => {
  await proxy.close()
  await server.stop()
})

interface Analytics {
  track(name: string, properties?: object): Promise<unknown>
  identify(id: string, traits?: object): Promise<unknown>
  page(name?: string): Promise<unknown>
  screen(name: string): Promise<unknown>
  group(id: string, traits?: object): Promise<unknown>
  alias(to: string): Promise<unknown>
  ready(done: () => void): void
}

// On a machine without any network Chromium says that it is offline, and the client then keeps what it has to send.
async function openShopPage(): Promise<Page> {
  const page = await browser.newPage()
  await page.addInitScript(`Object.defineProperty(navigator, 'onLine', { get: () => true })`)
  return page
}

/** Lets the page tell its story through whatever `window.analytics` the snippet made. */
async function tell(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { analytics } = globalThis as unknown as { analytics: Analytics }
    await new Promise<void>((resolve) => analytics.ready(resolve))
    const loaded = (globalThis as unknown as { analytics: Analytics }).analytics
    await loaded.track('Product Viewed', { sku: 'SHOE-42', size: '42 ½' })
    await loaded.identify('ann-7', { email: 'ann@shop.example' })
    await loaded.track('Order Completed', { order_id: 'A-1', total: 59.9 })
    await loaded.group('gold', { name: 'Gold' })
    await loaded.screen('Wallet')
    await loaded.alias('ann-7')
  })
}

const story = [
  { name: 'Page Viewed', properties: { title: 'Shoes' } },
  { name: 'Product Viewed', properties: { sku: 'SHOE-42', size: '42 ½' } },
  { name: 'Identified', properties: { email: 'ann@shop.example' } },
  { name: 'Order Completed', properties: { order_id: 'A-1', total: 59.9 } },
  { name: 'Group Joined', properties: { name: 'Gold', group_id: 'gold' } },
  { name: 'Screen Viewed', properties: { name: 'Wallet' } },
  { name: 'Aliased' },
]

describe('@segment/analytics-next in Chromium, unchanged', () => {
  it('is loaded by the snippet that the console shows, tells its story, and sends lost answers again', async () => {
    heads.set('/snippet', browserSnippet({ host: proxy.url, writeKey: server.writeKey }))
    const page = await openShopPage()
    const foreign: string[] = []
    const errors: string[] = []
    page.on('request', (request) => {
      if (![proxy.url, shopUrl].some((own) => request.url().startsWith(own))) foreign.push(request.url())
    })
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${shopUrl}/snippet`)
    await expect.poll(async () => (await server.inbox()).length, { timeout: 60_000 }).toBe(1)
    proxy.loseAnswers(2)
    await tell(page)
    await expectStory(server, story)
    expect({ foreign, errors }).toEqual({ foreign: [], errors: [] })
    await page.close()
  })

  it("is loaded by Segment's own snippet when only its host is changed, and finds its settings here", async () => {
    // Shortened from Segment's published snippet 5.2: what it sets and where it loads from is the same.
    heads.set(
      '/segment',
      `<script>
      !function(){var a=window.analytics=window.analytics||[];a.methods=["track","page","identify","group","alias","screen","ready"];
      a.factory=function(e){return function(){var t=Array.prototype.slice.call(arguments);t.unshift(e);a.push(t);return a}};
      for(var i=0;i<a.methods.length;i++){var k=a.methods[i];a[k]=a.factory(k)}
      a._writeKey="${server.writeKey}";a._cdn="${proxy.url}";
      var t=document.createElement("script");t.async=!0;t.src="${proxy.url}/analytics.js/v1/${server.writeKey}/analytics.min.js";
      document.head.appendChild(t);a.page()}();
    </script>`,
    )
    const page = await openShopPage()
    await page.goto(`${shopUrl}/segment`)
    await tell(page)
    await expectStory(server, story)
    await page.close()
  })
})
