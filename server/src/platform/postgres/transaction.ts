import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from './pool.ts'

export interface TransactionOptions {
  /** Default `read committed`. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  /** How often the whole function is run when PostgreSQL asks for it; default 5. */
  readonly attempts?: number
}

/**
 * Runs a function inside one transaction and answers what it answers. When it throws, everything is rolled back.
 * A deadlock or serialization failure runs the whole function again after a short pause, so it must have no effect
 * outside the transaction. A connection lost during `commit` is not retried: nobody knows whether it took place.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const begin = options.isolation ? `begin isolation level ${options.isolation}` : 'begin'
  for (let attempt = 1; ; attempt++) {
    try {
      return await withClient(pool, async (client) => {
        await client.query(begin)
        try {
          const result = await work(client)
          await client.query('commit')
          return result
        } catch (error) {
          await client.query('rollback').catch(() => undefined)
          throw error
        }
      })
    } catch (error) {
      if (!isRetryable(error) || attempt >= (options.attempts ?? 5)) throw error
      await sleep(Math.random() * 10 * 2 ** attempt)
    }
  }
}

/** Lends one connection to a function. A connection that broke meanwhile is thrown away instead of going back. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  try {
    return await work(client)
  } catch (error) {
    if (isConnectionLost(error)) broken = error as Error
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** Whether PostgreSQL asks for the transaction to be run again: 40001 serialization failure, 40P01 deadlock. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

const SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH'])

/** Whether the server was not there: could not be reached, went away, or is starting (SQLSTATE class 08 and 57P01–57P03). */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error)
  if (code && (SYSTEM_CODES.has(code) || code.startsWith('08') || /^57P0[123]$/.test(code))) return true
  return (
    error instanceof Error &&
    /connection terminated|connection ended|timeout exceeded when trying to connect|not queryable/i.test(error.message)
  )
}

/** Whether the server could not, whatever it was asked: no room on the disk, no memory, no connections left, files that cannot be read (SQLSTATE classes 53 and 58). */
export function isOutOfResources(error: unknown): boolean {
  return /^5[38]/.test(codeOf(error) ?? '')
}

/** Whether a text could not be stored: it holds NUL, or half a surrogate pair. */
export function isUnstorableText(error: unknown): boolean {
  return ['22021', '22P05'].includes(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
