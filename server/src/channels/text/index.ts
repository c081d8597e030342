import { hash } from 'node:crypto'
import { factsOf, type Json, type TextChannel } from '@throughline/contracts'
import { addressFor } from '@throughline/engine'
import { makeVariables, renderOptionsOf } from '../../templates/index.ts'
import type { Channel } from '../port.ts'

/**
 * A channel of plain texts: SMS, WhatsApp, push, on-site messages, ads, letters. None of them has a provider that could be configured yet, so
 * all they say goes to the sandbox, under the channel's own name.
 */
export function makeTextChannel<C extends TextChannel>(kind: C): Channel<C> {
  const { word, medium } = factsOf(kind)
  const channel: Channel<TextChannel> = {
    kind,
    label: word,
    addressOf: ({ id, traits }) => addressFor(kind, { id, traits: withoutTimes(traits) }),
    providers: {},
    builtIn: null,
    async compose(draft, { links }) {
      const message = { profileId: draft.profileId, id: draft.id }
      const from = {
        profileId: draft.person.id,
        traits: draft.person.traits,
        message: draft.variables,
        settings: draft.settings,
        unsubscribeUrl: links.unsubscribe(draft.settings.baseUrl, message),
      }
      const { title, body, url } = draft.template.render(makeVariables(from), renderOptionsOf(from))
      const link = url !== null && draft.tracking && isWebAddress(url) ? links.click(draft.settings.baseUrl, message, url) : url
      return {
        channel: kind,
        // Ad networks find people by the SHA-256 of a normalised address, and are told no address.
        recipient: kind === 'ad-audience' ? hash('sha256', draft.address) : draft.address,
        title,
        body: medium === 'plain' && link !== null ? `${body} ${link}` : body,
        url: link,
      }
    },
    subjectOf: ({ title, body }) => title ?? (body.length > 120 ? `${body.slice(0, 119)}…` : body),
    testMessage: () => null,
  }
  return channel as unknown as Channel<C>
}

function withoutTimes(traits: { readonly [name: string]: Json }): { readonly [name: string]: readonly [Json, number] } {
  return Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, [value, 0] as const]))
}

function isWebAddress(url: string): boolean {
  return /^https?:/i.test(url) && URL.canParse(url)
}
