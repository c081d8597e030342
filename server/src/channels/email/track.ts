/**
 * Makes opens and clicks of an HTML e-mail visible: an invisible picture at its end, and links that come by us first.
 * Only called where the person's tracking consent allows it.
 * @param links.own the unsubscribe link, which stays as it is: it must work whatever becomes of tracking
 */
export function addTracking(
  html: string,
  links: { readonly open: string; readonly click: (url: string) => string; readonly own: string },
): string {
  const tracked = html.replace(
    /(<a\b[^>]*?\shref\s*=\s*)(?:"(https?:\/\/[^"]*)"|'(https?:\/\/[^']*)')/gi,
    (found: string, before: string, double?: string, single?: string) => {
      const url = unescapeAttribute(double ?? single ?? '')
      return url === links.own || !isWebAddress(url) ? found : `${before}"${links.click(url)}"`
    },
  )
  const pixel = `<img src="${links.open}" width="1" height="1" alt="" style="border:0;width:1px;height:1px">`
  const end = tracked.search(/<\/body>/i)
  return end === -1 ? tracked + pixel : tracked.slice(0, end) + pixel + tracked.slice(end)
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function unescapeAttribute(text: string): string {
  return text
    .replace(/&(?:#34|quot);/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}
