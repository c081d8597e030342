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
    // Each variant is shown as it reads in the worst case, and what two of them say once.
    const first = page.getByRole('region', { name: 'Variant A' })
    const second = page.getByRole('region', { name: 'Variant Question' })
    await first.getByText('There, three ways to brew').first().waitFor()
    await page.getByText('Longest name').click()
    for (const one of [first, second]) await one.getByText('Wilhelmina-Alexandrina, three ways to brew').first().waitFor()
    const shown = fixture.calls.flatMap(({ call }) => /^POST \/api\/templates\/(.*)\/preview$/.exec(call)?.[1] ?? [])
    expect(new Set(shown)).toEqual(new Set(['welcome', 'brew-tips']))
    await page.getByLabel('Template of variant 2').selectOption('')
    await page.getByRole('region', { name: 'Variants A, Question' }).waitFor()
    expect(await page.getByRole('region', { name: /^Variants? (A|Question)/ }).count()).toBe(1)
    await page.getByLabel('Template of variant 2').selectOption('brew-tips')
    await page.getByLabel('What decides').selectOption('revenue')
    await page.getByLabel('Who is held out').selectOption('nobody')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByRole('heading', { level: 1, name: 'Two subjects', exact: true }).waitFor()
    const { definitions } = called('POST /api/definitions') as { definitions: object[] }
    expect(definitions[0]).toMatchObject({
      variants: [{ name: 'A' }, { name: 'Question', template: 'brew-tips' }],
      winner: { by: 'revenue' },
    })
    expect(definitions[0]).not.toHaveProperty('holdOut')
    // What goes out once and to all at the same time learns nothing; slowed down it does.
    await page.goto('/campaigns/two-subjects/edit')
    await page.getByLabel('How it ends').selectOption('learn')
    await expect.poll(() => page.getByLabel('Weight of variant 1').count()).toBe(0)
    await page.getByLabel('What weights are learned by').selectOption('opened')
    await page.getByLabel('Per cent that each keeps').fill('15')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByText('What goes out once to all at the same time learns nothing').waitFor()
    await page.getByLabel('To how many at first').selectOption('ramp')
    await page.getByRole('button', { name: 'Save without sending' }).click()
    await page.getByRole('heading', { level: 1, name: 'Two subjects', exact: true }).waitFor()
    const saved = called('POST /api/definitions') as { definitions: object[] }
    expect(saved.definitions[0]).toMatchObject({ learn: { by: 'opened', floor: 15, every: '15 minutes', within: '1 hour' } })
    expect(saved.definitions[0]).not.toHaveProperty('winner')
    await page.goto('/campaigns/weekly-tip')
    const weights = page.getByRole('table', { name: 'Weights over time' })
    await weights.getByText('73.2 %').waitFor()
    // A variant's figures stand under its name, wherever a version has it.
    const rows = (await weights.getByRole('row').allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim().split(' ')[0]))
    expect(rows.map(([, ...shares]) => shares)).toEqual([
      ['A', 'B'],
      ['26.8', '73.2'],
      ['60', '40'],
    ])
  } finally {
    await context.close()
    await fixture.close()
  }
  expect(complaints).toEqual([])
})
