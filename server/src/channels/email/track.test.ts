import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marked } from '../../templates/index.ts'
import { addTracking } from './track.ts'

const own = 'https://t.example/u/TOKEN'
const links = {
  open: 'https://t.example/o/T',
  own,
  click: (url: string) => `https://t.example/c/${Buffer.from(url).toString('base64url')}`,
}

/** The same in two goes over the whole text: first the links, then the end of the body in what came of them. */
function trackPlainly(html: string): string {
  const tracked = html.replace(
    /(<a\b[^>]*?\shref\s*=\s*)(?:"(https?:\/\/[^"]*)"|'(https?:\/\/[^']*)')/gi,
    (found: string, before: string, double?: string, single?: string) => {
      const url = (double ?? single ?? '')
        .replace(/&(?:#34|quot);/g, '"')
        .replace(/&#39;/g, "'")
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&amp;/g, '&')
      return url === own || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) ? found : `${before}"${links.click(url)}"`
    },
  )
  const pixel = `<img src="${links.open}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`
  const end = tracked.search(/<\/body>/i)
  return end === -1 ? tracked + pixel : tracked.slice(0, end) + pixel + tracked.slice(end)
}

test('links and the end of the body found in one go are those found in two', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<a href="https://shop.example/a?x=1&amp;y=&quot;2">A</a>',
      "<A class=b\nHREF = 'HTTP://shop.example/b&#39;s'>B</A>",
      `<a href="${own}">U</a>`,
      '<a href="https://">broken</a>',
      '<a href="https://</body>">broken</a>',
      '<a href="https://shop.example/</body>">A</a>',
      '<a title="</body>" href="https://shop.example/c">A</a>',
      '<a title="x" href="https://shop.example/d" href="https://shop.example/e">A</a>',
      '<a href="mailto:a@b.example">M</a>',
      '<abbr href="https://shop.example/f">',
      '<a href=https://shop.example/g>',
      '</body>',
      '</BODY>',
      '</Body >',
      'text',
    ),
    fc.constantFrom('<a', ' ', 'href', '=', '"', "'", 'https://x.example', 'http://[', '>', '</body>', '<', '&amp;', 'a', '\n', 'ſ'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const html = pieces.join('')
      expect(addTracking(marked(html), links).text).toBe(trackPlainly(html))
    }),
    { numRuns: 5_000 },
  )
})
