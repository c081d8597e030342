import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { audit, overflow } from './audit.ts'
import type { Fixture } from './fixtures/server.ts'
import { personId } from './fixtures/shop.ts'
import { visitForEach } from './visit.ts'

let fixture: Fixture
let page: Page
let foreign: string[]
visitForEach((visit) => ({ page, fixture, foreign } = visit))

const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const called = (call: string): unknown => fixture.calls.findLast((one) => one.call === call)?.body

describe('signing in', () => {
  it('leads back to where somebody wanted to go, and never to another site', async () => {
    fixture.signedIn = false
    await page.goto('/people?search=noor')
    await heading('Sign in')
    expect(await audit(page)).toEqual([])
    await page.getByLabel('E-mail').fill('mila@vuurtoren.example')
    await page.getByLabel('Password', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('E-mail and password do not match.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('roasted-on-tuesday')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('People')
    await expect.poll(() => new URL(page.url()).search).toBe('?search=noor')

    fixture.signedIn = false
    await page.goto('/sign-in?to=//elsewhere.example')
    await page.getByLabel('E-mail').fill('mila@vuurtoren.example')
    await page.getByLabel('Password', { exact: true }).fill('roasted-on-tuesday')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('Home')
    expect(new URL(page.url()).origin).toBe(fixture.url)
  })

  it('by a one-time link takes the token out of the address and offers to choose a password', async () => {
    fixture.signedIn = false
    await page.goto('/sign-in/link#good-token')
    await heading('You are signed in')
    await expect.poll(() => new URL(page.url()).hash).toBe('')
    expect(fixture.calls.filter((one) => one.call === 'POST /api/sign-in/link').length).toBe(1)
    await page.getByLabel('New password').fill('long enough now')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Keep this password' }).click()
    await heading('Home')
    expect(called('POST /api/me/password')).toEqual({ password: 'long enough now' })
  })

  it('by a used link says why it does not work and how to get another', async () => {
    fixture.signedIn = false
    await page.goto('/sign-in/link#old-token')
    await heading('This link does not sign you in')
    await page.getByText('This link has been used or is too old.').waitFor()
    await page.getByText('it prints a fresh link').waitFor()
  })

  it('ends everywhere when the session has ended', async () => {
    await page.goto('/segments')
    await page.getByRole('heading', { name: 'Espresso drinkers' }).waitFor()
    fixture.signedIn = false
    await heading('Sign in')
    await expect.poll(() => new URL(page.url()).searchParams.get('to')).toBe('/segments')
  })
})

describe('the keyboard', () => {
  it('skips to the content, and a new page begins at its heading', async () => {
    await page.goto('/')
    await heading('Home')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.getByRole('link', { name: 'Segments' }).focus()
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    await page.keyboard.press('Enter')
    await heading('Segments')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(ring).not.toBe('')
  })

  it('shows where the focus is on everything that Tab reaches', async () => {
    await page.goto('/people')
    await page.getByText('noor.jansen0@example.com').waitFor()
    for (let step = 0; step < 24; step += 1) {
      await page.keyboard.press('Tab')
      const seen = await page.evaluate(() => {
        const node = document.activeElement
        if (node === null || node === document.body) return 'nothing'
        const styles = [getComputedStyle(node), getComputedStyle(node, '::after'), getComputedStyle(node.parentElement ?? node)]
        return styles.some((style) => style.outlineStyle !== 'none') || node instanceof HTMLInputElement
          ? 'yes'
          : node.outerHTML.slice(0, 120)
      })
      expect(seen).toBe('yes')
    }
  })

  it('goes to the search with /, to pages with g and a letter, and lists its keys with ?', async () => {
    await page.goto('/journeys')
    await heading('Journeys')
    await page.keyboard.press('/')
    await heading('People')
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Name, e-mail or id')
    await page.keyboard.type('g elif')
    await page.waitForURL(/search=g.*elif/)
    await page.getByLabel('Name, e-mail or id').blur()
    // The two keys belong together for a second or so, and on a slow machine more may lie between them.
    await expect
      .poll(async () => {
        await page.keyboard.press('g')
        await page.keyboard.press('m')
        return page.getByRole('heading', { level: 1, name: 'Messages' }).count()
      })
      .toBe(1)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    expect(await audit(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('opens and closes the folded navigation on a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    await page.goto('/')
    await page.getByRole('button', { name: 'Open the navigation' }).press('Enter')
    const drawer = page.getByRole('dialog', { name: 'Navigation' })
    await drawer.getByRole('link', { name: 'Messages' }).press('Enter')
    await heading('Messages')
    await drawer.waitFor({ state: 'detached' })
  })
})

describe('people', () => {
  it('are found, and the address keeps the search', async () => {
    await page.goto('/people')
    await page.getByLabel('Name, e-mail or id').fill('elif.visser1')
    await page.waitForURL(/search=elif/)
    await page.getByRole('link', { name: 'Noor Jansen' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Elif Visser' }).click()
    await heading('Elif Visser')
    await page.goBack()
    await expect.poll(() => page.getByLabel('Name, e-mail or id').inputValue()).toBe('elif.visser1')
    await page.getByLabel('Name, e-mail or id').fill('nobody at all')
    await page.getByRole('button', { name: 'Show everybody' }).click()
    await page.getByRole('link', { name: 'Noor Jansen' }).waitFor()
  })

  it('have one timeline with messages in it, down to the beginning, which can be filtered by kind', async () => {
    await page.goto(`/people/${personId(0)}`)
    const line = page.getByRole('list', { name: 'Timeline' })
    await line.getByText('Inbox · We kept your cart').first().waitFor()
    // Just after midnight nothing has happened today yet.
    await line
      .getByText(/^(Today|Yesterday)$/)
      .first()
      .waitFor()
    await line.getByRole('button', { name: 'Message Opened' }).first().click()
    expect(await line.getByRole('link', { name: 'Open the message' }).getAttribute('href')).toBe('/messages/inb-0000')
    while ((await page.getByText('The beginning.').count()) === 0) await page.mouse.wheel(0, 4_000)
    await expect.poll(() => line.getByRole('button').count()).toBeGreaterThan(180)
    await page.getByText('Identity & consent', { exact: true }).click()
    await line.getByText('Identified').waitFor()
    await expect.poll(() => line.getByText('Page Viewed').count()).toBe(0)
    expect(new URL(page.url()).searchParams.get('kind')).toBe('identity')
  })

  it('say when their timeline is not whole at the moment', async () => {
    fixture.shop.historyAway = true
    await page.goto(`/people/${personId(0)}`)
    await page.getByRole('status').getByText('History is being read from the newest events only.').waitFor()
    expect(await audit(page)).toEqual([])
  })

  it('keep their consents with where they were given; a change needs its source', async () => {
    await page.goto(`/people/${personId(0)}`)
    await page.getByRole('button', { name: 'Withdraw: Marketing by e-mail' }).click()
    const dialog = page.getByRole('dialog', { name: 'Record a withdrawal' })
    await dialog.getByRole('button', { name: 'Record the withdrawal' }).press('Enter')
    expect(called(`POST /api/people/${personId(0)}/consents`)).toBeUndefined()
    await dialog.getByLabel('Where they said it').fill('On the phone')
    expect(await audit(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Record the withdrawal' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(called(`POST /api/people/${personId(0)}/consents`)).toEqual({ channel: 'email', state: 'withdrawn', source: 'On the phone' })
    await page.getByRole('button', { name: 'Record consent: Marketing by e-mail' }).waitFor()
  })

  it('can be separated again after a merge', async () => {
    await page.goto(`/people/${personId(0)}`)
    await page.getByRole('button', { name: 'Undo the merge' }).click()
    await page.getByRole('button', { name: 'Separate the two profiles' }).click()
    await page.getByText('undone just now').waitFor()
    expect(called(`POST /api/people/${personId(0)}/unmerge`)).toEqual({ merge: 'm-1' })
  })

  it('have an inbox that shows what they see, and a signed link to its feed', async () => {
    await page.goto(`/people/${personId(0)}`)
    await page.getByRole('link', { name: 'Their inbox' }).click()
    await page.getByText('Roasted on Tuesday').waitFor()
    await page.getByRole('button', { name: 'Make a link for 24 hours' }).click()
    await page.getByText('https://hello.vuurtoren.example/inbox/eyJ').waitFor()
  })
})

describe('journeys', () => {
  it('draw live counts on their ways and people in their steps, and say who stands where', async () => {
    await page.goto('/journeys/cart-recovery')
    const first = page.getByLabel(/^1,[23]\d\d passages$/).first()
    await first.waitFor()
    const before = await first.textContent()
    await expect.poll(() => first.textContent(), { timeout: 60_000 }).not.toBe(before)
    await page.getByRole('button', { name: /^One hour Waits 1 hour 168/ }).click()
    await page.getByRole('heading', { name: 'At “One hour” now: 168 people' }).waitFor()
    await page.getByRole('link', { name: 'Noor Jansen' }).waitFor()
    expect(new URL(page.url()).searchParams.get('step')).toBe('first-hour')
    await page.getByText('78 of 120 done; 2 had gone on by themselves; 40 to go').waitFor()
    // Some are moved, then everybody is removed.
    await page.getByRole('checkbox', { name: 'Choose Noor Jansen' }).check()
    await page.getByRole('button', { name: 'Move', exact: true }).click()
    await page.getByRole('combobox', { name: 'To the step' }).click()
    await page.getByRole('option', { name: 'Reminder', exact: true }).click()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Move 1 person' }).click()
    await page.getByText('1 person goes to another step.').waitFor()
    expect(called('POST /api/journeys/cart-recovery/people/move')).toMatchObject({
      version: 3,
      step: 'first-hour',
      runs: ['run-0'],
      to: { version: 3, step: 'reminder' },
    })
    await page.getByRole('checkbox', { name: 'Choose all 168' }).check()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove 168 people' }).click()
    await page.getByText('168 people leave “Recover abandoned carts”.').waitFor()
    expect(called('POST /api/journeys/cart-recovery/people/remove')).toEqual({ version: 3, step: 'first-hour' })
  })

  it('are rehearsed over the last days: how far it is, then figures, ways and one of those who took them', async () => {
    await page.goto('/journeys/cart-recovery')
    await page.getByRole('link', { name: 'Rehearse' }).click()
    await heading('Rehearsal of Recover abandoned carts')
    await page.getByRole('button', { name: 'Rehearse the last 28 days' }).click()
    await page.getByText('120', { exact: true }).first().waitFor()
    await page.getByText('Held back: has withdrawn consent to e-mail').waitFor()
    await page.getByText('Entered by Product Added').waitFor()
    expect(called('POST /api/journeys/rehearse')).toMatchObject({ definition: { id: 'cart-recovery' }, days: 28 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
      expect(await audit(page)).toEqual([])
    }
    await page.setViewportSize({ width: 360, height: 800 })
    expect(await overflow(page)).toBe(0)
    expect(await audit(page)).toEqual([])
  })

  it('are paused after a look at what that means for those inside', async () => {
    await page.goto('/journeys/cart-recovery')
    await page.getByRole('button', { name: 'It is live. Change that' }).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByText('the 248 people inside stand still until it is resumed').waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('It is paused.').waitFor()
    expect(called('POST /api/journeys/cart-recovery/state')).toEqual({ state: 'paused' })
  })

  it('show an older version with its own counts', async () => {
    await page.goto('/journeys/cart-recovery')
    await page.getByLabel('Version', { exact: true }).first().click()
    await page.getByRole('option', { name: /^Version 2 · 4 people inside/ }).click()
    await page.getByText('in version 2').waitFor()
    expect(called('GET /api/journeys/cart-recovery?version=2')).toBeUndefined()
    expect(fixture.calls.some((one) => one.call === 'GET /api/journeys/cart-recovery?version=2')).toBe(true)
  })

  it('are a list on a narrow screen, with the same counts', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    await page.goto('/journeys/cart-recovery')
    const steps = page.getByRole('list', { name: 'Steps' })
    await steps.getByText('Waits 1 hour · 168 people here now').waitFor()
    await steps.getByText('143 Bought twice or more → Ten per cent off').waitFor()
  })
})

describe('the editor of a journey', () => {
  const kept = () => fixture.drafts.get('cart-recovery')
  const step = (id: string) => page.locator(`[data-step="${id}"]`)

  it('keeps a draft by itself, edits in the list what it edits in the drawing, and asks which way of a split stays', async () => {
    await page.goto('/journeys/cart-recovery/edit')
    await step('first-hour').click()
    await page.getByLabel('How long', { exact: true }).fill('2')
    await expect.poll(() => kept()?.definition.steps['first-hour'], { timeout: 60_000 }).toMatchObject({ for: '2 hours' })
    expect(kept()).toMatchObject({
      basedOn: 3,
      definition: { exitOn: [{ event: 'Cart Cleared' }], entry: { on: { event: 'Product Added' } } },
    })
    expect(await audit(page)).toEqual([])

    await page.getByText('List', { exact: true }).click()
    const steps = page.getByRole('list', { name: 'Steps' })
    await steps.getByRole('button', { name: 'Add a step after “One hour”' }).click()
    await page.getByRole('option', { name: /^Only at these hours/ }).click()
    await steps.getByLabel('Where it goes on: after “only at these hours”').selectOption({ label: 'Good customer?' })
    await expect.poll(() => kept()?.definition.steps['time-window']).toMatchObject({ next: 'who' })
    expect(await audit(page)).toEqual([])
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await expect.poll(() => Object.keys(kept()?.definition.steps ?? {})).not.toContain('time-window')

    await page.getByText('Drawing', { exact: true }).click()
    await step('who').focus()
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Keep “Bought twice or more”, which goes on to “Ten per cent off”' }).click()
    await expect.poll(() => kept()?.definition.steps['warm']).toMatchObject({ next: 'offer' })
    expect(kept()?.definition.steps).not.toHaveProperty('plain')
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByText('1 person inside is on version 2, 38 people inside are on version 3; new entrants take version 4.').waitFor()
    await page.getByText(/^Good customer\?$/).waitFor()
  })

  it('lets channels be asked in the order that is learned, and shows what everybody answers by each', async () => {
    await page.goto('/journeys/cart-recovery/edit')
    await page.getByText('List', { exact: true }).click()
    const steps = page.getByRole('list', { name: 'Steps' })
    await steps.getByRole('button', { name: 'Add a step after “One hour”' }).click()
    await page.getByRole('option', { name: /^Send by the best channel/ }).click()
    await page.getByLabel('Order of the channels').selectOption({ label: 'as learned from their answers' })
    await page.getByText('E-mail: 9,412 of 41,208 answered (22.8 %)').waitFor()
    await page.getByText('SMS: 702 of 6,120 answered (11.5 %)').waitFor()
    await page.getByLabel('In a hundred drawn by lot').fill('10')
    await expect.poll(() => kept()?.definition.steps['best-message'], { timeout: 60_000 }).toMatchObject({ learned: { explore: 10 } })
    expect(await audit(page)).toEqual([])
    await page.getByLabel('Order of the channels').selectOption({ label: 'in this order' })
    await expect.poll(() => kept()?.definition.steps['best-message'], { timeout: 60_000 }).not.toHaveProperty('learned')
  })

  it('saves over nobody: it says who was faster, what differs, and lets choose', async () => {
    await page.goto('/journeys/cart-recovery/edit')
    await step('first-hour').click()
    await page.getByLabel('How long', { exact: true }).fill('2')
    await expect.poll(() => kept()?.revision, { timeout: 60_000 }).toBe(1)
    const overtake = (hours: number): void => {
      const draft = kept()!
      const theirs = {
        ...draft.definition,
        steps: { ...draft.definition.steps, 'first-hour': { kind: 'wait' as const, for: `${hours} hours`, next: 'reminder' } },
      }
      fixture.drafts.set('cart-recovery', { ...draft, definition: theirs, revision: draft.revision + 1, savedBy: 'tom@vuurtoren.example' })
    }
    overtake(5)
    await page.getByLabel('How long', { exact: true }).fill('3')
    await page.getByText('tom@vuurtoren.example').waitFor()
    await page.getByText('Waits 3 hours; before: Waits 5 hours.').waitFor()
    expect(kept()?.definition.steps['first-hour']).toMatchObject({ for: '5 hours' })
    await page.getByRole('button', { name: 'Take theirs' }).click()
    await expect.poll(() => page.getByLabel('How long', { exact: true }).inputValue()).toBe('5')
    overtake(7)
    await page.getByLabel('How long', { exact: true }).fill('4')
    await page.getByRole('button', { name: 'Keep mine' }).click()
    await expect.poll(() => kept()?.definition.steps['first-hour'], { timeout: 60_000 }).toMatchObject({ for: '4 hours' })
  })

  it('can be looked at, but not changed, by a viewer', async () => {
    fixture.role = 'viewer'
    await page.goto('/journeys/cart-recovery/edit')
    await page.getByText('You are a viewer here; this needs an editor. You can look at the draft.').waitFor()
    await step('first-hour').click()
    await expect.poll(() => page.getByLabel('How long', { exact: true }).isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: /^Add a step/ }).count()).toBe(0)
  })
})

describe('an e-mail', () => {
  it('is shown in a closed frame: no script runs, nothing is loaded, links are dead', async () => {
    await page.goto('/messages/msg-0001')
    const frame = page.locator('iframe')
    await frame.waitFor()
    expect(await frame.getAttribute('sandbox')).toBe('')
    const mail = page.frameLocator('iframe')
    await mail.getByText('Still thinking it over, Elif?').waitFor()
    expect(await mail.locator('a[href]').count()).toBe(0)
    expect(await mail.locator('script').count()).toBe(0)
    expect(await mail.locator('img[width="1"]').count()).toBe(0)
    expect(await page.title()).not.toBe('taken over')
    expect(foreign).toEqual([])
  })

  it('loads its pictures only when asked to, and never its tracking pixel', async () => {
    await page.goto('/messages/msg-0001')
    await page.getByRole('button', { name: 'Load 1 picture from the network' }).click()
    await expect.poll(() => foreign).toEqual(['https://cdn.vuurtoren.example/beans.jpg'])
  })

  it('shows its text part and its headers too', async () => {
    await page.goto('/messages/msg-0001')
    await page.getByText('Text part').click()
    await page.getByLabel('text part').getByText('Back to the cart: https://vuurtoren.example/cart').waitFor()
    await page.getByText('Headers', { exact: true }).click()
    await page.getByText('List-Unsubscribe=One-Click').waitFor()
  })
})

describe('a message that was called back', () => {
  it('says so in the list and on its page, and why', async () => {
    await page.goto('/messages?status=cancelled')
    const reason = 'Not sent: the goal of Recover abandoned carts was reached (Order Completed) before it went out'
    await page.getByText(reason).waitFor()
    await page.goto('/messages/msg-0020')
    await page.getByText('Cancelled', { exact: true }).waitFor()
    await page.getByText(reason).waitFor()
    await page.getByText('It was never written').waitFor()
  })
})

describe('settings', () => {
  it('a disabled button says why, to everybody', async () => {
    fixture.role = 'viewer'
    await page.goto('/settings/workspace')
    const save = page.getByRole('button', { name: 'Save the settings' })
    await save.waitFor()
    await expect.poll(() => save.getAttribute('aria-disabled')).toBe('true')
    await save.focus()
    await page.getByRole('tooltip').getByText('You are a viewer here; this needs an admin.').waitFor()
    await page.goto('/settings/sources')
    await page.getByText('Not for your role').waitFor()
    expect(fixture.calls.some((one) => one.call === 'GET /api/sources')).toBe(false)
  })

  it('change the workspace, and everything is written anew', async () => {
    await page.goto('/settings/workspace')
    await page.getByLabel('Language tag').fill('de-DE')
    await page.getByText('1.234,50').waitFor()
    await page.getByRole('switch', { name: 'Marketing by e-mail' }).press('Space')
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The settings are saved').waitFor()
    expect(fixture.shop.settings.consentDefaults.email).toBe('granted')
    await page.getByRole('link', { name: 'Home' }).click()
    await page.getByText('48.216').waitFor()
  })

  it('a source is added with its key in the snippet, and removed only after asking', async () => {
    await page.goto('/settings/sources')
    await page.getByRole('button', { name: 'Add a source' }).click()
    await page.getByLabel('Name').fill('App')
    await page.getByRole('dialog').getByRole('button', { name: 'Add the source' }).click()
    await page.locator('label').getByText('App', { exact: true }).click()
    await page.getByLabel('example for Web site').getByText("('https://hello.vuurtoren.example', 'wk_freshly0made0key0000')").waitFor()
    await page.getByRole('button', { name: 'Remove App' }).click()
    await page.getByRole('dialog').getByText('stops working at once').waitFor()
    await page.getByRole('button', { name: 'Remove the source' }).click()
    await page.getByRole('button', { name: 'Remove App' }).waitFor({ state: 'detached' })
  })

  it('e-mail goes to the sandbox until a provider is set, which can be tried out', async () => {
    await page.goto('/settings/providers')
    await page.getByText('its messages go to the sandbox').waitFor()
    await page.getByLabel('Host').fill('nowhere')
    await page.getByRole('textbox', { name: 'From' }).fill('hello@vuurtoren.example')
    await page.getByLabel('Password', { exact: true }).fill('s3cret')
    const save = page.getByRole('button', { name: 'Send e-mail through this provider' })
    await save.click()
    await page.getByText('There is no host of this name. Allowed: a host name that resolves.').waitFor()
    await page.getByLabel('Host').fill('smtp.example.com')
    await save.click()
    await page.getByText('E-mail goes out to real people').waitFor()
    expect(called('PUT /api/providers/email')).toEqual({
      config: { kind: 'smtp', host: 'smtp.example.com', port: 587, secure: false, from: 'hello@vuurtoren.example' },
      password: 's3cret',
    })
    await expect.poll(() => page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    await page.getByRole('button', { name: 'Send a test to mila@vuurtoren.example' }).click()
    await page.getByText('250 2.0.0 accepted').waitFor()
    await page.getByLabel('To', { exact: true }).fill('nobody@example.com')
    await page.getByRole('button', { name: 'Send a test to nobody@example.com' }).click()
    await page.getByText('The provider refused it').waitFor()
  })

  it('an API key is shown once', async () => {
    await page.goto('/settings/api-keys')
    await page.getByRole('button', { name: 'Add a key' }).click()
    await page.getByLabel('Name').fill('Nightly import')
    await page.getByRole('dialog').getByRole('button', { name: 'Add the key' }).click()
    await page.getByLabel('API key', { exact: true }).getByText('tl_live_c0ffee5b1d8e4a7f').waitFor()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByText('tl_live_c0ff…').waitFor()
    await expect.poll(() => page.getByText('tl_live_c0ffee5b1d8e4a7f').count()).toBe(0)
  })

  it('the colours follow the system until somebody chooses, and the choice holds from the first paint on', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto('/')
    const scheme = (): Promise<string | null> => page.locator('html').getAttribute('data-mantine-color-scheme')
    await heading('Home')
    await expect.poll(scheme).toBe('dark')
    await page.getByRole('button', { name: 'Colours: as the system. Change to light' }).click()
    await expect.poll(scheme).toBe('light')
    await page.reload({ waitUntil: 'commit' })
    await expect.poll(scheme).toBe('light')
  })
})
