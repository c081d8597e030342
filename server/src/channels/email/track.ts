import { edit, type Edit, type Marked } from '../../templates/index.ts'

/**
 * Makes opens and clicks of an HTML e-mail visible: an invisible picture at its end, and links that come by us first.
 * Only called where the person's tracking consent allows it.
 * @param links.own the unsubscribe link, which stays as it is: it must work whatever becomes of tracking
 */
export function addTracking(
  html: Marked,
  links: { readonly open: string; readonly click: (url: string) => string; readonly own: string },
): Marked {
  const pixel = `<img src="${links.open}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`
  const edits: Edit[] = []
  let isPlaced = false
  // Both in one go, since every character of the mail is looked at.
  for (const found of html.text.matchAll(LINK_OR_END)) {
    const { 0: tag, 1: before, 2: double, 3: single, index } = found
    const url = before === undefined ? null : unescapeAttribute(double ?? single ?? '')
    if (url !== null && url !== links.own && URL.canParse(url)) {
      edits.push({ from: index + (before ?? '').length, to: index + tag.length, text: `"${links.click(url)}"` })
    } else if (!isPlaced) {
      // A link that stays may hold the words too, and then it is the place: the first is.
      const end = url === null ? 0 : tag.search(BODY_END)
      if (end === -1) continue
      edits.push({ from: index + end, to: index + end, text: pixel })
      isPlaced = true
    }
  }
  if (!isPlaced) edits.push({ from: html.text.length, to: html.text.length, text: pixel })
  return edit(html, edits)
}

const BODY_END = /<\/body>/i
/** A link of the web, which begins as its address does, whatever else may be written in it; or the end of the body. */
const LINK_OR_END = /(<a\b[^>]*?\shref\s*=\s*)(?:"(https?:\/\/[^"]*)"|'(https?:\/\/[^']*)')|<\/body>/gi

function unescapeAttribute(text: string): string {
  if (!text.includes('&')) return text
  return text
    .replace(/&(?:#34|quot);/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}
