import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage } from './browser.ts'
import { buildConsole } from './build.ts'
import { startFixture } from './fixtures/server.ts'

let browser: Browser
let dist: string
beforeAll(async () => {
  dist = await buildConsole()
  browser = await openBrowser()
})
afterAll(() => browser?.close())

it('the variant for the rest is chosen after asking, and what is compared is edited', async () => {
  const fixture = await startFixture(dist)
  const { page, context, complaints } = await openPage(browser, fixture.url)
  const called = (call: string): unknown => fixture.calls.findLast((one) => one.call === call)?.body
  try {
    await page.goto('/campaigns/two-subjects')
    await page.getByRole('button', { name: 'Choose B' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send it to the rest' }).click()
    await page.getByText('“B” goes to the rest').first().waitFor()
    expect(called('POST /api/campaigns/two-subjects/sends/1/winner')).toEqual({ variant: 'B' })
    await page.goto('/campaigns/two-subjects/edit')
    await page.getByLabel('Name of variant 2').fill('Question')
    await page.getByLabel('What decides').selectOption('revenue')
    await page.getByLabel('Who is held out').selectOption('nobody')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByRole('heading', { name: 'Two subjects' }).waitFor()
    const { definitions } = called('POST /api/definitions') as { definitions: object[] }
    expect(definitions[0]).toMatchObject({
      variants: [{ name: 'A' }, { name: 'Question', template: 'brew-tips' }],
      winner: { by: 'revenue' },
    })
    expect(definitions[0]).not.toHaveProperty('holdOut')
  } finally {
    await context.close()
    await fixture.close()
  }
  expect(complaints).toEqual([])
})
