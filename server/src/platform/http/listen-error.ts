/** Why the server could not listen; `code` is stable and documented in docs/errors.md. */
export class ListenError extends Error {
  readonly code: 'port_taken' | 'port_refused'
  constructor(code: ListenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ListenError'
    this.code = code
  }

  /** @param setting what chooses the port, such as `--port (THROUGHLINE_PORT)` */
  static from(error: unknown, place: { host: string; port: number }, setting: string): unknown {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      return new ListenError(
        'port_taken',
        `Port ${place.port} on ${place.host} is taken by another program. Stop it, or choose another port with ${setting}, for example ${setting.split(' ')[0]} ${place.port < 65_535 ? place.port + 1 : place.port - 1}.`,
        { cause: error },
      )
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      return new ListenError(
        'port_refused',
        `This program may not listen on ${place.host} port ${place.port} (${code}). Choose a port above 1023 with ${setting} and an address of this machine with --host (THROUGHLINE_HOST).`,
        { cause: error },
      )
    }
    return error
  }
}
