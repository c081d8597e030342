/** What PostgreSQL could not do for us; `code` is stable and documented in docs/errors.md. */
export class PostgresError extends Error {
  readonly code: 'schema_newer' | 'migration_failed' | 'migration_changed' | 'cluster_version' | 'cluster_owner' | 'number_too_large'
  constructor(code: PostgresError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PostgresError'
    this.code = code
  }
}
