import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { PullPlace } from '@throughline/contracts'
import { ConnectorError } from '../errors.ts'

/** How secrets are kept at rest; `platform/secrets` in the program. */
export interface SecretBox {
  encrypt(plain: string): Buffer
  decrypt(sealed: Uint8Array): string
}

/** Stands for what is not shown of an address. */
const HIDDEN = '?…'

/** What is sealed of a pull: what stands behind the question mark of its address, and its secret. */
interface Sealed {
  readonly url: string | null
  readonly secret: string | null
}

export function open(box: SecretBox, sealed: Buffer): Sealed {
  return JSON.parse(box.decrypt(sealed)) as Sealed
}

/** The place as it is called. */
export function wholePlace(place: PullPlace, { url }: Sealed): PullPlace {
  return place.kind === 'url' && url !== null ? { ...place, url } : place
}

/**
 * The place as it may be shown, and what is sealed of it. A secret that is not given stays, but never goes to another server than
 * the one that it was entered for: else whoever may change a pull could have it sent to themselves.
 * @throws ConnectorError `pull_secret_missing`
 */
export function sealPlace(
  box: SecretBox,
  given: { readonly place: PullPlace; readonly secret: string | undefined },
  before: { readonly place: PullPlace; readonly sealed: Buffer } | null,
): { place: PullPlace; sealed: Buffer; moved: boolean } {
  const was = before === null ? null : openIfPossible(box, before.sealed)
  const isSame = before?.place.kind === 'url' && given.place.kind === 'url' && before.place.url === given.place.url
  const whole = isSame && was !== null ? wholePlace(given.place, was) : given.place
  checkAddress(whole)
  checkHeader(whole, given.secret)
  const place = shownPlace(whole)
  const secret =
    given.secret ?? (before !== null && isDeepStrictEqual(serverOf(before.place), serverOf(place)) ? (was?.secret ?? null) : null)
  if (needsSecret(place) && secret === null)
    throw new ConnectorError(
      'bad-input',
      'pull_secret_missing',
      before === null
        ? 'The secret is missing: enter the password, the value of the header, or the secret access key.'
        : 'The file lies on another server now, and the secret was entered for the one before. Enter it again.',
      { field: 'secret', allowed: 'the password, the value of the header, or the secret access key' },
    )
  const sealed: Sealed = { url: whole.kind === 'url' ? whole.url : null, secret: needsSecret(place) ? secret : null }
  const moved = before === null || was === null || !isDeepStrictEqual(wholePlace(before.place, was), whole)
  return { place, sealed: box.encrypt(JSON.stringify(sealed)), moved }
}

/** Null when it was sealed under another secret key: then all of it is entered again. */
function openIfPossible(box: SecretBox, sealed: Buffer): Sealed | null {
  try {
    return open(box, sealed)
  } catch {
    return null
  }
}

function checkAddress(place: PullPlace): void {
  const [field, value] = place.kind === 'url' ? (['place.url', place.url] as const) : (['place.endpoint', place.endpoint] as const)
  const allowed = 'a whole address such as https://crm.example/export/contacts.csv'
  if (value !== null && (!URL.canParse(value) || value.endsWith(HIDDEN)))
    throw new ConnectorError('bad-input', 'pull_place_wrong', `${field} is "${value}"; allowed: ${allowed}.`, { field, value, allowed })
  if (place.kind !== 's3') return
  if (place.take === 'object' && place.path === '')
    throw wrong('place.path', '', 'the name of an object; to take all of a bucket, choose a beginning')
  // A bucket is no part of a name that is a number.
  if (!place.pathStyle && value !== null && isIP(new URL(value).hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw wrong('place.pathStyle', false, 'true where the endpoint is the number of a server')
}

function wrong(field: string, value: unknown, allowed: string): ConnectorError {
  return new ConnectorError('bad-input', 'pull_place_wrong', `${field} is ${JSON.stringify(value)}; allowed: ${allowed}.`, {
    field,
    value,
    allowed,
  })
}

/** Keys are often pasted with a line break in them, which no header may hold. */
function checkHeader(place: PullPlace, secret: string | undefined): void {
  if (place.kind !== 'url' || place.auth.kind !== 'header' || secret === undefined || /^[\t\x20-\x7e\x80-\xff]+$/.test(secret)) return
  const allowed = 'one line of letters, digits and signs'
  // Without the value: it is a secret.
  throw new ConnectorError(
    'bad-input',
    'pull_place_wrong',
    `secret holds something that no header can, such as a line break; allowed: ${allowed}.`,
    {
      field: 'secret',
      allowed,
    },
  )
}

/** Whether a place asks for a secret; a pull of such a place has one. */
export const needsSecret = (place: PullPlace): boolean => place.kind === 's3' || place.auth.kind !== 'none'

function shownPlace(place: PullPlace): PullPlace {
  if (place.kind !== 'url') return place
  const at = place.url.search(/[?#]/)
  return at === -1 ? place : { ...place, url: `${place.url.slice(0, at)}${HIDDEN}` }
}

/** Who hears the secret: the server, the way in which it is said, and as whom. */
function serverOf(place: PullPlace): unknown[] {
  if (place.kind === 's3') return [place.endpoint, place.endpoint === null ? place.region : null, place.accessKeyId]
  return [new URL(place.url).origin, place.auth]
}
