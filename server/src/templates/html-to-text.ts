import { convert } from 'html-to-text'
import { protectLiquid } from './protect.ts'

/**
 * A plain-text reading of HTML that keeps its Liquid, made once per template instead of once per message: loops and
 * conditions stay around the text they were around. Link addresses follow their text in brackets, pictures are left out.
 */
export function htmlToText(html: string): string {
  const kept = protectLiquid(html)
  const text = convert(kept.text, {
    wordwrap: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
  // Tags whose place was lost (inside an attribute of a picture, say) would leave a loop without its end.
  const restored = kept.restore(text)
  return isBalanced(restored) ? restored : kept.restore(text.replace(/lqz\d+tzql/g, ''))
}

function isBalanced(text: string): boolean {
  const open: string[] = []
  for (const [, name = ''] of text.matchAll(/\{%-?\s*(\w+)/g)) {
    if (/^(if|for|unless|case|capture|tablerow|comment|raw)$/.test(name)) open.push(name)
    else if (name.startsWith('end') && open.pop() !== name.slice(3)) return false
  }
  return open.length === 0
}
