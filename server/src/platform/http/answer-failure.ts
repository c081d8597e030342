import type { ApiError } from '@throughline/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isConnectionLost, isOutOfResources, isUnstorableText } from '../postgres/index.ts'
import { HttpFailure } from './errors.ts'
import { Failure, statusOf } from './failure.ts'

/** Turns whatever was thrown into the JSON that its receiver reads; what was not meant for them goes to the log only. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = toFailure(error)
  const { field, value, allowed, problems, retryAfter } = failure.details
  const status = statusOf[failure.kind]
  if (status >= 500) request.log.error({ err: error, route: request.routeOptions?.url }, 'could not answer a request')
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter)))
  const body: ApiError = {
    code: failure.code,
    message: failure.message,
    ...(field === undefined ? {} : { field }),
    ...(value === undefined ? {} : { value }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(problems === undefined ? {} : { problems: [...problems] }),
    requestId: request.id,
  }
  return reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(body))
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (isConnectionLost(error)) {
    return new HttpFailure(
      'unavailable',
      'database_away',
      'PostgreSQL cannot be reached at the moment. Nothing was changed; try again in a few seconds.',
      { retryAfter: 5 },
    )
  }
  if (isOutOfResources(error)) {
    return new HttpFailure(
      'unavailable',
      'database_exhausted',
      'PostgreSQL has no room or no connection left. Nothing was changed; try again in a few seconds, and have the operator look at the log.',
      { retryAfter: 5 },
    )
  }
  if (isUnstorableText(error)) {
    return new HttpFailure(
      'bad-input',
      'bad_input',
      'A text of the request holds a NUL character or half of a surrogate pair. Leave it out.',
      {
        allowed: 'text without NUL characters and lone surrogates',
      },
    )
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || status === 413) {
    return new HttpFailure('too-large', 'body_too_large', 'The body is larger than this route takes. Send it in several calls.')
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || status === 415) {
    return new HttpFailure('bad-input', 'unsupported_media_type', 'The body must be JSON, sent with content-type application/json.', {
      field: 'content-type',
      allowed: 'application/json',
    })
  }
  if (code.startsWith('FST_ERR_CTP') || error instanceof SyntaxError) {
    return new HttpFailure('bad-input', 'bad_json', 'The body is not JSON that can be read.', { field: 'body', allowed: 'a JSON object' })
  }
  if (status >= 400 && status < 500) return new HttpFailure('bad-input', 'request_refused', (error as Error).message)
  return new HttpFailure('internal', 'internal_error', 'Something went wrong on our side; the log has the details under this request id.')
}
