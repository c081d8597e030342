import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A bucket that speaks the S3 protocol: ListObjectsV2 in pages and GetObject with conditions, path style, requests signed by
 * version 4. Written from Amazon's S3 API Reference and "Create a signed AWS API request". An object whose name holds `slow-down`
 * answers 503.
 */
export interface FakeS3 {
  readonly endpoint: string
  /** Requests as `GET /path?query`, and what was answered. */
  readonly asked: { readonly request: string; readonly status: number }[]
  put(name: string, body: string | Buffer, modified?: Date): void
  remove(name: string): void
  close(): Promise<void>
}

interface Options {
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Objects on a page. */
  readonly page: number
}

interface Stored {
  readonly body: Buffer
  readonly etag: string
  readonly modified: Date
}

export async function startFakeS3(options: Options): Promise<FakeS3> {
  const objects = new Map<string, Stored>()
  const asked: { request: string; status: number }[] = []
  const server = createServer((request, response) => {
    const answer = respond(options, objects, request)
    asked.push({ request: `${request.method} ${request.url}`, status: answer.status })
    send(response, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    put(name, body, modified = new Date()) {
      const bytes = Buffer.from(body)
      objects.set(name, { body: bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"`, modified })
    },
    remove: (name) => void objects.delete(name),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: Buffer | string
}

function respond(options: Options, objects: ReadonlyMap<string, Stored>, request: IncomingMessage): Answer {
  const [path = '', search = ''] = (request.url ?? '').split('?')
  const refused = checkSignature(options, request, path, search)
  if (refused !== null) return refused
  const [, bucket = '', ...rest] = path.split('/')
  if (bucket !== options.bucket) return fail(404, 'NoSuchBucket')
  const name = rest.map(decodeURIComponent).join('/')
  return name === '' ? list(options, objects, new URLSearchParams(search)) : get(objects, name, request)
}

function get(objects: ReadonlyMap<string, Stored>, name: string, { headers }: IncomingMessage): Answer {
  if (name.includes('slow-down')) return fail(503, 'SlowDown')
  const found = objects.get(name)
  if (found === undefined) return fail(404, 'NoSuchKey')
  if (headers['if-match'] !== undefined && headers['if-match'] !== found.etag) return fail(412, 'PreconditionFailed')
  if (headers['if-none-match'] === found.etag) return { status: 304 }
  return { status: 200, headers: { etag: found.etag, 'last-modified': found.modified.toUTCString() }, body: found.body }
}

function list({ bucket, page }: Options, objects: ReadonlyMap<string, Stored>, query: URLSearchParams): Answer {
  if (query.get('list-type') !== '2') return fail(400, 'InvalidArgument')
  const prefix = query.get('prefix') ?? ''
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString()
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort()
  const shown = names.slice(0, page)
  const encode = (name: string): string => (query.get('encoding-type') === 'url' ? encodeURIComponent(name).replaceAll('%2F', '/') : name)
  const contents = shown.map((name) => {
    const { etag, modified, body } = objects.get(name)!
    return `<Contents><Key>${encode(name)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  })
  const more = names.length > shown.length
  const next = more ? `<NextContinuationToken>${Buffer.from(shown.at(-1)!).toString('base64url')}</NextContinuationToken>` : ''
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${shown.length}</KeyCount><MaxKeys>${page}</MaxKeys><IsTruncated>${more}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`
  return { status: 200, headers: { 'content-type': 'application/xml' }, body }
}

function fail(status: number, code: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message><RequestId>1</RequestId></Error>`,
  }
}

function checkSignature(options: Options, request: IncomingMessage, path: string, search: string): Answer | null {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (given === null) return fail(403, 'AccessDenied')
  const [, key, day = '', region = '', names = '', signature = ''] = given
  if (key !== options.accessKeyId) return fail(403, 'InvalidAccessKeyId')
  if (region !== options.region) return fail(400, 'AuthorizationHeaderMalformed')
  const query = search
    .split('&')
    .filter((part) => part !== '')
    .map((part) => part.split('=').map((one) => strict(decodeURIComponent(one.replaceAll('+', ' ')))))
    .map(([name, value = '']) => `${name}=${value}`)
    .sort()
    .join('&')
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`)
  const canonical = [request.method, path, query, headers.join(''), names, request.headers['x-amz-content-sha256']].join('\n')
  const time = String(request.headers['x-amz-date'])
  if (!names.includes('host') || Math.abs(parseTime(time) - Date.now()) > 15 * 60_000) return fail(403, 'RequestTimeTooSkewed')
  const text = ['AWS4-HMAC-SHA256', time, `${day}/${region}/s3/aws4_request`, createHash('sha256').update(canonical).digest('hex')].join(
    '\n',
  )
  const hmac = (secret: string | Buffer, value: string): Buffer => createHmac('sha256', secret).update(value).digest()
  const signing = hmac(hmac(hmac(hmac(`AWS4${options.secretAccessKey}`, day), region), 's3'), 'aws4_request')
  return timingSafeEqual(hmac(signing, text), Buffer.from(signature, 'hex')) ? null : fail(403, 'SignatureDoesNotMatch')
}

const strict = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

const parseTime = (text: string): number => Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body)
}
