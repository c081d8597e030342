import pg from 'pg'
import { carryRows } from './data-rows.ts'
import { PreparedQuery, type Connection, type Shape } from './prepared-query.ts'

/** Whoever asks for one of these, such as rows as arrays, or brings a query of their own, gets it from `pg`. */
const BEYOND = ['submit', 'rowMode', 'binary', 'types', 'rows', 'portal', 'queryMode', 'query_timeout', 'callback']

/**
 * A client of `pg` that runs named statements (`{ name, text, values }`) for less: from its second run on a connection a statement is
 * sent as one piece, is not described again by the server, and its rows are read from the bytes that came. What comes out is the same.
 */
export class Client extends pg.Client {
  readonly #shapes = new Map<string, Shape>()

  constructor(config?: string | pg.ClientConfig) {
    super(config)
    carryRows(this.connection as unknown as Connection)
  }

  // The overloads of `pg`, of which each is served: what is no named statement goes to it as it came.
  override query(config: unknown, values?: unknown, callback?: unknown): never {
    const query = this.#prepared(config, values)
    if (query === null) return super.query(config as string, values as never, callback as never) as never
    const listener = typeof values === 'function' ? values : callback
    if (typeof listener === 'function') {
      query.callback = listener as PreparedQuery['callback']
      super.query(query as unknown as pg.Submittable)
      return undefined as never
    }
    const answer = new Promise<unknown>((resolve, reject) => {
      query.callback = (error, result) => (error ? reject(error) : resolve(result))
    }).catch((error: Error) => {
      // It was made where the answer was read: let it say who asked.
      Error.captureStackTrace(error)
      throw error
    })
    super.query(query as unknown as pg.Submittable)
    return answer as never
  }

  #prepared(config: unknown, values: unknown): PreparedQuery | null {
    if (typeof config !== 'object' || config === null) return null
    if (BEYOND.some((key) => key in config)) return null
    const { name, text, values: own } = config as pg.QueryConfig
    if (!name || !text) return null
    const given = Array.isArray(values) ? values : (own ?? [])
    return Array.isArray(given) ? new PreparedQuery(this.#shapes, name, text, given) : null
  }
}
