import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { audit } from './audit.ts'
import { waitingFields } from './fixtures/approval-answers.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let fixture: Fixture
let page: Page
visitForEach((visit) => ({ page, fixture } = visit))

const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const called = (call: string): unknown => fixture.calls.findLast((one) => one.call === call)?.body

describe('a send that waits for a second person', () => {
  it('shows what goes to how many and what differs, and is approved with a note', async () => {
    const [before] = fixture.sends.get('winter-roast')!
    fixture.sends.set('winter-roast', [{ ...before!, ...waitingFields(Date.now()) }])
    await page.goto('/campaigns/winter-roast')
    await page.getByText('joris@vuurtoren.example asks for its approval. Somebody else has to decide; until then nobody gets it.').waitFor()
    await page.getByText('by joris@vuurtoren.example · goes out once it is approved').waitFor()
    await page.getByText('41,002 people are in its audience now.', { exact: false }).waitFor()
    await page.getByText('The template “How to brew” was changed.', { exact: false }).waitFor()
    await page.getByText('Ways to brew →', { exact: false }).waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve this send?' })
    await dialog.getByLabel('A note (optional)').fill('Well said.')
    expect(await audit(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Approve for 41,002 people' }).click()
    await page.getByText('Asked for by joris@vuurtoren.example, approved by mila@vuurtoren.example. “Well said.”').waitFor()
    expect(called('POST /api/campaigns/winter-roast/sends/3/approval')).toEqual({
      decision: 'approve',
      digest: 'a1'.repeat(32),
      note: 'Well said.',
    })
  })

  it('is decided as it was when the question was asked, whatever changes while it is open, and nothing is said that has not happened', async () => {
    const [before] = fixture.sends.get('winter-roast')!
    const fields = waitingFields(Date.now())
    const begun = { ...before!, ...fields, startedAt: Date.now() - 60_000 }
    fixture.sends.set('winter-roast', [begun])
    await page.goto('/campaigns/winter-roast')
    await page.getByText('until then nobody else gets it.', { exact: false }).waitFor()
    await page.getByText('and 3 more places').waitFor()
    await page.getByRole('button', { name: 'Refuse', exact: true }).click()
    await page.getByText('It stays stopped: nobody else gets it until somebody asks again, or cancels it.', { exact: false }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Approve', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Approve this send?' })
    await dialog.getByText('It goes on as it is now, to an audience of 41,002 people.', { exact: false }).waitFor()
    fixture.sends.set('winter-roast', [{ ...begun, approval: { ...fields.approval, people: 52_000 } }])
    await page.getByText('52,000 people are in its audience now.', { exact: false }).waitFor()
    await dialog.getByRole('button', { name: 'Approve for 41,002 people' }).click()
    await expect.poll(() => called('POST /api/campaigns/winter-roast/sends/3/approval')).toMatchObject({ digest: 'a1'.repeat(32) })
  })

  it('is counted in the navigation, and asked for anew where what was approved has changed', async () => {
    const [before] = fixture.sends.get('winter-roast')!
    const fields = waitingFields(Date.now())
    const note = 'The template “How to brew” was changed after mila@vuurtoren.example had approved it.'
    fixture.sends.set('winter-roast', [{ ...before!, ...fields, approval: { ...fields.approval, state: 'open', note } }])
    await page.goto('/campaigns')
    await page.getByRole('link', { name: 'Campaigns 1 waiting for a person' }).waitFor()
    await page.getByText('Waiting for approval').waitFor()
    await page.goto('/campaigns/winter-roast')
    await page.getByText(note).waitFor()
    await page.getByRole('button', { name: 'Ask for its approval' }).click()
    await page.getByRole('button', { name: 'Refuse' }).waitFor()
    expect(fixture.calls.some(({ call }) => call === 'POST /api/campaigns/winter-roast/sends/3/approval/ask')).toBe(true)
  })
})

describe('accounts', () => {
  it('are added with a link that is handed over, and one’s own cannot be removed', async () => {
    await page.goto('/settings/accounts')
    await heading('Accounts')
    await page.getByText('no password yet').waitFor()
    expect(await page.getByRole('button', { name: 'Remove mila@vuurtoren.example' }).getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('button', { name: 'Add an account' }).click()
    await page.getByLabel('E-mail').fill('noor@vuurtoren.example')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Add the account' }).click()
    await page.getByText('https://shop.example/sign-in/link#once-and-only').waitFor()
    expect(called('POST /api/accounts')).toEqual({ email: 'noor@vuurtoren.example', role: 'editor' })
  })

  it('get another role, with what that means said before, and one’s own is not changed', async () => {
    await page.goto('/settings/accounts')
    await page.getByText('no password yet').waitFor()
    expect(await page.getByRole('button', { name: 'Change the role of mila@vuurtoren.example' }).getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('button', { name: 'Change the role of joris@vuurtoren.example' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change the role of joris@vuurtoren.example' })
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'Viewer: reads everything' }).click()
    await dialog.getByText('They are signed out everywhere at once').waitFor()
    expect(await audit(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Change the role' }).click()
    await page.getByText('joris@vuurtoren.example is viewer now.').waitFor()
    expect(called('PUT /api/accounts/u2/role')).toEqual({ role: 'viewer' })
  })

  it('approve campaigns where the workspace asks for it', async () => {
    await page.goto('/settings/workspace')
    await page.getByRole('switch', { name: 'A second person approves campaigns' }).click()
    await page.getByLabel('To more than so many people').fill('1000')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Save the settings' }).click()
    await page.getByText('The settings are saved and hold from now on.').waitFor()
    expect(called('PUT /api/settings')).toMatchObject({ approval: { above: 1000, by: 'editor' } })
  })
})
