import { TemplateError } from './errors.ts'
import { protectedWord, protectLiquid } from './protect.ts'

/** MJML elements whose content is text or HTML; everywhere else only elements may stand. */
const withText = new Set([
  'mj-text',
  'mj-button',
  'mj-table',
  'mj-raw',
  'mj-style',
  'mj-title',
  'mj-preview',
  'mj-navbar-link',
  'mj-social-element',
  'mj-accordion-title',
  'mj-accordion-text',
  'mj-html-attributes',
])

export interface HtmlOfMjml {
  readonly html: string
  /** What MJML complains about, with the line it stands on. */
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

/**
 * Turns MJML into HTML and keeps its Liquid: values stay where they are, in texts and attributes; tags between elements
 * (a loop around a section) stay between what these elements become.
 * Throws {@link TemplateError} when there is no `<mjml>` to be found, or Liquid would get lost.
 */
export async function mjmlToHtml(source: string): Promise<HtmlOfMjml> {
  // Loaded when the first template needs it: it is the largest part of the memory of an idle server otherwise.
  const { default: mjml2html } = await import('mjml')
  const kept = protectLiquid(source)
  let result
  try {
    result = await mjml2html(wrapTagsBetweenElements(kept.text), {
      fonts: {},
      validationLevel: 'soft',
      keepComments: false,
      ignoreIncludes: true,
    })
  } catch (error) {
    throw new TemplateError('bad-input', 'template_invalid', `mjml: ${error instanceof Error ? error.message : String(error)}`, {
      field: 'mjml',
      allowed: 'an MJML document, <mjml><mj-body>…</mj-body></mjml>',
      cause: error,
    })
  }
  const lost = kept.lost(result.html)[0]
  if (lost !== undefined) {
    throw new TemplateError(
      'bad-input',
      'template_invalid',
      `mjml: ${lost} stands where MJML keeps no text; put it around whole elements, into a text, or into an attribute.`,
      { field: 'mjml', value: lost, allowed: 'Liquid inside texts and attributes, or around whole elements' },
    )
  }
  // A complaint about an attribute that Liquid fills in says nothing.
  const problems = result.errors
    .filter((error) => !new RegExp(protectedWord.source).test(error.message))
    .map((error) => ({ line: error.line, message: `${error.tagName}: ${error.message}` }))
  return { html: kept.restore(result.html), problems }
}

// Between elements MJML drops text; `mj-raw` is passed through.
function wrapTagsBetweenElements(text: string): string {
  let inText = 0
  return text.replace(
    /<!--[\s\S]*?-->|<(\/?)([a-z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|lqz\d+[to]zql/gi,
    (found: string, closing: string | undefined, name: string | undefined, _attributes: string | undefined, empty: string | undefined) => {
      if (name !== undefined) {
        if (withText.has(name.toLowerCase()) && empty !== '/') inText += closing === '/' ? -1 : 1
        return found
      }
      return found.startsWith('lqz') && inText === 0 ? `<mj-raw>${found}</mj-raw>` : found
    },
  )
}
