import type pg from 'pg'
import { Client } from './client.ts'
import type { Db, Pool } from './pool.ts'

/**
 * One connection that sends each statement without waiting for the answer to the one before. Statements are answered in order.
 * A transaction is written as `begin`, statements and `commit` in one go: when one fails, those behind it fail too and the
 * `commit` rolls back.
 */
export interface PipelinedClient extends Db {
  /** The error that ended the connection, once it has ended. */
  lost(): Error | undefined
  close(): Promise<void>
  /** Ends the connection at once: whoever waits for an answer gets an error. For a server that answers no more. */
  abandon(): void
}

/**
 * Opens a connection of its own to the database of a pool.
 * @param options.setup statements run first, such as `set enable_hashjoin = off`
 */
export async function openPipelinedClient(pool: Pool, options: { name: string; setup?: readonly string[] }): Promise<PipelinedClient> {
  const config: pg.ClientConfig & { pipeline: boolean } = {
    ...pool.options,
    // Hidden in the pool's options, so the spread leaves it out.
    password: pool.options.password,
    application_name: options.name,
    pipeline: true,
  }
  const client: pg.Client = new Client(config)
  let lost: Error | undefined
  client.on('error', (error) => (lost ??= error))
  client.on('end', () => (lost ??= new Error('Connection terminated')))
  try {
    await client.connect()
    await Promise.all((options.setup ?? []).map((statement) => client.query(statement)))
  } catch (error) {
    // Nobody else knows of it: left open it would hold one of the server's connections for ever.
    await client.end().catch(() => undefined)
    throw error
  }
  // Statements that are asked for together go out together: one call of the system for a flight, where one for each cost more
  // than the statements themselves.
  let gathering = false
  function gather(): void {
    if (gathering) return
    gathering = true
    const { stream } = client.connection
    stream.cork()
    process.nextTick(() => {
      gathering = false
      stream.uncork()
    })
  }

  return {
    query<Row extends pg.QueryResultRow>(query: string | pg.QueryConfig, values?: unknown[]) {
      gather()
      return client.query<Row>(query, values)
    },
    lost: () => lost,
    close: () => client.end().catch(() => undefined),
    abandon() {
      lost ??= new Error('Connection terminated')
      client.connection.stream.destroy()
    },
  }
}
