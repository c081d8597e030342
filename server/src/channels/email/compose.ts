import type { Settings } from '@throughline/contracts'
import { makeVariables, renderOptionsOf } from '../../templates/index.ts'
import type { ChannelDeps, ContentOf, Draft } from '../port.ts'
import { domainOf, requireEmail } from './address.ts'
import { mailbox } from './mime.ts'
import { addTracking } from './track.ts'
import type { SmtpConfig } from './smtp.ts'

/** Writes an e-mail for one person: texts, links, and the header fields that make it one that can be unsubscribed from. */
export function composeEmail(draft: Draft<'email'>, { links }: Pick<ChannelDeps, 'links'>): ContentOf<'email'> {
  const { settings, person } = draft
  requireEmail(draft.address)
  const sender = senderOf(draft.config?.kind === 'smtp' ? draft.config : null, settings)
  const message = { shard: draft.shard, id: draft.id, profileId: draft.profileId }
  const unsubscribeUrl = links.unsubscribe(settings.baseUrl, message)
  const from = { profileId: person.id, traits: person.traits, message: draft.variables, settings, unsubscribeUrl }
  const rendered = draft.template.render(makeVariables(from), renderOptionsOf(from))
  const complete = draft.purpose === 'marketing' ? withWayOut(rendered, unsubscribeUrl, settings) : rendered
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
    html,
    text: complete.text,
    headers: {
      'Message-ID': `<${draft.id.replace(/[^\w.-]/g, '_')}@${domainOf(sender.address)}>`,
      ...(replyTo !== undefined && { 'Reply-To': replyTo }),
      ...(draft.purpose === 'marketing' && {
        'List-Unsubscribe': `<${unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
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

// A marketing e-mail without a way out is against the law nearly everywhere; one that forgot it gets a plain line.
function withWayOut<R extends { readonly html: string; readonly text: string }>(rendered: R, url: string, settings: Settings): R {
  const html = rendered.html.includes(url) ? rendered.html : withLastLine(rendered.html, url, settings.name)
  const text = rendered.text.includes(url) ? rendered.text : `${rendered.text}\n\nUnsubscribe from ${settings.name}: ${url}`
  return { ...rendered, html, text }
}

function withLastLine(html: string, url: string, name: string): string {
  const line = `<p style="font-size:12px;color:#666;text-align:center"><a href="${url}">Unsubscribe from ${escapeName(name)}</a></p>`
  const end = html.search(/<\/body>/i)
  return end === -1 ? html + line : html.slice(0, end) + line + html.slice(end)
}

function escapeName(name: string): string {
  return name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;')
}
