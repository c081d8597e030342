import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { audit, overflow } from './audit.ts'
import { keepPages, openBrowser } from './browser.ts'
import { buildConsole } from './build.ts'
import { startFixture } from './fixtures/server.ts'
import type { Fixture } from './fixtures/server.ts'
import { personId } from './fixtures/shop.ts'

/** Every page: where it is, what it shows when all is well, and what when there is nothing yet. */
const pages: readonly { readonly at: string; readonly title: string; readonly loaded: string | RegExp; readonly empty?: string }[] = [
  { at: '/', title: 'Home', loaded: '48,216', empty: 'Put the snippet on your site' },
  { at: '/live', title: 'Live events', loaded: 'Order Completed', empty: 'No events yet' },
  { at: '/people', title: 'People', loaded: 'noor.jansen0@example.com', empty: 'Nobody yet' },
  { at: `/people/${personId(0)}`, title: 'Noor Jansen', loaded: 'loyalty_points' },
  { at: `/people/${personId(0)}/inbox`, title: 'Inbox of Noor Jansen', loaded: 'We kept your cart' },
  { at: '/segments', title: 'Segments', loaded: 'Espresso drinkers', empty: 'No segments yet' },
  { at: '/segments/_rfm', title: 'RFM', loaded: 'Score thresholds', empty: 'Nobody has ordered yet' },
  { at: '/lists', title: 'Lists', loaded: 'Guests of the roastery tour', empty: 'No lists yet' },
  { at: '/coupons', title: 'Coupons', loaded: 'runs low', empty: 'No pools of codes yet' },
  { at: '/coupons/spring', title: 'Spring, 10 % off', loaded: '…7F3K' },
  { at: '/ad-audiences', title: 'Ad audiences', loaded: '3,077 of 4,210', empty: 'No ad audiences yet' },
  { at: '/ad-audiences/left-a-cart', title: 'Left a cart', loaded: 'End the address' },
  { at: '/tasks', title: 'Tasks', loaded: 'overdue', empty: 'Nothing to do' },
  { at: '/tasks?task=task-1', title: 'Tasks', loaded: 'Give it to them' },
  { at: '/forms', title: 'Forms', loaded: '73 %', empty: 'No forms yet' },
  { at: '/forms/_new', title: 'New form', loaded: 'Make the form' },
  { at: '/forms/newsletter', title: 'Newsletter in the footer', loaded: '876 of 1,200' },
  { at: '/forms/newsletter/edit', title: 'Change Newsletter in the footer', loaded: 'A change holds at once' },
  { at: '/lists/roastery-tour', title: 'Guests of the roastery tour', loaded: '1,204 people' },
  { at: '/segments/regulars', title: 'Regulars', loaded: 'Recover abandoned carts' },
  { at: '/segments/new-here?show=changes', title: 'New this week', loaded: 'Being worked out from everybody’s history, 62 % done' },
  { at: '/segments/retired', title: 'Retired', loaded: 'It is archived: nobody is in it, and nothing can ask about it.' },
  { at: '/segments/_new?from=vip', title: 'New segment', loaded: 'Did Order Completed at least 5 times' },
  { at: '/segments/espresso/edit', title: 'Edit Espresso drinkers', loaded: 'Saving makes a new version' },
  { at: '/segments/_traits', title: 'Computed traits', loaded: 'used in Regulars', empty: 'No computed traits yet' },
  { at: '/segments/_traits/favourite-category', title: 'Edit Favourite category', loaded: 'Saving makes a new version' },
  { at: '/imports', title: 'Imports', loaded: 'hubspot-contacts.csv', empty: 'Nothing was imported yet' },
  { at: '/imports/import-draft', title: 'customers.csv', loaded: 'What the columns are' },
  { at: '/imports/import-running', title: 'orders.xlsx', loaded: 'The file is being imported' },
  { at: '/imports/import-done', title: 'hubspot-contacts.csv', loaded: 'noor at example' },
  { at: '/imports/pulls', title: 'Pulls', loaded: 'Orders of the till', empty: 'Nothing is fetched yet' },
  { at: '/imports/pulls/pull-till', title: 'Orders of the till', loaded: 'It failed 3 times in a row' },
  { at: '/imports/hooks', title: 'Webhooks', loaded: 'hook-support-desk', empty: 'No system calls yet' },
  { at: '/imports/hooks/hook-support', title: 'Support desk', loaded: 'each would be taken' },
  { at: '/journeys', title: 'Journeys', loaded: '3 of 41: too few to say', empty: 'No journeys yet' },
  { at: '/journeys/_ready-made', title: 'Ready-made journeys', loaded: 'Never sent here: Order Delivered' },
  { at: '/journeys/_ready-made/win-back', title: 'Win back the quiet ones', loaded: 'This shop has never sent it' },
  { at: '/journeys/cart-recovery?goal=0&against=1', title: 'Recover abandoned carts', loaded: 'Good customer?' },
  { at: '/journeys/welcome', title: 'Welcome to the newsletter', loaded: 'about 13 more days' },
  {
    at: '/journeys/cart-recovery/edit',
    title: 'Edit Recover abandoned carts',
    loaded: 'No draft yet: it begins with your first change',
  },
  { at: '/journeys/cart-recovery/rehearsal', title: 'Rehearsal of Recover abandoned carts', loaded: 'What it assumes' },
  { at: '/journeys/welcome/test?of=live', title: 'Test of Welcome to the newsletter', loaded: 'Start the test' },
  { at: '/campaigns', title: 'Campaigns', loaded: '38,110 of 38,402 people got it', empty: 'No campaigns yet' },
  { at: '/campaigns/_new', title: 'New campaign', loaded: 'Saving sends nothing' },
  { at: '/campaigns/winter-roast', title: 'Winter roast', loaded: '59 % done · 2,540 a minute · about 2 min left' },
  { at: '/campaigns/two-subjects', title: 'Two subjects', loaded: '+3.3 to +12: better' },
  { at: '/campaigns/two-subjects/edit', title: 'Edit Two subjects', loaded: 'of the audience get the test' },
  { at: '/campaigns/weekly-tip', title: 'Tip of the week', loaded: '61 of 1,020; the best with a chance of 21 %' },
  { at: '/campaigns/weekly-tip/edit', title: 'Edit Tip of the week', loaded: 'They are weighed anew every' },
  { at: '/campaigns/gift-card', title: 'Gift card', loaded: 'Nobody got it yet' },
  { at: '/campaigns/winter-roast/edit', title: 'Edit Winter roast', loaded: '1,204' },
  // What went out just now may have been last month, and on its last days nothing more goes out this month.
  { at: '/campaigns/_calendar', title: 'Calendar', loaded: /Winter roast|Letter on Monday/ },
  { at: '/messages', title: 'Messages', loaded: 'Held back: has withdrawn consent', empty: 'No messages yet' },
  { at: '/messages/msg-0001', title: 'Elif, your House espresso is still here', loaded: 'Sent: left a cart' },
  { at: '/messages/msg-0004', title: 'Quinten, your Moka pot, 6 cups is still here', loaded: 'It was never written' },
  { at: '/messages/inb-0001', title: 'We kept your cart', loaded: 'House espresso is waiting' },
  { at: '/messages/hook-0001', title: 'crm-lead', loaded: 'POST https://crm.example.com/leads' },
  { at: '/shop-events', title: 'Shop events', loaded: 'Price Dropped', empty: 'The shop has said nothing yet' },
  { at: '/rejected', title: 'Rejected events', loaded: 'A track call needs the name of its event.', empty: 'Every event so far was good' },
  { at: '/settings/workspace', title: 'Workspace', loaded: 'So it is written' },
  { at: '/settings/sources', title: 'Sources', loaded: 'Till in the shop' },
  { at: '/settings/providers', title: 'Providers', loaded: 'nobody receives them' },
  { at: '/settings/accounts', title: 'Accounts', loaded: 'joris@vuurtoren.example' },
  { at: '/settings/api-keys', title: 'API keys', loaded: 'CI applies journeys', empty: 'No API keys' },
  { at: '/settings/audit', title: 'Audit log', loaded: 'Change the settings of the workspace', empty: 'Nothing has been done yet' },
  { at: '/settings/forgotten', title: 'Forgotten people', loaded: 'all gone', empty: 'Nobody was forgotten' },
  { at: '/settings/status', title: 'Status', loaded: 'It works, but look at: ClickHouse.' },
  { at: '/settings/log', title: 'Log', loaded: 'the provider refused the connection' },
]

let browser: Browser
let fixture: Fixture
let pagesOpen: ReturnType<typeof keepPages>
beforeAll(async () => {
  fixture = await startFixture(await buildConsole())
  browser = await openBrowser()
  pagesOpen = keepPages(browser, () => fixture.url)
})
afterEach(async ({ task }) => {
  // What went wrong with one page is not carried to the next.
  if (task.result?.state === 'fail') await pagesOpen.drop()
})
afterAll(async () => {
  await browser?.close()
  await fixture?.close()
})

describe.each(pages)('the page $at', ({ at, title, loaded, empty }) => {
  it('shows a skeleton with a name, then what there is, in light, dark and 360 pixels, without a complaint of browser or audit, and asks no other host', async () => {
    fixture.mode = 'held'
    const { page, complaints, foreign } = await pagesOpen.open()
    await page.goto(at)
    if (at !== '/live')
      await page
        .getByRole('main')
        .getByRole('status', { name: /^Loading / })
        .first()
        .waitFor()
    fixture.mode = 'loaded'
    await page.getByText(loaded).first().waitFor()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await expect.poll(() => page.title()).toBe(`${title} · Throughline`)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
      expect(await audit(page)).toEqual([])
    }
    await page.setViewportSize({ width: 360, height: 800 })
    await page.getByText(loaded).first().waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await audit(page)).toEqual([])
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
  })

  it('says what failed and what to do, and recovers by its button', async () => {
    fixture.mode = 'failing'
    // In dark and narrow from the beginning: where the page above is taken there later.
    const { page, complaints } = await pagesOpen.open({ scheme: 'dark', width: 360 })
    await page.goto(at)
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
    if (at === '/live') {
      // The stream itself is an answer of the API: while it fails, the page says that it tries again.
      await page.getByText('Connection lost').waitFor()
      fixture.mode = 'loaded'
    } else {
      const alert = page.getByRole('alert').first()
      await alert.waitFor()
      expect(await alert.innerText()).toContain('ClickHouse does not answer.')
      expect(await audit(page)).toEqual([])
      fixture.mode = 'loaded'
      // One that is gone before it can be clicked has come to what it waited for.
      while ((await page.getByRole('alert').count()) > 0)
        await page
          .getByRole('button', { name: 'Try again' })
          .first()
          .click({ timeout: 2_000 })
          .catch(() => undefined)
    }
    await page.getByText(loaded).first().waitFor()
    expect(await overflow(page)).toBe(0)
    expect(await audit(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  if (empty !== undefined)
    it('is of use when there is nothing yet', async () => {
      fixture.mode = 'empty'
      const { page, complaints } = await pagesOpen.open()
      await page.goto(at)
      await page
        .getByText(empty ?? '')
        .first()
        .waitFor()
      expect(await audit(page)).toEqual([])
      const main = page.getByRole('main')
      expect((await main.getByRole('link').count()) + (await main.getByRole('button').count())).toBeGreaterThan(0)
      expect(complaints).toEqual([])
      fixture.mode = 'loaded'
    })
})

it('the test of a journey that is not there says so', async () => {
  fixture.mode = 'loaded'
  const { page } = await pagesOpen.open()
  await page.goto('/journeys/no-such-journey/test')
  await page.getByText('There is nothing to test yet').waitFor()
  expect(await audit(page)).toEqual([])
})

it('an address that leads nowhere says so and leads home', async () => {
  fixture.mode = 'loaded'
  const { page } = await pagesOpen.open()
  await page.goto('/nowhere')
  await page.getByText('There is no page at this address').waitFor()
  expect(await audit(page)).toEqual([])
  await page.getByRole('link', { name: 'Go to the start page' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
})
