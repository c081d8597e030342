import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { visitForEach } from './visit.ts'

let page: Page
visitForEach((visit) => ({ page } = visit))

it.each([
  ['a question before something is removed', '/settings/sources', /^Remove /],
  ['a dialog that asks for a name', '/settings/api-keys', 'Add a key'],
  ['a question that is only closed, not taken away', '/campaigns/winter-roast', 'Cancel the send'],
])('whoever leaves %s by keyboard stands where they were', async (_, at, name) => {
  await page.goto(at)
  const button = page.getByRole('button', { name }).first()
  await button.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expect.poll(() => dialog.locator(':focus').count()).toBe(1)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => button.and(page.locator(':focus')).count()).toBe(1)
})
