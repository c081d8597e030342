import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const paths = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(
  (path) => path !== undefined,
)

/** Chromium with a fresh profile that asks nobody for anything. `CHROMIUM_PATH` names another one. */
export async function openBrowser(): Promise<Browser> {
  const { existsSync } = await import('node:fs')
  const executablePath = paths.find((path) => existsSync(path))
  if (executablePath === undefined)
    throw new Error(
      `These tests need Chromium: install it (apt-get install chromium) or name it in CHROMIUM_PATH. Looked at ${paths.join(', ')}.`,
    )
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained of: errors of scripts, of the content security policy, of the console. */
  readonly complaints: string[]
  /** Addresses of other hosts that were asked for, each once. */
  readonly foreign: string[]
}

interface Look {
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
}

/** A page of its own at the origin; answers with an error status are part of some tests and are no complaint. */
export async function openPage(browser: Browser, origin: string, look: Look = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: look.width ?? 1280, height: 800 },
    colorScheme: look.scheme ?? 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  const foreign: string[] = []
  // Without any network Chromium tells of one request twice, by the request and by its failure.
  const note = (url: string) => foreign.includes(url) || foreign.push(url)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Requests out of a sandboxed frame are told of only here; no foreign host can be reached in these tests.
    const { url } = message.location()
    if (message.text().startsWith('Failed to load resource') && !url.startsWith(origin)) note(url)
    if ((message.type() === 'error' || message.type() === 'warning') && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:') && !request.url().startsWith('about:')) note(request.url())
  })
  return { page, context, complaints, foreign }
}

/**
 * Pages that are opened again instead of anew: to open the first page of a context costs most of what a test of one page costs, since
 * nothing of the console is in its cache. What a page keeps for its origin is cleared between two of them; after `drop` the next is new.
 */
export function keepPages(browser: Browser, origin: () => string) {
  const kept = new Map<string, Visit>()
  return {
    /** The page of this look, empty, with nothing told of it yet. */
    async open(look: Look = {}): Promise<Visit> {
      const key = JSON.stringify(look)
      const visit = kept.get(key) ?? (await openPage(browser, origin(), look))
      kept.set(key, visit)
      const { page } = visit
      if (page.url() !== 'about:blank') {
        await page.evaluate('localStorage.clear(); sessionStorage.clear()')
        await page.goto('about:blank')
      }
      await page.setViewportSize({ width: look.width ?? 1280, height: 800 })
      await page.emulateMedia({ colorScheme: look.scheme ?? 'light' })
      visit.complaints.length = 0
      visit.foreign.length = 0
      return visit
    },
    /** Closes all of them. */
    async drop(): Promise<void> {
      await Promise.all([...kept.values()].map(({ context }) => context.close()))
      kept.clear()
    },
  }
}
