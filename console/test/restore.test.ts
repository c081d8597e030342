import { expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { audit } from './audit.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let fixture: Fixture
let page: Page
visitForEach((visit) => ({ page, fixture } = visit))

it('a deleted ad audience has a page that says since when, offers nothing but to restore it, and restores it', async () => {
  await page.goto('/ad-audiences/old')
  await page.getByRole('heading', { level: 1, name: 'Summer leads' }).waitFor()
  await page.getByText(/^It was deleted .* ago\. No platform can fetch it\.$/).waitFor()
  expect(await audit(page)).toEqual([])
  for (const name of ['Change', 'Delete', 'Count now'])
    expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-disabled')).toBe('true')
  expect(await page.getByRole('link', { name: 'Download its file' }).count()).toBe(0)
  expect(await page.getByRole('heading', { name: 'Fetched by the platform' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Restore the ad audience' }).click()
  await page.getByText('“Summer leads” is back, with its people; an address to fetch it from is made anew.').waitFor()
  expect(fixture.calls.filter(({ call }) => call === 'POST /api/ad-audiences/old/restore')).toHaveLength(1)
})

it.each([
  ['/lists/old', 'Restore the list', 'Old club', 'POST /api/lists/old/restore'],
  ['/coupons/old', 'Restore the pool', 'Old vouchers', 'POST /api/coupon-pools/old/restore'],
  ['/forms/old', 'Restore the form', 'Old form', 'POST /api/forms/old/restore'],
])('what was deleted is restored on its own page: %s', async (at, button, name, call) => {
  await page.goto(at)
  await page.getByRole('heading', { level: 1, name }).waitFor()
  await page.getByRole('button', { name: button }).click()
  await page.getByText(`“${name}” is back`, { exact: false }).waitFor()
  expect(fixture.calls.some((one) => one.call === call)).toBe(true)
})
