import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cartRecovery } from '../app/definitions.ts'
import { makePlace, type Place, type TestApp } from '../app/start-app.ts'
import { openForConsole } from './open.ts'
import { startSink, type Sink } from '../faults/sink.ts'

let place: Place
let app: TestApp
let sink: Sink
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  sink = await startSink()
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', { body: { definitions: cartRecovery('2 seconds') } })
  browser = await openForConsole()
  page = await (await browser.newContext({ baseURL: app.address })).newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
}, 240_000)
afterAll(async () => {
  await browser?.close()
  await place?.remove()
  await sink?.close()
})

const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

test('the link printed at the start leads into the console', { timeout: 240_000 }, async () => {
  await page.goto(/http\S+\/sign-in\/link#\S+/.exec(app.printed)![0])
  await heading('You are signed in')
  await page.getByRole('link', { name: 'Not now' }).click()
  await heading('Home')
})

test('an event shows in the live stream as it comes, and its person can be opened from the search', { timeout: 240_000 }, async () => {
  await page.goto('/live')
  await heading('Live events')
  await app.send('identify', { userId: 'u-42', traits: { email: 'lena@example.org', name: 'Lena Larsen' } })
  await app.send('track', { userId: 'u-42', event: 'Cart Updated', properties: { product: 'Lamp' } })
  await page.getByText('Cart Updated').first().waitFor()
  await page.goto('/people?search=lena')
  await page.getByText('lena@example.org').first().waitFor()
  await page.getByRole('link', { name: 'Lena Larsen' }).first().click()
  await heading('Lena Larsen')
  await page.getByText('u-42').first().waitFor()
  await page.getByText('Cart Updated').first().waitFor()
})

test('on their page a person is changed, merged with another, written to, and forgotten', { timeout: 240_000 }, async () => {
  await app.send('track', {
    anonymousId: 'tablet-of-otto',
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 49.5, currency: 'EUR' },
  })
  await app.send('identify', { userId: 'u-77', traits: { email: 'otto@example.org', name: 'Otto Ohm' } })
  const find = async (search: string) => (await app.call('people', { query: { search } })).items[0]?.id
  await expect.poll(() => find('Otto Ohm'), { timeout: 60_000 }).toBeDefined()
  const act = async (name: string) => {
    await page.getByRole('button', { name: 'Actions' }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await page.goto(`/people/${await find('Otto Ohm')}`)
  await heading('Otto Ohm')
  await act('Edit traits')
  await page.getByRole('button', { name: 'Add a trait' }).click()
  await page.getByLabel('New trait', { exact: true }).fill('favourite')
  await page.getByLabel('Value of the new trait').or(page.getByLabel('Value of favourite')).fill('Desk lamp')
  await page.getByRole('button', { name: 'Save the traits' }).click()
  await page.getByText('Desk lamp').first().waitFor()

  await act('Merge with somebody')
  await page.getByLabel('Find the other one').fill('tablet-of-otto')
  await page.getByRole('list', { name: 'People found' }).getByRole('button').first().click()
  await page.getByRole('button', { name: 'Merge the two' }).click()
  await page.getByText('Lifetime value').waitFor()
  await page.getByText('€49.50').first().waitFor()

  await act('Send a test message')
  await page.getByRole('combobox', { name: 'Template' }).click()
  await page.getByRole('option', { name: /Cart, e-mail/ }).click()
  await page.getByRole('button', { name: 'Send the test' }).click()
  await page.getByText('Test, sent by').waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).last().click()

  await act('Forget this person')
  await page.getByLabel(/Write “forget”/).fill('forget')
  await page.getByRole('button', { name: 'Forget them for ever' }).click()
  await heading('Forgotten people')
  await page.getByText('all gone').first().waitFor()
  expect(await find('Otto Ohm')).toBeUndefined()
})

test('the journey is drawn with the passages that took place', { timeout: 240_000 }, async () => {
  await page.goto('/journeys/cart-recovery')
  await heading('Cart recovery')
  await page
    .getByLabel(/^1 passage/)
    .first()
    .waitFor()
})

test('a message is shown as its receiver would have seen it', { timeout: 240_000 }, async () => {
  await expect
    .poll(async () => (await app.call('messages', { query: { channel: 'email', status: 'sent' } })).items.length, { timeout: 60_000 })
    .toBe(1)
  await page.goto('/messages')
  await heading('Messages')
  await page.getByText('You left Lamp behind').first().click()
  await page.frameLocator('iframe').getByText('Hello there').waitFor()
})

test('a mail provider is set up in the settings and proves itself with a test message', { timeout: 240_000 }, async () => {
  await page.goto('/settings/providers')
  await heading('Providers')
  await page.getByLabel('Host', { exact: true }).fill('127.0.0.1')
  await page.getByLabel('Port', { exact: true }).fill(new URL(sink.url).port)
  await page.getByLabel('From', { exact: true }).fill('shop@nordlicht.example')
  await page.getByRole('button', { name: 'Send e-mail through this provider' }).click()
  await page.getByRole('button', { name: /Send a test to/ }).click()
  await page.getByText('The provider took it:').waitFor()
  expect(sink.received.map(({ to }) => to)).toEqual(['ada@shop.example'])
})

test(
  'a file is uploaded, its columns are looked at, it is checked and imported, and refused rows are shown',
  { timeout: 240_000 },
  async () => {
    await page.goto('/imports/new')
    await heading('Import a file')
    await page.getByRole('radio', { name: 'People' }).check()
    await page.locator('input[type=file]').setInputFiles({
      name: 'club.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('E-mail,Town\nida@example.org,Oslo\nno address,Bergen\nola@example.org,Voss\n'),
    })
    await page.getByRole('button', { name: 'Upload the file' }).click()
    await heading('club.csv')
    await page.getByText('What the columns are').waitFor()
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByText('no address').first().waitFor()
    expect((await app.call('people', { query: { search: 'ida@example.org' } })).items).toEqual([])
    await page.getByRole('button', { name: /^Import/ }).click()
    await page.getByText('1 row refused').first().waitFor()
    await page.getByText('no address').first().waitFor()
    await expect
      .poll(async () => (await app.call('people', { query: { search: 'ida@example.org' } })).items.length, { timeout: 60_000 })
      .toBe(1)
  },
)

test('a computed trait is made from a beginning, and stands with the person', { timeout: 240_000 }, async () => {
  await page.goto('/segments/_traits/_new')
  await heading('New computed trait')
  await page.getByRole('button', { name: 'Number of orders' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Carts kept')
  await page.getByLabel('Event', { exact: true }).fill('Cart Updated')
  await page.getByRole('button', { name: 'Save the computed trait' }).click()
  await heading('Computed traits')
  await page.getByText('{{ profile.carts-kept }}').waitFor()
  const [lena] = (await app.call('people', { query: { search: 'lena' } })).items
  await page.goto(`/people/${lena!.id}`)
  await page.getByRole('link', { name: 'Carts kept' }).waitFor()
  await expect
    .poll(async () => (await app.call('person', { params: { id: lena!.id } })).computed, { timeout: 60_000 })
    .toMatchObject([{ id: 'carts-kept', pending: false, value: expect.any(Number) }])
})

test('nothing went wrong in the browser meanwhile', () => {
  expect(complaints).toEqual([])
})
