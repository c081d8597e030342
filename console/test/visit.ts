import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { Browser } from 'playwright-core'
import { openBrowser, openPage, type Visit } from './browser.ts'
import { buildConsole } from './build.ts'
import { startFixture, type Fixture } from './fixtures/server.ts'

/** Gives each test of a file a shop and a page of its own, which no test may leave with a complaint of the browser. */
export function visitForEach(begin: (visit: Visit & { readonly fixture: Fixture }) => void): void {
  let browser: Browser
  let dist: string
  beforeAll(async () => {
    dist = await buildConsole()
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    const fixture = await startFixture(dist)
    const visit = await openPage(browser, fixture.url)
    begin({ ...visit, fixture })
    return async () => {
      await visit.context.close()
      await fixture.close()
      expect(visit.complaints).toEqual([])
    }
  })
}
