import type { ChannelKind, JsonObject, TemplateDefinition, TemplateOf, TextChannel } from '@throughline/contracts'
import { TemplateError } from './errors.ts'
import { htmlToText } from './html-to-text.ts'
import { parsePart, prepareJson, type Part } from './liquid.ts'
import { makeSkeleton, MARKS } from './marked.ts'
import { mjmlToHtml } from './mjml-to-html.ts'
import type { Rendered, RenderOptions } from './rendered.ts'
import { tidyInside, tidyMarked } from './tidy.ts'

/** A template that is parsed and can be rendered for any number of people. */
export interface CompiledTemplate<C extends ChannelKind = ChannelKind> {
  readonly definition: TemplateOf<C>
  /** What MJML had to complain about; the template works all the same. */
  readonly warnings: readonly { readonly line: number; readonly message: string }[]
  /** All texts for one person, or a {@link TemplateError} and nothing. */
  render(variables: JsonObject, options: RenderOptions): Rendered<C>
}

const compilers: {
  readonly [C in ChannelKind]: (definition: TemplateOf<C>) => Promise<CompiledTemplate<C extends TextChannel ? TextChannel : C>>
} = {
  email: compileEmail,
  inbox: compileInbox,
  webhook: compileWebhook,
  sms: compileText,
  whatsapp: compileText,
  'web-push': compileText,
  'app-push': compileText,
  'on-site': compileText,
  'ad-audience': compileText,
  'direct-mail': compileText,
}

/** Compiles a template. Throws {@link TemplateError} `template_invalid` that names field, line and column. */
export function compileTemplate<C extends ChannelKind>(definition: TemplateOf<C>): Promise<CompiledTemplate<C>> {
  const compile = compilers[definition.channel as ChannelKind] as unknown as (
    definition: TemplateDefinition,
  ) => Promise<CompiledTemplate<C>>
  return compile(definition as TemplateDefinition)
}

async function compileEmail(definition: TemplateOf<'email'>): Promise<CompiledTemplate<'email'>> {
  const { id, mjml, html } = definition
  if ((mjml === undefined) === (html === undefined)) {
    throw new TemplateError(
      'bad-input',
      'template_invalid',
      `Template "${id}" needs exactly one of mjml and html; it has ${mjml === undefined ? 'neither' : 'both'}.`,
      { field: 'html', allowed: 'exactly one of mjml and html' },
    )
  }
  // Parsed before MJML sees it: a fault in the Liquid is reported with the author's own line and column.
  if (mjml !== undefined) parsePart(id, 'mjml', mjml, 'html')
  const made = mjml === undefined ? { html: html ?? '', problems: [] } : await mjmlToHtml(mjml)
  const subject = parsePart(id, 'subject', definition.subject, 'text')
  const skeleton = makeSkeleton()
  const body = parsePart(id, mjml === undefined ? 'html' : 'mjml', withPreheader(made.html, definition.preheader), 'html', skeleton)
  const plain = parsePart(id, 'text', definition.text ?? htmlToText(made.html), 'text', { add: (piece) => skeleton.add(tidyInside(piece)) })
  return {
    definition,
    warnings: made.problems,
    render(variables, options) {
      const line = required(definition, subject, oneLine(subject.render(variables, options)))
      const html = body.mark(variables, options)
      const text = tidyMarked(plain.mark(variables, options))
      return {
        channel: 'email',
        subject: line,
        html: html.text,
        text: text.text,
        replyTo: definition.replyTo ?? null,
        [MARKS]: { html, text },
      }
    },
  }
}

async function compileInbox(definition: TemplateOf<'inbox'>): Promise<CompiledTemplate<'inbox'>> {
  const part = (field: string, source: string): Part => parsePart(definition.id, field, source, 'text')
  const title = part('title', definition.title)
  const body = part('body', definition.body)
  const url = definition.url === undefined ? null : part('url', definition.url)
  const image = definition.image === undefined ? null : part('image', definition.image)
  return {
    definition,
    warnings: [],
    render: (variables, options) => ({
      channel: 'inbox',
      title: required(definition, title, oneLine(title.render(variables, options))),
      body: required(definition, body, body.render(variables, options).trim()),
      url: webAddress(url?.render(variables, options)),
      image: webAddress(image?.render(variables, options)),
    }),
  }
}

async function compileText(definition: TemplateOf<TextChannel>): Promise<CompiledTemplate<TextChannel>> {
  const part = (field: string, source: string): Part => parsePart(definition.id, field, source, 'text')
  const title = 'title' in definition ? part('title', definition.title) : null
  const body = part('body', definition.body)
  const url = definition.url === undefined ? null : part('url', definition.url)
  return {
    definition,
    warnings: [],
    render: (variables, options) => ({
      channel: definition.channel,
      title: title === null ? null : required(definition, title, oneLine(title.render(variables, options))),
      body: required(definition, body, body.render(variables, options).trim()),
      url: webAddress(url?.render(variables, options)),
    }),
  }
}

async function compileWebhook(definition: TemplateOf<'webhook'>): Promise<CompiledTemplate<'webhook'>> {
  const url = parsePart(definition.id, 'url', definition.url, 'text')
  const body = parsePart(definition.id, 'body', prepareJson(definition.body), 'json')
  const headers = Object.entries(definition.headers).map(
    ([name, value]) => [name, parsePart(definition.id, `headers.${name}`, value, 'text')] as const,
  )
  return {
    definition,
    warnings: [],
    render(variables, options) {
      const text = body.render(variables, options)
      let json: unknown
      try {
        json = JSON.parse(text)
      } catch (error) {
        throw new TemplateError(
          'bad-input',
          'template_not_rendered',
          `Template "${definition.id}", body: came out as something that is not JSON: ${error instanceof Error ? error.message : String(error)}`,
          { field: 'body', value: text.slice(0, 200), allowed: 'JSON', cause: error },
        )
      }
      return {
        channel: 'webhook',
        url: required(definition, url, url.render(variables, options).trim()),
        method: definition.method,
        headers: Object.fromEntries(headers.map(([name, part]) => [name, oneLine(part.render(variables, options))])),
        body: JSON.stringify(json),
      }
    },
  }
}

// Mail clients show the first words of a mail beside its subject; these stand first and are not seen in the mail itself.
function withPreheader(html: string, preheader: string | undefined): string {
  if (preheader === undefined) return html
  const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preheader}</div>`
  const body = /<body\b[^>]*>/i.exec(html)
  return body === null ? hidden + html : html.slice(0, body.index + body[0].length) + hidden + html.slice(body.index + body[0].length)
}

function oneLine(text: string): string {
  return text.replace(/[\s\0]+/g, ' ').trim()
}

// Half a message is worse than none: a subject made of nothing but a missing name.
function required(definition: TemplateDefinition, part: Part, text: string): string {
  if (text !== '') return text
  throw new TemplateError(
    'bad-input',
    'template_not_rendered',
    `Template "${definition.id}", ${part.field}: came out empty; give its variables a default, as in {{ profile.first_name | default: "there" }}.`,
    { field: part.field, allowed: 'a text that is not empty' },
  )
}

// Values come from events that anybody may send: only addresses of the web leave through here.
function webAddress(text: string | undefined): string | null {
  const trimmed = (text ?? '').trim()
  return /^(https?:\/\/|\/(?!\/))/i.test(trimmed) ? trimmed : null
}
