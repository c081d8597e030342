import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { gunzipSync, inflateSync } from 'node:zlib'
import { LANE_HEADER, type Lane } from '../client.ts'
import { EngineError } from './errors.ts'
import type { StatementContext } from './lane.ts'
import { parameterNames, statementKind } from './text.ts'

export interface Statement {
  readonly sql: string
  /** The rows of an insert, in the format its text names. */
  readonly data: Buffer
  readonly lane: Lane
  readonly queryId: string
  readonly defaultFormat: string
  readonly waitForEnd: boolean
  readonly gzip: boolean
  readonly context: StatementContext
}

const LANES: readonly string[] = ['interactive', 'bulk', 'insert'] satisfies Lane[]
// Everything in the address that is neither one of these nor a parameter is a setting.
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'user',
  'password',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'compress',
  'decompress',
  'enable_http_compression',
  'wait_end_of_query',
  'buffer_size',
  'quota_key',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'cancel_http_readonly_queries_on_client_close',
])
const MAX_BODY_BYTES = 512 * 2 ** 20

/** Reads one request: the statement is in the address, in the body, or begins in one and ends in the other. */
export async function readStatement(request: IncomingMessage): Promise<Statement> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const body = await readBody(request)
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  const fields = boundary ? readMultipart(body, boundary) : new Map<string, string>()
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const [name, value] of [...url.searchParams, ...fields]) {
    if (name.startsWith('param_')) parameters.set(name.slice(6), value)
    else if (!OWN.has(name)) settings.set(name, value)
  }
  const inAddress = url.searchParams.get('query') ?? fields.get('query') ?? ''
  const carriesData = inAddress !== '' && statementKind(inAddress) === 'insert' && !boundary
  const text = carriesData || boundary ? inAddress : inAddress + (inAddress ? '\n' : '') + body.toString('utf8')
  const sql = text.trim().replace(/;\s*$/, '')
  if (sql === '') throw new EngineError(62, 'Syntax error: empty query. (SYNTAX_ERROR)')
  for (const name of parameterNames(sql)) {
    if (!parameters.has(name)) throw new EngineError(456, `Substitution \`${name}\` is not set. (UNKNOWN_QUERY_PARAMETER)`)
  }
  const lane = String(request.headers[LANE_HEADER] ?? 'interactive')
  return {
    sql,
    data: carriesData ? body : Buffer.alloc(0),
    lane: LANES.includes(lane) ? (lane as Lane) : 'interactive',
    queryId: url.searchParams.get('query_id') ?? randomUUID(),
    defaultFormat: url.searchParams.get('default_format') ?? 'TabSeparated',
    waitForEnd: url.searchParams.get('wait_end_of_query') === '1',
    gzip: url.searchParams.get('enable_http_compression') === '1' && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
    context: { database: url.searchParams.get('database') ?? 'throughline', settings, parameters },
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_BODY_BYTES)
      throw new EngineError(307, `The body is larger than ${MAX_BODY_BYTES} bytes; insert in smaller batches. (TOO_MANY_BYTES)`)
    parts.push(part)
  }
  const body = Buffer.concat(parts)
  const encoding = request.headers['content-encoding']
  return encoding === 'gzip' ? gunzipSync(body) : encoding === 'deflate' ? inflateSync(body) : body
}

// RFC 7578, as far as the official client writes it: text fields only.
function readMultipart(body: Buffer, boundary: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const part of body.toString('utf8').split(`--${boundary}`).slice(1)) {
    const split = part.indexOf('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(part.slice(0, split))?.[1]
    if (split > 0 && name !== undefined) fields.set(name, part.slice(split + 4, part.endsWith('\r\n') ? -2 : undefined))
  }
  return fields
}
