/** Why a call was not made or not finished; `code` is stable and documented in docs/errors.md. */
export class SafeFetchError extends Error {
  readonly code: 'url_refused' | 'address_refused' | 'answer_too_large' | 'no_answer'
  constructor(code: SafeFetchError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SafeFetchError'
    this.code = code
  }
}
