import { AwsV4Signer } from 'aws4fetch'
import { importFileBytes, type PullPlace } from '@throughline/contracts'
import type { SafeStream } from '../../../platform/safe-fetch/index.ts'
import { ConnectorError } from '../../errors.ts'
import { refuseStatus } from './refuse.ts'
import { readAnswer, type Listed } from './s3-answer.ts'
import type { FindFile, PlaceDeps, Seen } from './place.ts'

type S3Place = Extract<PullPlace, { kind: 's3' }>

/** Pages of a listing, of a thousand objects each. */
const MAX_PAGES = 100

/**
 * The next object of a bucket: with `object` that one, unless its ETag is the one that was taken; with `prefix` the oldest of
 * those that were not taken under their ETag. Source of the protocol: Amazon S3 API Reference, ListObjectsV2 and GetObject;
 * requests are signed by version 4.
 */
export const findS3: FindFile<S3Place> = async (place, secret, deps) => {
  const { object, more } =
    place.take === 'object' ? { object: { name: place.path, etag: null }, more: false } : await choose(place, secret, deps)
  if (object === null) return { kind: 'unchanged' }
  const known = deps.again ? undefined : deps.taken.get(object.name)
  const condition =
    object.etag !== null
      ? { 'if-match': object.etag }
      : known?.etag != null
        ? { 'if-none-match': known.etag }
        : ({} as Record<string, string>)
  const answer = await ask(place, secret, object.name, {}, deps, condition)
  if (answer.status === 304) {
    await answer.discard()
    return { kind: 'unchanged' }
  }
  if (answer.status !== 200) throw await refuse(place, answer)
  return {
    kind: 'file',
    name: object.name.split('/').at(-1)!.slice(-200),
    mark: { name: object.name, etag: object.etag ?? answer.headers.get('etag'), modified: answer.headers.get('last-modified'), hash: null },
    chunks: answer.body,
    more,
  }
}

async function choose(place: S3Place, secret: string | null, deps: PlaceDeps): Promise<{ object: Seen | null; more: boolean }> {
  const isFresh = ({ name, etag }: Seen): boolean => deps.taken.get(name)?.etag !== etag
  let fresh = deps.again ? [] : deps.left.take().filter(isFresh)
  if (fresh.length === 0) {
    const objects = (await list(place, secret, deps)).sort((a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1))
    if (deps.again) return { object: objects.at(-1) ?? null, more: false }
    fresh = objects.filter(isFresh)
  }
  const object = fresh[0] ?? null
  if (object === null) return { object, more: false }
  deps.left.keep(fresh.slice(1))
  deps.choose({ name: object.name, etag: object.etag, modified: null, hash: null })
  if (object.size > importFileBytes)
    throw new ConnectorError(
      'conflict',
      'pull_refused',
      `The object ${object.name} has ${object.size} bytes; at most ${importFileBytes} are taken. Pack it with gzip, or cut it in parts.`,
      { value: object.size },
    )
  return { object, more: fresh.length > 1 }
}

/** All objects of a prefix that hold something. */
async function list(place: S3Place, secret: string | null, deps: PlaceDeps): Promise<Listed[]> {
  const found: Listed[] = []
  let token: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const query: Record<string, string> = {
      'list-type': '2',
      prefix: place.path,
      'encoding-type': 'url',
      ...(token !== null && { 'continuation-token': token }),
    }
    const answer = await ask(place, secret, '', query, deps)
    if (answer.status !== 200) throw await refuse(place, answer)
    const { objects, next } = await readAnswer(answer.body)
    found.push(...objects.filter(({ name, size }) => size > 0 && !name.endsWith('/')))
    if (next === null) return found
    token = next
  }
  throw new ConnectorError(
    'conflict',
    'pull_too_many_objects',
    `More than ${MAX_PAGES * 1_000} objects of ${place.bucket} begin with "${place.path}". Choose a longer beginning, such as a folder for each year.`,
    { field: 'place.path', value: place.path },
  )
}

async function ask(
  place: S3Place,
  secret: string | null,
  name: string,
  query: Record<string, string>,
  { open, signal }: PlaceDeps,
  conditions: Record<string, string> = {},
): Promise<SafeStream> {
  const url = addressOf(place, name)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  const signed = await new AwsV4Signer({
    url: url.href,
    headers: conditions,
    accessKeyId: place.accessKeyId,
    secretAccessKey: secret ?? '',
    service: 's3',
    region: place.region,
  }).sign()
  return open(signed.url.href, { headers: Object.fromEntries(signed.headers), signal })
}

/** The address of an object, or of the bucket for an empty name. */
function addressOf({ endpoint, region, bucket, pathStyle }: S3Place, name: string): URL {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  const key = name.split('/').map(encode).join('/')
  if (pathStyle) url.pathname = `/${bucket}/${key}`
  else {
    url.hostname = `${bucket}.${url.hostname}`
    url.pathname = `/${key}`
  }
  return url
}

const encode = (part: string): string =>
  encodeURIComponent(part).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const remedies: { readonly [code: string]: (place: S3Place) => string } = {
  AccessDenied: () => 'The key may not read there: give it s3:GetObject, and s3:ListBucket for all objects of a beginning.',
  InvalidAccessKeyId: ({ accessKeyId }) => `Nobody has the access key ${accessKeyId}: enter the right one.`,
  SignatureDoesNotMatch: () => 'The secret access key is not the one of this access key: enter it again.',
  NoSuchBucket: ({ bucket }) => `There is no bucket "${bucket}" there: check its name and the endpoint.`,
  NoSuchKey: ({ path }) => `There is no object "${path}": check its name, and whether the other side has written it.`,
  PermanentRedirect: () => 'The bucket lies in another region: choose that one.',
  AuthorizationHeaderMalformed: () => 'The bucket lies in another region: choose that one.',
  RequestTimeTooSkewed: () => 'The clock of this server is wrong: set it.',
}

async function refuse(place: S3Place, answer: SafeStream): Promise<ConnectorError> {
  const host = new URL(addressOf(place, '')).host
  const region = answer.headers.get('x-amz-bucket-region')
  const { code } = await readAnswer(answer.body).catch(() => ({ code: null }))
  const remedy = code === null ? undefined : remedies[code]?.(place)
  if (remedy === undefined) return refuseStatus(answer.status === 301 ? 400 : answer.status, host)
  const other = region !== null && region !== place.region ? ` It lies in ${region}.` : ''
  return new ConnectorError('conflict', 'pull_refused', `${host} answered ${answer.status} ${code}. ${remedy}${other}`, {
    value: answer.status,
  })
}
