import type { Secrets } from '../../platform/secrets/index.ts'

/** The part of `platform/secrets` that signs tokens. */
export type TokenSigner = Pick<Secrets, 'signToken' | 'readToken'>

export interface MessageRef {
  readonly profileId: string
  readonly id: string
}

/** Makes the addresses that stand in messages, and reads them when they come back. A token that is none reads as null. */
export interface Links {
  open(baseUrl: string, message: MessageRef): string
  click(baseUrl: string, message: MessageRef, url: string): string
  unsubscribe(baseUrl: string, message: MessageRef): string
  /** A token for one person's inbox, good until `expiresAt` (epoch ms). */
  inbox(profileId: string, expiresAt: number): string
  readOpen(token: string): MessageRef | null
  readClick(token: string): (MessageRef & { readonly url: string }) | null
  readUnsubscribe(token: string): MessageRef | null
  /** The person, or null also when the token has expired at `now`. */
  readInbox(token: string, now: number): string | null
}

const LONGEST_TOKEN = 8_192

export function makeLinks(signer: TokenSigner): Links {
  const address = (baseUrl: string, path: string, token: string): string => `${baseUrl.replace(/\/+$/, '')}/${path}/${token}`

  function read(purpose: string, token: string, count: number, now = 0): readonly string[] | null {
    if (token.length > LONGEST_TOKEN) return null
    const data = signer.readToken(purpose, token, now)
    if (data === null) return null
    const parts = data.split('\n')
    return parts.length === count ? parts : null
  }

  function readRef(purpose: string, token: string): MessageRef | null {
    const [profileId, id] = read(purpose, token, 2) ?? []
    return profileId === undefined || id === undefined ? null : { profileId, id }
  }

  return {
    open: (baseUrl, message) => address(baseUrl, 'o', signer.signToken('open', `${message.profileId}\n${message.id}`)),
    click: (baseUrl, message, url) =>
      address(baseUrl, 'c', signer.signToken('click', `${message.profileId}\n${message.id}\n${new URL(url).href}`)),
    unsubscribe: (baseUrl, message) => address(baseUrl, 'u', signer.signToken('unsubscribe', `${message.profileId}\n${message.id}`)),
    inbox: (profileId, expiresAt) => signer.signToken('inbox', profileId, expiresAt),
    readOpen: (token) => readRef('open', token),
    readUnsubscribe: (token) => readRef('unsubscribe', token),
    readClick(token) {
      const [profileId, id, url] = read('click', token, 3) ?? []
      return profileId === undefined || id === undefined || url === undefined ? null : { profileId, id, url }
    },
    readInbox: (token, now) => read('inbox', token, 1, now)?.[0] ?? null,
  }
}
