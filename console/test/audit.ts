import type { Page } from 'playwright-core'

/** Waits until colours that change by and by have changed; a skeleton, which goes on for ever, is not waited for. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = (): Animation[] =>
      document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    // Where a colour is inherited, the end of one change begins the next one further in.
    for (let frames = 0; frames < 60; frames++) {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      if (ending().length === 0) return
      await Promise.all(ending().map((one) => one.finished.catch(() => undefined)))
    }
  })
}

/**
 * Looks at a page as an accessibility checker does, and returns what is wrong, in sentences:
 * names of controls and pictures (WCAG 4.1.2, 1.1.1), one heading of the first level and no level left out (1.3.1),
 * landmarks, double ids, and the contrast of text against what lies behind it (1.4.3, by the formula given there).
 */
export async function audit(page: Page): Promise<readonly string[]> {
  await settle(page)
  return page.evaluate(() => {
    const wrong: string[] = []
    const seen = (node: Element): boolean => {
      const box = node.getBoundingClientRect()
      return box.width > 0 && box.height > 0 && node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    }
    const words = (node: Element): string => node.outerHTML.slice(0, 120)
    const nameOf = (node: Element): string => {
      const labelled = node
        .getAttribute('aria-labelledby')
        ?.split(' ')
        .map((id) => document.getElementById(id)?.textContent ?? '')
        .join(' ')
      const label =
        node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement
          ? [...(node.labels ?? [])].map((one) => one.textContent).join(' ')
          : ''
      return (node.getAttribute('aria-label') ?? labelled ?? (label || node.textContent || node.getAttribute('title') || '')).trim()
    }
    for (const node of document.querySelectorAll(
      'a[href], button, input:not([type=hidden]), textarea, select, [role=button], iframe, [role=img]',
    )) {
      const name = node instanceof HTMLIFrameElement ? node.title : nameOf(node)
      if (seen(node) && name === '') wrong.push(`has no name: ${words(node)}`)
    }
    for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) wrong.push(`has no alternative: ${words(image)}`)
    const ids = [...document.querySelectorAll('[id]')].map((node) => node.id)
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) wrong.push(`two elements are called #${id}`)
    const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter(seen).map((node) => Number(node.tagName[1]))
    if (headings.filter((level) => level === 1).length !== 1)
      wrong.push(`has ${headings.filter((level) => level === 1).length} headings of the first level`)
    headings.forEach((level, index) => {
      if (level > (headings[index - 1] ?? 1) + 1) wrong.push(`leaves out a level of headings before ${level}`)
    })
    if (document.querySelectorAll('main').length !== 1) wrong.push('has not one main part')
    if (document.documentElement.lang === '') wrong.push('says no language')

    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    // Reading a pixel back is slow, and a page has few colours.
    const colours = new Map<string, readonly [number, number, number, number]>()
    const colour = (text: string): readonly [number, number, number, number] => {
      const known = colours.get(text)
      if (known !== undefined) return known
      if (canvas === null) return [0, 0, 0, 1]
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = text
      canvas.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 255] = canvas.getImageData(0, 0, 1, 1).data
      const read = [r, g, b, a / 255] as const
      colours.set(text, read)
      return read
    }
    const behind = (node: Element): readonly [number, number, number, number] => {
      for (let at: Element | null = node; at !== null; at = at.parentElement) {
        const found = colour(getComputedStyle(at).backgroundColor)
        if (found[3] > 0.95) return found
      }
      return [255, 255, 255, 1]
    }
    const light = ([r, g, b]: readonly number[]): number =>
      [r ?? 0, g ?? 0, b ?? 0]
        .map((one) => one / 255)
        .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
        .reduce((sum, one, index) => sum + one * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0)
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
      const node = text.parentElement
      if (
        node === null ||
        (text.textContent ?? '').trim() === '' ||
        !seen(node) ||
        node.closest('.vh, noscript, svg, [aria-disabled=true]') !== null
      )
        continue
      const style = getComputedStyle(node)
      const [front, back] = [light(colour(style.color)), light(behind(node))]
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)
      const size = parseFloat(style.fontSize)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (contrast < (large ? 3 : 4.5))
        wrong.push(`contrast ${contrast.toFixed(2)} of “${(text.textContent ?? '').trim().slice(0, 40)}”: ${words(node)}`)
    }
    return [...new Set(wrong)]
  })
}

/** How many pixels a page is wider than its window, once it has had ten seconds to settle into it; 0 as soon as it fits. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const wider = (): number => document.documentElement.scrollWidth - document.documentElement.clientWidth
    for (const end = performance.now() + 10_000; wider() > 0 && performance.now() < end;) await new Promise((done) => setTimeout(done, 50))
    return wider()
  })
}
