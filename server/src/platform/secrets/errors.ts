/** Why a secret could not be read; `code` is stable and documented in docs/errors.md. */
export class SecretsError extends Error {
  readonly code: 'secret_key_invalid' | 'secret_unreadable'
  constructor(code: SecretsError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SecretsError'
    this.code = code
  }
}
