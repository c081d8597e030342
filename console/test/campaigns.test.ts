import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { audit } from './audit.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let fixture: Fixture
let page: Page
visitForEach((visit) => ({ page, fixture } = visit))

const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const called = (call: string): unknown => fixture.calls.findLast((one) => one.call === call)?.body

describe('a campaign', () => {
  it('is made with its reach and cost on the button, kept over a reload, sent after saying what happens, and undone', async () => {
    await page.goto('/campaigns/_new')
    await page.getByLabel('Name', { exact: true }).fill('Ünder the tree')
    const send = page.getByRole('button', { name: /^Send/ })
    await expect.poll(() => send.getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await expect.poll(() => page.getByText('Choose who gets it.').count()).toBe(2)
    await page.getByLabel('Audience', { exact: true }).first().click()
    await page.getByRole('option', { name: 'Espresso drinkers' }).click()
    await page.getByLabel('But not those in', { exact: true }).first().click()
    await page.getByRole('option', { name: 'Cart left open' }).click()
    await page.keyboard.press('Escape')
    await page.getByLabel('Template', { exact: true }).selectOption('brew-tips')
    await page.getByText('There, three ways to brew').first().waitFor()
    await page.getByText('Longest name').click()
    await page.getByText('Wilhelmina-Alexandrina, three ways to brew').first().waitFor()
    await page.reload()
    await page.getByText('What you had typed here before and did not save is back.').waitFor()
    await page.getByRole('button', { name: 'Send to 38,110 people · about €96' }).click()
    const asked = page.getByRole('dialog', { name: 'Send “Ünder the tree”?' })
    await asked
      .getByText('38,110 people of the 41,002 people in “Espresso drinkers” get “How to brew” by e-mail, as soon as it is sent.')
      .waitFor()
    await asked.getByText('1,204 people in “Cart left open” get nothing.').waitFor()
    expect(await audit(page)).toEqual([])
    expect(called('POST /api/definitions')).toBeUndefined()
    await asked.getByRole('button', { name: /^Send/ }).click()
    await heading('Ünder the tree')
    expect(called('POST /api/definitions')).toMatchObject({
      definitions: [{ id: 'under-the-tree', audience: { segment: 'espresso', except: ['cart-open'] }, when: { kind: 'now' } }],
    })
    expect(called('POST /api/campaigns/under-the-tree/send')).toEqual({ version: 1 })
    await page.getByText('It can be undone for', { exact: false }).first().waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone by mila@vuurtoren.example; nobody got it.').waitFor()
    expect(called('POST /api/campaigns/under-the-tree/sends/1')).toEqual({ action: 'undo' })
    await page.goto('/campaigns/_new')
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('')
  })

  it('names other campaigns to the same people as the server counts them, and none before that is known', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/api/campaigns/estimate', async (route) => {
      await gate
      await route.continue()
    })
    await page.goto('/campaigns/winter-roast/edit')
    await page.getByRole('status', { name: 'Loading the estimate' }).waitFor()
    await page.getByRole('heading', { name: 'By channel' }).waitFor()
    expect(await page.getByText(/^No other campaign|^None of those/).count()).toBe(0)
    release()
    await page.getByRole('heading', { name: 'Other campaigns to the same people within 7 days' }).waitFor()
    const one = page.getByRole('listitem').filter({ hasText: 'Letter on Monday' })
    expect(await one.innerText()).toContain('about 12,300 people')
    // Who is in none of both is not named.
    expect(await page.getByText('Tip of the week').count()).toBe(0)
    await page.getByText('1 more campaign goes out and was not looked at: 4 segments at most are.').waitFor()
    // To the server it is the campaign that it is, so that it is no other one to itself.
    expect(called('POST /api/campaigns/estimate')).toMatchObject({ definition: { id: 'winter-roast' } })
    await page.goto('/campaigns/monday-letter/edit')
    await page.getByText('None of those looked at.').waitFor()
    expect(await page.getByRole('listitem').filter({ hasText: 'Letter on Monday' }).count()).toBe(0)
  })

  it('names no figure of another audience where a new one could not be counted', async () => {
    await page.goto('/campaigns/winter-roast/edit')
    const words = page.getByText('38,110', { exact: true })
    await words.waitFor()
    await page.route('**/api/campaigns/estimate', (route) =>
      route.fulfill({ status: 500, json: { code: 'internal', message: 'It could not be counted just now.' } }),
    )
    await page.getByLabel('Audience', { exact: true }).first().click()
    await page.getByRole('option', { name: 'Everybody' }).click()
    await page.getByText('It could not be counted just now.').waitFor()
    await expect.poll(() => words.count()).toBe(0)
    await expect.poll(() => page.getByRole('button', { name: /38,110/ }).count()).toBe(0)
  })

  it('shows an earlier send by what the campaign said then', async () => {
    const [before] = fixture.sends.get('winter-roast')!
    fixture.sends.set('winter-roast', [{ ...before!, version: 7 }])
    await page.route('**/api/definitions/campaign/winter-roast/versions', async (route) => {
      const definition = {
        kind: 'campaign',
        id: 'winter-roast',
        name: 'Winter roast',
        audience: { segment: 'regulars', except: ['vip'] },
        message: { channel: 'email', template: 'brew-tips', purpose: 'marketing' },
        when: { kind: 'now' },
      }
      await route.fulfill({ json: { items: [{ version: 7, publishedAt: 0, publishedBy: 'mila@vuurtoren.example', definition }] } })
    })
    await page.goto('/campaigns/winter-roast')
    const rows = page.getByRole('table', { name: 'What became of everybody in the audience' })
    await rows.getByRole('link', { name: 'Regulars' }).waitFor()
    expect(await rows.getByRole('link', { name: 'Espresso drinkers' }).count()).toBe(0)
    expect(await audit(page)).toEqual([])
  })

  it('adds up on its page, is paused at once, and cancelled only after asking; a calendar day is reached by arrows', async () => {
    await page.goto('/campaigns/winter-roast')
    const rows = page.getByRole('table', { name: 'What became of everybody in the audience' }).getByRole('row')
    await rows.filter({ hasText: 'In the audience so far' }).waitFor()
    const figures = (await rows.allInnerTexts()).map((row) => row.split('\t'))
    const of = (name: string): number => Number(figures.find(([one]) => one?.startsWith(name))?.[1]?.replace(',', ''))
    await page.getByText('After the message').waitFor()
    expect(await page.getByRole('link', { name: 'Under way' }).getAttribute('href')).toContain('send=winter-roast%232')
    await page.getByRole('button', { name: 'Mend a link' }).click()
    await page.getByLabel('The wrong link').fill('https://shop.example/srping')
    await page.getByLabel('Leads to').fill('https://shop.example/spring')
    await page.getByRole('button', { name: 'Let it lead there' }).click()
    await page.getByText('leads to https://shop.example/spring').waitFor()
    expect(called('POST /api/campaigns/winter-roast/redirects')).toEqual({
      from: 'https://shop.example/srping',
      to: 'https://shop.example/spring',
    })
    expect(await audit(page)).toEqual([])
    expect(of('Sent') + of('Held back') + of('Cancelled') + of('Under way')).toBe(of('In the audience so far'))
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.getByRole('button', { name: 'Cancel the send' }).click()
    expect(called('POST /api/campaigns/winter-roast/sends/2')).toEqual({ action: 'pause' })
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the send' }).click()
    await page.getByText('Cancelled', { exact: true }).first().waitFor()
    // The letter goes out every Monday from now on: in the next month that begins with one.
    const now = new Date()
    const firsts = Array.from({ length: 14 }, (_, n) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1 + n, 1))
    const first = firsts.find((at) => new Date(at).getUTCDay() === 1)!
    const dayAt = (days: number): string => new Date(first + days * 86_400_000).toISOString().slice(0, 10)
    await page.goto(`/campaigns/_calendar?month=${dayAt(0).slice(0, 7)}`)
    await page.locator(`[data-day="${dayAt(0)}"]`).focus()
    for (const key of ['ArrowDown', 'ArrowRight']) await page.keyboard.press(key)
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-day'))).toBe(dayAt(8))
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Letter on Monday')
    for (const key of ['ArrowUp', 'ArrowUp']) await page.keyboard.press(key)
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-day'))).toBe(dayAt(-7))
    await expect.poll(() => new URL(page.url()).searchParams.get('month')).toBe(dayAt(-7).slice(0, 7))
  })

  it('is sent again to those who did not click, under another line, after saying how many', async () => {
    await page.goto('/campaigns/recall')
    await page.getByRole('button', { name: 'Send again to who did not answer' }).click()
    const asked = page.getByRole('dialog')
    await asked.getByText('did not click', { exact: true }).click()
    await asked.getByLabel('Another subject line').fill('Did you see this?')
    await asked.getByText('34,800 people got it and did not click; 34,304 of them are still meant').waitFor()
    expect(await audit(page)).toEqual([])
    await asked.getByRole('button', { name: /^Send to 33,800 people/ }).click()
    await page.getByText('To those who got send 1 and did not click', { exact: false }).waitFor()
    expect(called('POST /api/campaigns/recall/sends/1/resend')).toEqual({
      to: 'not-clicked',
      exceptGoal: true,
      subject: 'Did you see this?',
    })
  })

  it('everything is stopped by one button, which every page says until somebody lets it go on; a viewer cannot', async () => {
    await page.goto('/people')
    await page.getByRole('button', { name: 'Stop everything' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stop everything' }).click()
    const banner = page.getByText('Everything is stopped by mila@vuurtoren.example')
    await banner.waitFor()
    expect(await audit(page)).toEqual([])
    fixture.role = 'viewer'
    await page.goto('/journeys')
    await banner.waitFor()
    expect(await page.getByRole('button', { name: 'Let everything go on' }).getAttribute('aria-disabled')).toBe('true')
    fixture.role = 'editor'
    await page.goto('/')
    await page.getByRole('button', { name: 'Let everything go on' }).click()
    await page.getByText('The 2 journeys that were paused by the stop resume').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Let everything go on' }).click()
    await banner.waitFor({ state: 'detached' })
    expect(called('POST /api/full-stop')).toEqual({ stopped: false })
  })
})
