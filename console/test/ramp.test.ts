import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { audit } from './audit.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let fixture: Fixture
let page: Page
visitForEach((visit) => ({ page, fixture } = visit))

const called = (call: string): unknown => fixture.calls.findLast((one) => one.call === call)?.body

describe('a ramp', () => {
  it('is proposed, changed by stages and limits, refused where it makes no sense, and saved', async () => {
    await page.goto('/campaigns/gift-card/edit')
    await page.getByLabel('To how many at first').selectOption('ramp')
    await page.getByRole('button', { name: 'Remove stage 3' }).click()
    await page.getByLabel('Per cent of stage 2').fill('5')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByText('More than the 10 % before it', { exact: false }).first().waitFor()
    await page.getByLabel('Per cent of stage 2').fill('30')
    await page.getByLabel('Per cent of complaints').fill('0.1')
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByRole('heading', { level: 1, name: 'Gift card', exact: true }).waitFor()
    expect(called('POST /api/definitions')).toMatchObject({
      definitions: [
        {
          id: 'gift-card',
          ramp: {
            steps: [
              { percent: 10, for: '1 hour' },
              { percent: 30, for: '1 hour' },
            ],
            stopAt: { bounces: 5, complaints: 0.1, unsubscribes: 2, atLeast: 100 },
          },
        },
      ],
    })
  })

  it('that stopped by itself says why, and is sent to all only after asking', async () => {
    const [before] = fixture.sends.get('winter-roast')!
    const ramp = {
      stage: 1,
      stages: 4,
      percent: 10,
      nextAt: null,
      isAll: false,
      isHalted: true,
      words: 'It went to 10 % of the audience, and waits 1 hour before it goes on to 25 %.',
    }
    const note = 'Held: of 4980 who got it, 301 bounced. That is 6 %, and more than 5 % stops this ramp.'
    fixture.sends.set('winter-roast', [
      { ...before!, state: 'paused', progress: null, note, ramp, actions: ['resume', 'send-all', 'cancel'] },
    ])
    await page.goto('/campaigns/winter-roast')
    await page.getByText(note).waitFor()
    await page.getByText('The ramp has stopped by itself.', { exact: false }).waitFor()
    expect(await audit(page)).toEqual([])
    await page.getByRole('button', { name: 'Send to all now' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send it to all now?' })
    expect(called('POST /api/campaigns/winter-roast/sends/2')).toBeUndefined()
    await dialog.getByRole('button', { name: 'Send to all now' }).click()
    await page.getByText('It goes to all of the audience.').first().waitFor()
    expect(called('POST /api/campaigns/winter-roast/sends/2')).toEqual({ action: 'send-all' })
  })
})
