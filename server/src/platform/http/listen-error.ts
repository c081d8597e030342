/** Why the server could not listen; `code` is stable and documented in docs/errors.md. */
export class ListenError extends Error {
  readonly code: 'port_taken' | 'port_refused'
  constructor(code: ListenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ListenError'
    this.code = code
  }

  static from(error: unknown, place: { host: string; port: number }): unknown {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      return new ListenError(
        'port_taken',
        `Port ${place.port} on ${place.host} is taken by another program. Stop it, or choose another port with --port (THROUGHLINE_PORT), for example --port ${place.port + 1}.`,
        { cause: error },
      )
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      return new ListenError(
        'port_refused',
        `This program may not listen on ${place.host} port ${place.port} (${code}). Choose a port above 1023 with --port (THROUGHLINE_PORT) and an address of this machine with --host (THROUGHLINE_HOST).`,
        { cause: error },
      )
    }
    return error
  }
}
