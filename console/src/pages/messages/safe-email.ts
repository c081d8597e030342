/**
 * An e-mail made fit to be shown: no script, nothing loaded from elsewhere unless `pictures` is true, links dead, and tracking
 * pixels gone, so that looking at it here never counts as an open. The frame around it is sandboxed besides.
 */
export function safeEmail(html: string, pictures: boolean): { readonly html: string; readonly remote: number } {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const node of page.querySelectorAll('script, iframe, object, embed, form, link, meta[http-equiv], base')) node.remove()
  let remote = 0
  for (const image of page.querySelectorAll('img')) {
    if (isPixel(image)) {
      image.remove()
      continue
    }
    image.referrerPolicy = 'no-referrer'
    const source = image.getAttribute('src') ?? ''
    if (!/^(https?:)?\/\//i.test(source)) continue
    remote += 1
    if (pictures) continue
    // A grey area in its place; the policy below would stop it too, but loudly.
    image.removeAttribute('src')
    image.removeAttribute('srcset')
    image.style.background = '#d8d8d8'
    image.style.minHeight = '1em'
  }
  for (const link of page.querySelectorAll('a[href], area[href]')) {
    link.setAttribute('title', link.getAttribute('href') ?? '')
    link.removeAttribute('href')
  }
  const policy = page.createElement('meta')
  policy.httpEquiv = 'Content-Security-Policy'
  policy.content = `default-src 'none'; style-src 'unsafe-inline'; img-src data:${pictures ? ' https: http:' : ''}; font-src data:`
  const referrer = page.createElement('meta')
  referrer.name = 'referrer'
  referrer.content = 'no-referrer'
  page.head.prepend(policy, referrer)
  return { html: `<!doctype html>${page.documentElement.outerHTML}`, remote }
}

function isPixel(image: HTMLImageElement): boolean {
  const tiny = (value: string | null): boolean => value !== null && /^[01](px)?$/.test(value.trim())
  return tiny(image.getAttribute('width')) && tiny(image.getAttribute('height'))
}
