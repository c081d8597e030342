import { expect, it } from 'vitest'
import { audit, overflow } from './audit.ts'
import type { Visit } from './browser.ts'
import { everyStep } from './fixtures/every-step.ts'
import type { Fixture } from './fixtures/server.ts'
import { visitForEach } from './visit.ts'

let page: Visit['page']
let fixture: Fixture
visitForEach((visit) => ({ page, fixture } = visit))

it(
  'the fields of every kind of step have names and can be read, in light, and in dark on 360 pixels, which they fit',
  { timeout: 240_000 },
  async () => {
    await page.goto(`/journeys/${everyStep.id}/edit`)
    await page.getByRole('heading', { level: 1, name: `Edit ${everyStep.name}` }).waitFor()
    // In the drawing most of them lie outside of what is shown.
    await page.getByText('List', { exact: true }).click()
    const wrong: string[] = []
    for (const [colorScheme, width] of [
      ['light', 1_280],
      ['dark', 360],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
      for (const id of Object.keys(everyStep.steps)) {
        await page.getByRole('list', { name: 'Steps' }).locator(`[data-step="${id}"]`).click()
        await page.locator(`[data-panel="${id}"]`).waitFor()
        wrong.push(...(await audit(page)).map((one) => `${id}, ${colorScheme}, ${width} pixels: ${one}`))
        const over = await overflow(page)
        if (over > 0) wrong.push(`${id}, ${width} pixels: ${over} pixels wider than the window`)
      }
    }
    expect(wrong).toEqual([])
    // Looking changes nothing.
    expect(fixture.calls.filter(({ call }) => !call.startsWith('GET '))).toEqual([])
  },
)
