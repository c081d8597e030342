import type { ApiError } from '@throughline/contracts'

/** Why a call brought no answer that can be shown. */
export type FailureKind = 'unreachable' | 'timeout' | 'refused' | 'broken' | 'unexpected-answer'

/** A call of the API that failed: what happened, and what the server said about it. */
export class ApiFailure extends Error {
  readonly kind: FailureKind
  /** What was asked, such as `GET /api/people`. */
  readonly request: string
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly answer: ApiError | null

  constructor(fields: { kind: FailureKind; request: string; status: number; answer?: ApiError | null; message: string; cause?: unknown }) {
    super(fields.message, { cause: fields.cause })
    this.name = 'ApiFailure'
    this.kind = fields.kind
    this.request = fields.request
    this.status = fields.status
    this.answer = fields.answer ?? null
  }
}

/** What is shown of an error: its cause, what to do about it, and the technique to fold away. */
export interface Explained {
  readonly cause: string
  readonly remedy: string
  readonly technique: string
}

/** Cause and remedy of anything that was thrown, in sentences. */
export function explain(error: unknown): Explained {
  if (!(error instanceof ApiFailure)) {
    const message = error instanceof Error ? error.message : String(error)
    return {
      cause: 'The console itself ran into a fault.',
      remedy: 'Reload the page. If it stays, send the lines below to whoever runs this installation.',
      technique: message,
    }
  }
  const technique = [
    error.request,
    error.status === 0 ? 'no answer' : `HTTP ${error.status}`,
    error.answer?.code,
    error.answer?.requestId === undefined ? undefined : `request ${error.answer.requestId}`,
    error.kind === 'unexpected-answer' ? error.message : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ')
  switch (error.kind) {
    case 'unreachable':
      return {
        cause: 'The server does not answer.',
        remedy: 'Check that it is running (npm start) and that you are online; this page tries again when you press the button.',
        technique,
      }
    case 'timeout':
      return {
        cause: 'The server took longer than 20 seconds.',
        remedy: 'It may be busy with a large import. Try again in a moment; Settings → Status shows which part is behind.',
        technique,
      }
    case 'broken':
      return {
        cause: error.answer?.message ?? 'Something went wrong inside the server.',
        remedy: 'Try again. If it stays, an admin finds the cause in Settings → Log, by the request number below.',
        technique,
      }
    case 'unexpected-answer':
      return {
        cause: 'The server answered in a form that this page does not know.',
        remedy: 'Console and server are probably of different versions: reload the page.',
        technique,
      }
    case 'refused':
      return { cause: refusal(error), remedy: refusalRemedy(error), technique }
    default:
      return error.kind satisfies never
  }
}

function refusal(error: ApiFailure): string {
  const problem = error.answer?.problems?.[0]
  const field = problem?.field ?? error.answer?.field
  const allowed = problem?.allowed ?? error.answer?.allowed
  const message = error.answer?.message ?? 'The server refused this.'
  return field === undefined || message.includes(field) ? message : `${message} (${field}${allowed === undefined ? '' : `: ${allowed}`})`
}

function refusalRemedy(error: ApiFailure): string {
  switch (error.status) {
    case 401:
      return 'Sign in again.'
    case 403:
      return 'Somebody with a higher role can do it, or can raise yours.'
    case 404:
      return 'It may have been removed, or the address is mistyped. Go back to the list.'
    case 429:
      return 'Wait a minute, then try again.'
    default:
      return error.answer?.allowed === undefined ? 'Change it and try again.' : `Allowed: ${error.answer.allowed}.`
  }
}

/** The sentence for one field of a form, when the server's refusal is about it. */
export function problemOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiFailure) || error.answer === null) return undefined
  const problem = error.answer.problems?.find((one) => one.field === field || one.field.endsWith(`.${field}`))
  if (problem !== undefined) return `${problem.message} Allowed: ${problem.allowed}.`
  const named = error.answer.field
  if (named === undefined || (named !== field && !named.endsWith(`.${field}`))) return undefined
  return error.answer.allowed === undefined ? error.answer.message : `${error.answer.message} Allowed: ${error.answer.allowed}.`
}
