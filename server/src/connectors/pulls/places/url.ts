import type { PullPlace } from '@throughline/contracts'
import type { SafeStream } from '../../../platform/safe-fetch/index.ts'
import { ConnectorError } from '../../errors.ts'
import { refuseStatus } from './refuse.ts'
import type { FindFile, PlaceDeps } from './place.ts'

type UrlPlace = Extract<PullPlace, { kind: 'url' }>
const MAX_REDIRECTS = 5

/**
 * The file behind an address, unless it is the one that was taken (RFC 9110, conditional requests). Redirects are followed one by
 * one, each checked like the first address; to another server goes no password.
 */
export const findUrl: FindFile<UrlPlace> = async (place, secret, deps) => {
  const known = deps.again ? undefined : deps.taken.get('')
  const conditions = {
    ...(known?.etag != null && { 'if-none-match': known.etag }),
    ...(known?.modified != null && { 'if-modified-since': known.modified }),
  }
  const { url, answer } = await follow(place, secret, conditions, deps)
  const { status, headers, body } = answer
  if (status === 304) {
    await answer.discard()
    return { kind: 'unchanged' }
  }
  if (status !== 200) {
    await answer.discard()
    throw refuseStatus(status, url.host, headers.get('retry-after'))
  }
  return {
    kind: 'file',
    name: nameOf(headers.get('content-disposition'), url),
    mark: { name: '', etag: headers.get('etag'), modified: headers.get('last-modified'), hash: null },
    chunks: body,
    more: false,
  }
}

async function follow(
  { url: first, auth }: UrlPlace,
  secret: string | null,
  conditions: Record<string, string>,
  { open, signal }: PlaceDeps,
): Promise<{ url: URL; answer: SafeStream }> {
  let url = new URL(first)
  for (let hops = 0; ; hops++) {
    const own = url.origin === new URL(first).origin
    const headers = { accept: '*/*', 'user-agent': 'Throughline', ...conditions, ...(own ? credentials(auth, secret) : {}) }
    const answer = await open(url.href, { headers, signal })
    const to = answer.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(answer.status) || to === null) return { url, answer }
    await answer.discard()
    const next = URL.canParse(to, url.href) ? new URL(to, url.href) : null
    const reason =
      next === null || !/^https?:$/.test(next.protocol)
        ? 'to something that is no address'
        : url.protocol === 'https:' && next.protocol === 'http:'
          ? 'from https:// to http://, where anybody on the way could read it'
          : hops === MAX_REDIRECTS
            ? `more than ${MAX_REDIRECTS} times`
            : null
    if (next === null || reason !== null)
      throw new ConnectorError('conflict', 'pull_redirected', `${url.host} leads on ${reason}. Enter the address at which the file lies.`)
    url = next
  }
}

function credentials(auth: UrlPlace['auth'], secret: string | null): Record<string, string> {
  switch (auth.kind) {
    case 'none':
      return {}
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${auth.user}:${secret ?? ''}`).toString('base64')}` }
    case 'header':
      return { [auth.name.toLowerCase()]: secret ?? '' }
    default:
      return auth satisfies never
  }
}

/** What the server calls the file (RFC 6266), else the last part of its path. */
function nameOf(disposition: string | null, url: URL): string {
  const said = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? decode(url.pathname.split('/').at(-1) ?? '')
  const plain = [...said.trim()].filter((sign) => sign >= ' ' && sign !== '/' && sign !== '\\').join('')
  return plain === '' ? url.host : plain.slice(-200)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
