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
  // Before the program starts, which serves what is built by then.
  browser = await openForConsole()
  place = await makePlace()
  app = await place.start()
  await app.call('applyDefinitions', {
    body: {
      definitions: [{ kind: 'template', id: 'thanks', name: 'Thank you', channel: 'inbox', title: 'Thank you', body: 'For your order.' }],
    },
  })
  page = await (await browser.newContext({ baseURL: app.address, viewport: { width: 1360, height: 900 } })).newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(/http\S+\/sign-in\/link#\S+/.exec(app.printed)![0])
  await page.getByRole('link', { name: 'Not now' }).click()
}, 240_000)
afterAll(async () => {
  await browser?.close()
  await place?.remove()
})

const step = (id: string) => page.locator(`[data-step="${id}"]`)
const focused = (): Promise<string | null> => page.locator(':focus').getAttribute('data-step')
const draft = async () => (await app.call('journeyDraft', { params: { id: 'thank-buyers' } })).draft

test('a journey is drawn by mouse and keyboard, published, and a person enters it', { timeout: 240_000 }, async () => {
  await page.goto('/journeys')
  await page.getByRole('button', { name: 'New journey' }).first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('Thank buyers')
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'New journey: Thank buyers' }).waitFor()

  // What is missing is said where it is missing.
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByText('Add a first step.').first().waitFor()
  await page.getByLabel('Event', { exact: true }).fill('Order Completed')
  await page.keyboard.press('Tab')

  // By mouse: a plus, a kind, a template.
  await page.getByRole('group', { name: 'The journey, drawn' }).getByRole('button', { name: 'Add a step at the beginning' }).click()
  await page.getByRole('option', { name: /^Send a message/ }).click()
  await page.getByLabel('Channel', { exact: true }).selectOption('inbox')
  await page.getByLabel('Template', { exact: true }).selectOption('thanks')

  // By keyboard: a step after it, found by what it is called; then from step to step, and one taken out and brought back.
  const add = async (after: string, kind: string, name: RegExp): Promise<void> => {
    await step(after).focus()
    await page.keyboard.press('a')
    await page.getByRole('textbox', { name: 'What should happen here?' }).fill(kind)
    await page.getByRole('option', { name }).waitFor()
    await page.keyboard.press('Enter')
  }
  await add('message', 'pause', /^Wait 1 hour/)
  await step('wait').waitFor()
  await add('wait', 'leave', /^Leave/)
  await step('exit').focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(focused).toBe('wait')
  await page.keyboard.press('Delete')
  await step('wait').waitFor({ state: 'detached' })
  await expect.poll(focused).toBe('exit')
  await page.keyboard.press('Control+z')
  await step('wait').waitFor()

  // By dragging: the wait goes before the message, and a way leads past it.
  const middle = async (selector: string): Promise<{ x: number; y: number }> => {
    const box = (await page.locator(selector).first().boundingBox())!
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  /** Until the drawing stands still: it is laid out anew after each change. */
  const still = async (selector: string): Promise<void> => {
    let before = ''
    let times = 0
    await expect
      .poll(async () => {
        const now = JSON.stringify(await middle(selector))
        times = now === before ? times + 1 : 0
        before = now
        return times
      })
      .toBeGreaterThan(2)
  }
  const drag = async (from: string, to: string): Promise<void> => {
    for (const place of [from, to]) await still(place)
    const [a, b] = [await middle(from), await middle(to)]
    await page.mouse.move(a.x, a.y)
    await page.mouse.down()
    await page.mouse.move(a.x, a.y - 12, { steps: 4 })
    await page.mouse.move(b.x, b.y, { steps: 8 })
    await page.mouse.up()
  }
  await drag('[data-step="wait"]', '[data-add="entry"]')
  await expect.poll(async () => (await draft())?.definition.start, { timeout: 60_000 }).toBe('wait')
  await page.keyboard.press('Control+z')
  await expect.poll(async () => (await draft())?.definition.start, { timeout: 60_000 }).toBe('message')
  await drag('[data-handleid="entry"]', '[data-step="wait"]')
  await expect.poll(async () => (await draft())?.definition.start, { timeout: 60_000 }).toBe('wait')
  await step('message').getByText('!').waitFor()
  await page.keyboard.press('Control+z')

  await page.getByText('Draft saved at').waitFor()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByRole('button', { name: 'Publish and start' }).click()
  await page.getByRole('heading', { level: 1, name: 'Thank buyers', exact: true }).waitFor()
  expect(await app.call('journey', { params: { id: 'thank-buyers' } })).toMatchObject({
    version: 1,
    definition: {
      entry: { on: { event: 'Order Completed' }, reentry: { kind: 'never' } },
      start: 'message',
      steps: {
        message: { channel: 'inbox', template: 'thanks', next: 'wait' },
        wait: { for: '1 day', next: 'exit' },
        exit: { kind: 'exit' },
      },
    },
  })

  await app.send('track', { userId: 'u-1', event: 'Order Completed', properties: { total: 9 } })
  await page.getByRole('button', { name: /^Wait Waits 1 day 1/ }).click({ timeout: 60_000 })
  await page.getByRole('heading', { name: 'At “Wait” now: 1 person' }).waitFor()

  // Somebody is inside now, and stays where they are when the next version comes.
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await step('wait').click()
  await page.getByLabel('How long', { exact: true }).fill('2')
  await page.getByText('Draft saved at').waitFor()
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByText('1 person inside is on version 1; new entrants take version 2.').waitFor()
  await page.getByText('Waits 2 days; before: Waits 1 day.').waitFor()
  await page.getByRole('button', { name: 'Publish version 2' }).click()
  await page.getByText('What version 2 changed').waitFor()
})

test(
  'seventeen questions are answered, kept over a reload, drawn as a draft with its templates, and answered back on one page',
  { timeout: 240_000 },
  async () => {
    await page.goto('/journeys')
    await page.getByRole('button', { name: 'Answer seventeen questions' }).first().click()
    await page.getByLabel('Name of the journey').fill('First order')
    const event = (place: number) => page.getByLabel('Event', { exact: true }).nth(place)
    await event(0).fill('Newsletter Subscribed')
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: /^Next: What you hope for/ }).click()
    await event(0).fill('Order Completed')
    await event(1).fill('Order Completed')
    await page.keyboard.press('Tab')
    await page.getByLabel('Only for whoever has done it before').check()
    await page.getByRole('button', { name: '5. Look at it' }).click()
    await page.getByText('Before it can be drawn, say:').waitFor()
    await page.getByRole('button', { name: 'Where the messages lead' }).click()
    await page.getByText('Not said yet.').waitFor()
    await page.getByLabel('Address that the messages lead to').fill('https://shop.example/')
    await page.getByLabel('App push', { exact: true }).check()

    await page.reload()
    await page.getByLabel('Name of the journey').waitFor()
    await expect.poll(() => page.getByLabel('Name of the journey').inputValue()).toBe('First order')
    await page.getByText('Over the last 28 days: nobody would have come in.').first().waitFor()
    await page.getByRole('button', { name: '5. Look at it' }).click()
    await page
      .getByText('Repeat purchase (Order Completed')
      .or(page.getByText('Order Completed, by whoever did Order Completed at least 2 times.'))
      .waitFor()
    await page.getByRole('button', { name: 'Draw “First order”' }).click()
    await page.getByRole('heading', { level: 1, name: 'New journey: First order' }).waitFor()
    await step('message-1').waitFor()
    const { draft: drawn } = await app.call('journeyDraft', { params: { id: 'first-order' } })
    expect(drawn?.definition).toMatchObject({ start: 'message-1', goals: [{ within: '3 days', since: 'message' }] })
    expect((await app.call('definitions', {})).items.map(({ definition: { id } }) => id)).toContain('first-order-message-2-app-push')

    await page.getByRole('button', { name: 'More for this draft' }).click()
    await page.getByRole('menuitem', { name: 'Brief: seventeen answers' }).click()
    await page.getByRole('heading', { level: 1, name: 'First order: brief' }).waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'The seventeen questions' }).getByRole('listitem').count()).toBe(17)
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download Markdown' }).click()])
    expect(file.suggestedFilename()).toBe('first-order-brief.md')
  },
)

test('nothing went wrong in the browser meanwhile', () => {
  expect(complaints).toEqual([])
})
