import type { Message, MessageDetail } from '@throughline/contracts'
import { LRUCache } from 'lru-cache'
import { shop } from '../shop/catalogue.ts'
import type { Shopper } from '../shop/people.ts'
import type { ReceivedMessage } from '../shop/reaction.ts'
import { DemoError } from '../errors.ts'
import type { ShopHttp } from './http.ts'

/** Where the people of the simulated shop find what was sent to them, and act on it. */
export interface Mailbox {
  /** Messages that have arrived since the last look, with whom they reached. */
  look(): Promise<readonly { readonly shopper: number; readonly message: ReceivedMessage }[]>
  /** Opens the message as a mail program or the site would; `machine`: as a privacy proxy would. */
  open(shopper: Shopper, message: ReceivedMessage, machine: boolean): Promise<void>
  /** Follows the message's first link. */
  click(shopper: Shopper, message: ReceivedMessage): Promise<void>
  /** One click on the mail program's own button (RFC 8058). */
  unsubscribe(shopper: Shopper, message: ReceivedMessage): Promise<void>
}

const PAGE = 200
/** Messages that are not out by then are no longer waited for, ms. */
const PATIENCE_MS = 10 * 60_000
const TOKEN_HOURS = 24

/** @param since messages created before this instant (epoch ms) are none of these people's business */
export function makeMailbox(http: ShopHttp, shoppers: readonly Shopper[], since: number): Mailbox {
  const seen = new LRUCache<string, true>({ max: 50_000 })
  const people = new LRUCache<string, { shopper: number | null }>({ max: 50_000 })
  const profiles = new LRUCache<string, string>({ max: 50_000 })
  const tokens = new LRUCache<string, string>({ max: 10_000, ttl: (TOKEN_HOURS - 1) * 3_600_000 })
  const indexOf = new Map<string, number>()
  for (const { index, userId, email, devices } of shoppers) {
    for (const identifier of [`user_id ${userId}`, `email ${email}`, ...devices.map(({ anonymousId }) => `anonymous_id ${anonymousId}`)])
      indexOf.set(identifier, index)
  }
  let openFrom = since

  async function whose(profileId: string): Promise<number | null> {
    const known = people.get(profileId)
    if (known !== undefined) return known.shopper
    const person = await http.api('person', { params: { id: profileId } })
    const shopper =
      person.identifiers.map(({ kind, value }) => indexOf.get(`${kind} ${value}`)).find((index) => index !== undefined) ?? null
    people.set(profileId, { shopper })
    return shopper
  }

  /** The pages of messages back to the first that may not be settled yet. */
  async function recent(): Promise<Message[]> {
    const found: Message[] = []
    for (let cursor: string | undefined; ;) {
      const page = await http.api('messages', { query: { limit: PAGE, ...(cursor !== undefined && { cursor }) } })
      found.push(...page.items.filter(({ createdAt }) => createdAt >= openFrom))
      if (page.next === null || page.items.some(({ createdAt }) => createdAt < openFrom)) return found
      cursor = page.next
    }
  }

  async function inboxToken(profileId: string): Promise<string> {
    const known = tokens.get(profileId)
    if (known !== undefined) return known
    const { token } = await http.api('inboxToken', { params: { id: profileId }, body: { hours: TOKEN_HOURS } })
    tokens.set(profileId, token)
    return token
  }

  async function contentOf(message: ReceivedMessage): Promise<MessageDetail['content']> {
    return (await http.api('message', { params: { id: message.id } })).content
  }

  const agentOf = (shopper: Shopper) => shopper.devices[0]?.userAgent ?? ''
  return {
    async look() {
      const messages = await recent()
      const arrived: { shopper: number; message: ReceivedMessage }[] = []
      let oldestOpen = Number.POSITIVE_INFINITY
      for (const { id, profileId, channel, template, status, createdAt } of messages.reverse()) {
        // The other channels carry nothing to anybody yet.
        if (seen.has(id) || (channel !== 'email' && channel !== 'inbox')) continue
        if (status === 'queued' || status === 'sending') {
          oldestOpen = Math.min(oldestOpen, createdAt)
          continue
        }
        seen.set(id, true)
        if (status !== 'sent' && status !== 'delivered') continue
        const shopper = await whose(profileId).catch(ignoreRefusal)
        if (shopper === null) continue
        profiles.set(id, profileId)
        arrived.push({ shopper, message: { id, channel, template } })
      }
      // Messages of one instant may show up one after the other: look back a little further than the newest.
      const newest = messages.reduce((latest, { createdAt }) => Math.max(latest, createdAt), openFrom)
      openFrom = Math.max(openFrom, newest - PATIENCE_MS, Math.min(oldestOpen, newest - 10_000))
      return arrived
    },

    async open(shopper, message, machine) {
      if (message.channel === 'inbox') {
        const profileId = profiles.get(message.id)
        if (profileId === undefined) return
        const token = await inboxToken(profileId)
        await http.link(`/inbox/${token}`, { method: 'GET', userAgent: agentOf(shopper) })
        await http.link(`/inbox/${token}/read`, {
          method: 'POST',
          userAgent: agentOf(shopper),
          contentType: 'application/json',
          body: JSON.stringify({ ids: [message.id] }),
        })
        return
      }
      const content = await contentOf(message)
      const pixel = content?.channel === 'email' ? /<img\b[^>]*\ssrc="([^"]*\/o\/[^"]+)"/.exec(content.html)?.[1] : undefined
      // Apple's Mail Privacy Protection calls itself just this.
      if (pixel !== undefined) await http.link(unescape(pixel), { method: 'GET', userAgent: machine ? 'Mozilla/5.0' : agentOf(shopper) })
    },

    async click(shopper, message) {
      const content = await contentOf(message)
      const link =
        content?.channel === 'email'
          ? /\shref="([^"]*\/c\/[^"]+)"/.exec(content.html)?.[1]
          : content?.channel === 'inbox'
            ? content.url
            : null
      if (typeof link === 'string' && /\/c\/[^/]+$/.test(link) && !link.startsWith(shop.site))
        await http.link(unescape(link), { method: 'GET', userAgent: agentOf(shopper) })
    },

    async unsubscribe(shopper, message) {
      const content = await contentOf(message)
      const header =
        content?.channel === 'email'
          ? Object.entries(content.headers).find(([name]) => name.toLowerCase() === 'list-unsubscribe')?.[1]
          : undefined
      const url = header === undefined ? undefined : /<(https?:[^>]+)>/.exec(header)?.[1]
      if (url !== undefined)
        await http.link(url, {
          method: 'POST',
          userAgent: agentOf(shopper),
          contentType: 'application/x-www-form-urlencoded',
          body: 'List-Unsubscribe=One-Click',
        })
    },
  }
}

/** A profile that was merged or removed meanwhile is nobody's mailbox; whatever else goes wrong is not hidden. */
function ignoreRefusal(error: unknown): null {
  if (error instanceof DemoError) return null
  throw error
}

function unescape(attribute: string): string {
  return attribute.replace(/&#x?[0-9a-f]+;|&amp;/gi, (entity) =>
    entity === '&amp;' ? '&' : String.fromCodePoint(Number(entity.replace(/&#x/i, '0x').replace(/[&#;]/g, ''))),
  )
}
