import type { Settings } from '@throughline/contracts'
import { edit, makeVariables, marked, MARKS, marksOf, renderOptionsOf, type EmailMarks, type Marked } from '../../templates/index.ts'
import type { ChannelDeps, ContentOf, Draft } from '../port.ts'
import { domainOf, requireEmail } from './address.ts'
import { mailbox } from './mime.ts'
import { addTracking } from './track.ts'
import type { SmtpConfig } from './smtp.ts'

/** Writes an e-mail for one person: texts, links, and the header fields that make it one that can be unsubscribed from. */
export function composeEmail(
  draft: Draft<'email'>,
  { links }: Pick<ChannelDeps, 'links'>,
): ContentOf<'email'> & { readonly [MARKS]: EmailMarks } {
  const { settings, person } = draft
  requireEmail(draft.address)
  const sender = senderOf(draft.config?.kind === 'smtp' ? draft.config : null, settings)
  const message = { shard: draft.shard, id: draft.id, profileId: draft.profileId }
  const unsubscribeUrl = links.unsubscribe(settings.baseUrl, message)
  const from = { profileId: person.id, traits: person.traits, message: draft.variables, settings, unsubscribeUrl }
  const rendered = draft.template.render(makeVariables(from), renderOptionsOf(from))
  const made = marksOf(rendered) ?? { html: marked(rendered.html), text: marked(rendered.text) }
  const complete = draft.purpose === 'marketing' ? withWayOut(made, unsubscribeUrl, settings) : made
  const html = draft.tracking
    ? addTracking(complete.html, {
        open: links.open(settings.baseUrl, message),
        click: (url) => links.click(settings.baseUrl, message, url),
        own: unsubscribeUrl,
      })
    : complete.html
  const replyTo = rendered.replyTo ?? sender.replyTo
  return {
    channel: 'email',
    from: mailbox(sender.address, sender.name),
    subject: rendered.subject,
    html: html.text,
    text: complete.text.text,
    headers: {
      'Message-ID': `<${draft.id.replace(/[^\w.-]/g, '_')}@${domainOf(sender.address)}>`,
      ...(replyTo !== undefined && { 'Reply-To': replyTo }),
      ...(draft.purpose === 'marketing' && {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    [MARKS]: { html, text: complete.text },
  }
}

interface Sender {
  readonly address: string
  readonly name: string
  readonly replyTo?: string
}

/** From the provider's configuration; in the sandbox, from the shop's own address. */
export function senderOf(config: SmtpConfig | null, settings: Pick<Settings, 'name' | 'baseUrl'>): Sender {
  if (config !== null) return { address: config.from, name: config.fromName ?? settings.name, replyTo: config.replyTo }
  return { address: `no-reply@${new URL(settings.baseUrl).hostname}`, name: settings.name }
}

interface Parts {
  readonly html: Marked
  readonly text: Marked
}

// A marketing e-mail without a way out is against the law nearly everywhere; one that forgot it gets a plain line.
function withWayOut({ html, text }: Parts, url: string, settings: Settings): Parts {
  return {
    html: says(html, url) ? html : withLastLine(html, url, settings.name),
    text: says(text, url) ? text : insert(text, text.text.length, `\n\nUnsubscribe from ${settings.name}: ${url}`),
  }
}

// It nearly always stands in what is this person's own, and to look there first is quicker.
function says({ text, own }: Marked, url: string): boolean {
  return own.some((each) => each.includes(url)) || text.includes(url)
}

function withLastLine(html: Marked, url: string, name: string): Marked {
  const line = `<p style="font-size:12px;color:#666;text-align:center"><a href="${url}">Unsubscribe from ${escapeName(name)}</a></p>`
  const end = html.text.search(/<\/body>/i)
  return insert(html, end === -1 ? html.text.length : end, line)
}

function insert(into: Marked, at: number, text: string): Marked {
  return edit(into, [{ from: at, to: at, text }])
}

function escapeName(name: string): string {
  return name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;')
}
