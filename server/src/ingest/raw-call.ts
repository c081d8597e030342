import { acceptLimits, type ApiError } from '@throughline/contracts'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure, statusOf } from '../platform/http/index.ts'
import type { Logger } from '../platform/log/index.ts'
import { isConnectionLost } from '../platform/postgres/index.ts'
import { bodyTooLarge, readBody } from './body.ts'
import { takeCall, type CallDeps, type CallKind } from './call.ts'
import { IngestError } from './errors.ts'
import { keyIn } from './write-key.ts'

type Log = Pick<Logger, 'error'>
const SUCCESS = '{"success":true}'
/** What is read and thrown away of a body that is too large, so that its sender can read the answer. */
const MAX_DRAINED = 8 * 2 ** 20
const DRAIN_MS = 5_000

/**
 * Answers a call on the bare request and response of Node. Single events pass here by the ten thousand a second; what a
 * framework does for each request would cost more than the event.
 * @param isClosing whether the server is stopping, so that the connection is to be given up
 */
export async function answerCall(
  kind: CallKind,
  request: IncomingMessage,
  response: ServerResponse,
  deps: CallDeps,
  log: Log,
  isClosing: () => boolean,
): Promise<void> {
  const receivedAt = Date.now()
  try {
    const raw = await collect(request)
    const body = await readBody(raw, request.headers['content-encoding'])
    const answer = await takeCall(kind, body, keyIn(request.headers.authorization, request.url ?? ''), receivedAt, deps)
    send(request, response, 200, 'accepted' in answer ? JSON.stringify(answer) : SUCCESS, isClosing())
  } catch (error) {
    sendFailure(error, request, response, log, isClosing())
  }
}

/** The body, at most as long as a batch may be: nothing is larger packed than plain. */
function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const limit = acceptLimits.batchBytes
    const stated = Number(request.headers['content-length'])
    if (stated > limit) {
      reject(bodyTooLarge(stated))
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else reject(bodyTooLarge(undefined))
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    const onBreak = (): void =>
      reject(new IngestError('bad-input', 'body_unreadable', 'The body ended before its end.', { field: 'body', allowed: 'a whole body' }))
    request.on('error', onBreak)
    request.on('close', () => request.complete || onBreak())
  })
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  close: boolean,
  more?: Record<string, string>,
): void {
  if (response.headersSent || response.destroyed) return
  const headers: Record<string, string | number> = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...more,
  }
  if (request.headers.origin !== undefined) headers['access-control-allow-origin'] = '*'
  if (close) headers.connection = 'close'
  response.writeHead(status, headers)
  response.end(body)
}

function sendFailure(error: unknown, request: IncomingMessage, response: ServerResponse, log: Log, closing: boolean): void {
  const requestId = randomUUID()
  const failure = toFailure(error)
  const status = statusOf[failure.kind]
  if (status === 500) log.error({ err: error, requestId }, 'could not answer a call')
  const { field, value, allowed, problems, retryAfter } = failure.details
  const body: ApiError = {
    code: failure.code,
    message: failure.message,
    field,
    value,
    allowed,
    problems: problems && [...problems],
    requestId,
  }
  const headers: Record<string, string> = { 'cache-control': 'no-store', 'x-request-id': requestId }
  if (retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(retryAfter))
  const unread = !request.complete
  send(request, response, status, JSON.stringify(body), closing || unread, headers)
  if (unread) drain(request)
}

function drain(request: IncomingMessage): void {
  let size = 0
  const timer = setTimeout(() => request.destroy(), DRAIN_MS)
  timer.unref()
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > MAX_DRAINED) request.destroy()
  })
  request.on('close', () => clearTimeout(timer))
  request.resume()
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (isConnectionLost(error)) {
    return new IngestError(
      'unavailable',
      'accept_database_away',
      'PostgreSQL cannot be reached at the moment; nothing of this call was taken. Send it again in a few seconds.',
      { retryAfter: 2 },
    )
  }
  return new Failure('internal', 'internal_error', 'Something went wrong on our side; the log has the details under this request id.')
}
