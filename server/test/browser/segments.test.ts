import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlace, type Place, type TestApp } from '../app/start-app.ts'
import { openForConsole } from './open.ts'

let place: Place
let app: TestApp
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  place = await makePlace()
  app = await place.start()
  await app.send('batch', {
    batch: [
      ...['u-1', 'u-2', 'u-3', 'u-4'].map((userId, index) => ({
        type: 'identify',
        userId,
        messageId: `who-${userId}`,
        traits: { name: `Buyer ${index + 1}`, email: `${userId}@example.org`, country: index < 3 ? 'NL' : 'DE' },
      })),
      ...['u-1', 'u-2', 'u-4'].map((userId) => ({
        type: 'track',
        userId,
        messageId: `order-${userId}`,
        event: 'Order Completed',
        context: { location: { latitude: 46.948, longitude: userId === 'u-4' ? 8.5 : 7.447 } },
        properties: {
          total: userId === 'u-1' ? 120 : 30,
          products: [
            { category: 'lamps', price: userId === 'u-1' ? 60 : 10 },
            { category: 'rugs', price: userId === 'u-1' ? 10 : 60 },
          ],
        },
      })),
    ],
  })
  browser = await openForConsole()
  page = await (await browser.newContext({ baseURL: app.address })).newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(/http\S+\/sign-in\/link#\S+/.exec(app.printed)![0])
  await page.getByRole('link', { name: 'Not now' }).click()
}, 240_000)
afterAll(async () => {
  await browser?.close()
  await place?.remove()
})

test('a segment is built by mouse and keyboard, previewed, saved, and shows its members', { timeout: 240_000 }, async () => {
  // What is previewed and suggested comes from history, which the events reach a moment after they are taken.
  await expect
    .poll(async () => (await app.call('suggestions', { query: { of: 'events' } })).items.map(({ value }) => value), { timeout: 60_000 })
    .toContain('Order Completed')

  await page.goto('/segments')
  await page.getByRole('link', { name: 'New segment' }).click()
  await page.getByRole('link', { name: 'Begin with nothing' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Dutch buyers')

  // By mouse: what they did.
  await page.getByRole('button', { name: /^Add a condition/ }).click()
  await page.getByRole('option', { name: /^Did something/ }).click()
  await page.getByLabel('Event', { exact: true }).fill('Order')
  await page.getByRole('option', { name: /^Order Completed/ }).click()

  // By keyboard: who they are.
  await page.getByRole('button', { name: /^Add a condition/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: /^Something known/ }).waitFor()
  await page.keyboard.type('known about')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toBe('Trait')
  await page.keyboard.type('country')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('NL')

  const panel = page.getByRole('region', { name: 'Who that is now' })
  await expect.poll(() => panel.locator('strong').first().innerText(), { timeout: 60_000 }).toBe('2')
  await panel.getByRole('link', { name: 'Buyer 1' }).waitFor()
  await panel.getByRole('link', { name: 'Buyer 2' }).waitFor()

  await page.getByRole('button', { name: 'Save the segment' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dutch buyers' }).waitFor()
  const members = page.getByRole('table', { name: 'Members' })
  await members.getByText('Buyer 1').waitFor({ timeout: 60_000 })
  await members.getByText('Buyer 2').waitFor({ timeout: 60_000 })
  expect(await members.getByText('Buyer 4').count()).toBe(0)

  // Live: whoever buys now is in it at that moment.
  await app.send('track', { userId: 'u-3', event: 'Order Completed', properties: { total: 9 } })
  await members.getByText('Buyer 3').waitFor({ timeout: 60_000 })
})

test('filters are grouped, a place is typed, and a segment is archived and restored', { timeout: 240_000 }, async () => {
  // Tab leaves a field, and closes what it suggests.
  const say = async (label: string, words: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).fill(words)
    await page.keyboard.press('Tab')
  }
  await page.goto('/segments/_new')
  await page.getByRole('link', { name: 'Begin with nothing' }).click()
  await say('Name', 'Lamps of the dear sort')
  await page.getByRole('button', { name: /^Add a condition/ }).click()
  await page.getByRole('option', { name: /^Did something/ }).click()
  await say('Event', 'Order Completed')
  await page.getByRole('button', { name: 'where…' }).click()
  await say('Property 1 of Order Completed', 'total')
  await page.getByLabel('How total is compared').selectOption('exists')
  await page.getByLabel('and… a group of filters').selectOption('one')
  await say('List of group 2', 'products')
  // What stands in the elements of that list is suggested.
  await page.getByLabel('group 2, property 1 of products', { exact: true }).fill('cat')
  await page.getByRole('option', { name: /^category/ }).click()
  await say('Value of group 2, category', 'lamps')
  const group = page.getByRole('group', { name: 'group 2' })
  await group.getByRole('button', { name: 'and…' }).focus()
  await page.keyboard.press('Enter')
  await say('group 2, property 2 of products', 'price')
  await page.getByLabel('How group 2, price is compared').selectOption('at-least')
  await say('Value of group 2, price', '50')
  const panel = page.getByRole('region', { name: 'Who that is now' })
  await expect.poll(() => panel.locator('strong').first().innerText(), { timeout: 60_000 }).toBe('1')
  await panel.getByRole('link', { name: 'Buyer 1' }).waitFor()

  // Any lamp will do, of those who were near.
  await page.getByLabel('How group 2 hangs together').selectOption('any')
  await say('group 2, property 1 of Order Completed', 'products[].category')
  await page.getByRole('button', { name: 'Remove the filter on group 2, price' }).click()
  await page.getByRole('button', { name: /^Add a condition/ }).click()
  await page.getByRole('option', { name: /^Near a place/ }).click()
  await say('Latitude and longitude', '46.95, 7.45')
  await expect.poll(() => panel.locator('strong').first().innerText(), { timeout: 60_000 }).toBe('2')
  await page.getByRole('button', { name: 'Save the segment' }).click()
  await page.getByRole('heading', { level: 1, name: 'Lamps of the dear sort' }).waitFor()
  const members = page.getByRole('table', { name: 'Members' })
  await members.getByText('Buyer 2').waitFor({ timeout: 60_000 })

  await page.getByRole('button', { name: 'Archive', exact: true }).click()
  await page.getByRole('button', { name: 'Archive the segment' }).click()
  await page.getByText('Nobody is in it now').waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Restore the segment' }).click()
  await members.getByText('Buyer 2').waitFor({ timeout: 60_000 })
})

test('nothing went wrong in the browser meanwhile', () => {
  expect(complaints).toEqual([])
})
