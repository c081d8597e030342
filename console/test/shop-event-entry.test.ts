import { expect, it } from 'vitest'
import { audit, overflow } from './audit.ts'
import type { Visit } from './browser.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let page: Visit['page']
let fixture: Fixture
visitForEach((visit) => ({ page, fixture } = visit))

const concerned = (): unknown => {
  const { entries } = (fixture.drafts.get('cart-recovery')?.definition ?? {}) as {
    readonly entries?: readonly { readonly concerns?: unknown }[]
  }
  return entries?.[0]?.concerns
}
const wish = (compare: object): object => ({ kind: 'trait', trait: 'wished_price', compare })
const addTrait = async (button: number, trait: string): Promise<void> => {
  await page
    .getByRole('button', { name: /^Add a condition/ })
    .nth(button)
    .click()
  await page.getByRole('option', { name: /^Something known about them/ }).click()
  await page.getByLabel('Trait', { exact: true }).last().fill(trait)
}

it('a number and a day may be taken from what the shop said, in whom it concerns and nowhere else', { timeout: 240_000 }, async () => {
  await page.goto('/journeys/cart-recovery/edit')
  await page.getByRole('button', { name: /^Starts with/ }).click()
  await page.getByLabel('What starts it', { exact: true }).selectOption({ label: 'the shop says something' })
  await page.locator('[data-panel=journey]').getByLabel('Event', { exact: true }).first().fill('Price Dropped')
  await addTrait(0, 'wished_price')
  await page.getByLabel('How wished_price is compared').selectOption('is at least')
  const value = page.getByLabel('Value of wished_price', { exact: true })
  await value.fill('{event.pri')
  await expect.poll(() => value.getAttribute('aria-invalid')).toBe('true')
  await value.fill('{event.price}')
  await expect.poll(() => value.getAttribute('aria-invalid')).toBe('false')
  await expect.poll(concerned, { timeout: 60_000 }).toEqual(wish({ op: 'at-least', value: '{event.price}' }))
  await page.getByRole('button', { name: /for everybody who wished_price is at least the event’s price/ }).waitFor()
  // What the latest one said is filled in before anybody is counted.
  await page.getByText(/today it would concern/).waitFor()
  const asked = () => fixture.calls.findLast(({ call }) => call === 'POST /api/segments/preview')?.body
  await expect.poll(asked).toMatchObject({ where: wish({ op: 'at-least', value: 11.9 }) })

  await value.fill('{event.product_id}')
  await page.getByText('would concern nobody: its product_id is "beans-7" where a number is wanted.').waitFor()
  // Another comparison of a number keeps it, and so does a number that is typed over it.
  await page.getByLabel('How wished_price is compared').selectOption('is less than')
  await expect.poll(() => value.inputValue()).toBe('{event.product_id}')
  await value.fill('12,5')
  await expect.poll(concerned, { timeout: 60_000 }).toEqual(wish({ op: 'less', value: 12.5 }))

  await page.getByLabel('How wished_price is compared').selectOption('is before')
  await page.getByLabel('Day of wished_price: whose').selectOption('the event’s')
  await page.getByLabel('Day of wished_price: property of the event').fill('ends')
  await expect.poll(concerned, { timeout: 60_000 }).toEqual(wish({ op: 'before', date: '{event.ends}' }))
  await page.getByText('would concern nobody: it lacks ends.').waitFor()
  expect(await audit(page)).toEqual([])
  await page.getByLabel('Day of wished_price: whose').selectOption('the day')
  await page.getByLabel('Day of wished_price', { exact: true }).fill('2030-01-01')
  await expect.poll(concerned, { timeout: 60_000 }).toEqual(wish({ op: 'before', date: '2030-01-01' }))

  // An ordinary condition takes a number there, and offers no day of any event.
  await page.getByRole('button', { name: 'Only certain people' }).click()
  await addTrait(1, 'points')
  await page.getByLabel('How points is compared').selectOption('is at least')
  const points = page.getByLabel('Value of points', { exact: true })
  await points.fill('{event.price}')
  await expect.poll(() => points.getAttribute('aria-invalid')).toBe('true')
  await page.getByLabel('How points is compared').selectOption('is after')
  await expect.poll(() => page.getByLabel('Day of points: whose').count()).toBe(0)
})

it('what is taken from the event stands in its field when the journey is opened again, and fits a phone', async () => {
  await page.goto('/journeys/cart-recovery/edit')
  await page.getByRole('button', { name: /^Starts with/ }).click()
  await page.getByLabel('What starts it', { exact: true }).selectOption({ label: 'the shop says something' })
  await addTrait(0, 'wished_price')
  await page.getByLabel('How wished_price is compared').selectOption('is between')
  await page.getByLabel('Value of wished_price: from').fill('{event.price}')
  await page.getByLabel('Value of wished_price: to').fill('{event.was}')
  const between = wish({ op: 'between', from: '{event.price}', to: '{event.was}' })
  await expect.poll(concerned, { timeout: 60_000 }).toEqual(between)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 360, height: 900 })
  await page.reload()
  await page.getByRole('button', { name: /^Starts with/ }).click()
  await expect.poll(() => page.getByLabel('Value of wished_price: from').inputValue()).toBe('{event.price}')
  await expect.poll(() => page.getByLabel('Value of wished_price: to').inputValue()).toBe('{event.was}')
  expect(await audit(page)).toEqual([])
  expect(await overflow(page)).toBe(0)
})
