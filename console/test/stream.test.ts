import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import type { TimelineEntry } from '@throughline/contracts'
import { audit } from './audit.ts'
import { openBrowser, openPage } from './browser.ts'
import { buildConsole } from './build.ts'
import { startFixture } from './fixtures/server.ts'
import type { Fixture } from './fixtures/server.ts'
import { personId } from './fixtures/shop.ts'

let browser: Browser
let fixture: Fixture
let dist: string
beforeAll(async () => {
  dist = await buildConsole()
  browser = await openBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  fixture = await startFixture(dist)
  return () => fixture.close()
})

let serial = 0
function event(name: string): TimelineEntry & { personName: string | null } {
  serial += 1
  const now = Date.now()
  return {
    id: `web:live-${serial}`,
    type: 'track',
    name,
    timestamp: now,
    receivedAt: now,
    source: 'web',
    profileId: personId(0),
    properties: { name: 'Kenya AA' },
    context: {},
    personName: 'Noor Jansen',
  }
}

/** What the page lists once its stream is open. */
async function watch(): Promise<{
  page: Page
  rows: (name: string) => ReturnType<Page['getByRole']>
  complaints: string[]
  close: () => Promise<void>
}> {
  const { page, context, complaints } = await openPage(browser, fixture.url)
  await page.goto('/live')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.getByRole('list', { name: 'Events' }).waitFor()
  return {
    page,
    rows: (name) => page.getByRole('list', { name: 'Events' }).getByRole('button', { name }),
    complaints,
    close: () => context.close(),
  }
}

it('events appear as they come', async () => {
  const { rows, close, complaints } = await watch()
  fixture.emit(event('Gift Card Bought'))
  await rows('Gift Card Bought').waitFor()
  expect(complaints).toEqual([])
  await close()
})

it('while paused events wait and are counted, and come when it goes on', async () => {
  const { page, rows, close } = await watch()
  await page.getByRole('button', { name: 'Pause' }).click()
  fixture.emit(event('While Paused'))
  fixture.emit(event('While Paused'))
  await page.getByRole('button', { name: 'Go on, 2 new' }).waitFor()
  expect(await rows('While Paused').count()).toBe(0)
  await page.getByRole('button', { name: 'Go on, 2 new' }).click()
  await rows('While Paused').nth(1).waitFor()
  await close()
})

it('a lost stream is reconnected, and what came in between is fetched and shown once', async () => {
  const { page, rows, close } = await watch()
  fixture.cutStreams(true)
  await page.getByText('Connection lost').waitFor()
  const missed = event('Happened Meanwhile')
  fixture.shop.timelines.get(personId(0))?.unshift(missed)
  fixture.cutStreams(false)
  await rows('Happened Meanwhile').waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  fixture.emit(missed)
  fixture.emit(event('After It'))
  await rows('After It').waitFor()
  expect(await rows('Happened Meanwhile').count()).toBe(1)
  await close()
})

it('the filter by name stands in the address and can be taken off again', async () => {
  const { page, rows, close } = await watch()
  fixture.emit(event('Gift Card Bought'))
  await rows('Gift Card Bought').waitFor()
  await page.getByLabel('Filter by name of the event').fill('gift')
  await page.waitForURL(/name=gift/)
  await rows('Order Completed').first().waitFor({ state: 'detached' })
  await expect.poll(() => rows('Gift Card Bought').count()).toBe(1)
  await page.getByLabel('Filter by name of the event').fill('no such thing')
  await page.getByRole('button', { name: 'Show all events' }).click()
  await rows('Order Completed').first().waitFor()
  await close()
})

it('an event opens with its JSON, and leads to the person', async () => {
  const { page, rows, close, complaints } = await watch()
  fixture.emit(event('Gift Card Bought'))
  await rows('Gift Card Bought').click()
  const drawer = page.getByRole('dialog', { name: 'Gift Card Bought' })
  await drawer.getByText('"name": "Kenya AA"').waitFor()
  expect(await audit(page)).toEqual([])
  await drawer.getByRole('link', { name: 'Open the person' }).click()
  await page.getByRole('heading', { level: 1, name: 'Noor Jansen' }).waitFor()
  expect(complaints).toEqual([])
  await close()
})

it('the stream is closed when the page is left', async () => {
  const { page, close } = await watch()
  await expect.poll(() => fixture.streams()).toBe(1)
  await page.getByRole('link', { name: 'Segments' }).click()
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor()
  await expect.poll(() => fixture.streams()).toBe(0)
  await close()
})
