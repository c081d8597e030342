/** Why an embedded program could not be run; `code` is stable and documented in docs/errors.md. */
export class EmbeddedError extends Error {
  readonly code: 'folder_in_use' | 'embedded_start_failed' | 'embedded_unsupported'
  constructor(code: EmbeddedError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedError'
    this.code = code
  }
}
