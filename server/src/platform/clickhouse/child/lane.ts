import type { Session } from 'chdb'
import type { NativeInsert } from './engine.ts'
import { EngineError } from './errors.ts'
import { escapeLiteral, quoteName } from './text.ts'

/** What a statement runs with, besides its text. */
export interface StatementContext {
  readonly database: string
  readonly settings: ReadonlyMap<string, string>
  /** Values of `{name:Type}`, in ClickHouse's escaped text form. */
  readonly parameters: ReadonlyMap<string, string>
}

export interface BufferedResult {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly bytesRead: number
}

/** One session, lent to one statement. */
export interface Lent {
  run(sql: string, format: string, context: StatementContext): Promise<BufferedResult>
  stream(sql: string, format: string, context: StatementContext): AsyncIterable<Uint8Array>
  insert(sql: string, data: Buffer, context: StatementContext): Promise<{ rowsWritten: number; bytesWritten: number }>
}

export interface LaneSessions {
  /** Lends a session, waiting for one to be free in the order of asking; `signal` gives up the waiting. */
  withSession<T>(work: (lent: Lent) => Promise<T>, signal: AbortSignal): Promise<T>
  close(): Promise<void>
}

/** Opens the sessions of one lane. `defaults` are settings that hold unless a statement names them. */
export function openLane(
  size: number,
  open: () => Session,
  native: NativeInsert,
  defaults: Readonly<Record<string, string>>,
): LaneSessions {
  const free: Slot[] = []
  const waiting: ((slot: Slot) => void)[] = []
  const busy = new Set<Promise<unknown>>()
  for (let i = 0; i < size; i++) free.push(makeSlot(open, native, defaults))

  function take(signal: AbortSignal): Promise<Slot> {
    const slot = free.pop()
    if (slot) return Promise.resolve(slot)
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(give), 1)
        reject(new EngineError(394, 'Query was cancelled while it waited. (QUERY_WAS_CANCELLED)'))
      }
      const give = (given: Slot): void => {
        signal.removeEventListener('abort', onAbort)
        resolve(given)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      waiting.push(give)
    })
  }

  return {
    async withSession(work, signal) {
      const slot = await take(signal)
      const running = work(slot)
      const settled = running.catch(() => undefined)
      busy.add(settled)
      try {
        return await running
      } finally {
        busy.delete(settled)
        const next = waiting.shift()
        if (next) next(slot)
        else free.push(slot)
      }
    },
    async close() {
      await Promise.all(busy)
      for (const slot of free) slot.close()
    },
  }
}

interface Slot extends Lent {
  close(): void
}

function makeSlot(open: () => Session, native: NativeInsert, defaults: Readonly<Record<string, string>>): Slot {
  let session = open()
  let database = ''
  let current = new Map<string, string>()
  apply(session, defaults)

  // Brings the session to what the statement asks for: only what differs from the last one is said.
  function prelude(context: StatementContext): string {
    const changes: string[] = []
    for (const [name, value] of context.settings) {
      if (current.get(name) !== value) changes.push(`${quoteName(name)} = ${escapeLiteral(value)}`)
    }
    for (const name of current.keys()) {
      if (!context.settings.has(name))
        changes.push(`${quoteName(name)} = ${defaults[name] === undefined ? 'default' : escapeLiteral(defaults[name])}`)
    }
    for (const [name, value] of context.parameters) changes.push(`${quoteName(`param_${name}`)} = ${escapeLiteral(value)}`)
    current = new Map(context.settings)
    const use = context.database && context.database !== database ? `use ${quoteName(context.database)}; ` : ''
    database = context.database || database
    return use + (changes.length > 0 ? `set ${changes.join(', ')}; ` : '')
  }

  // After an error nobody knows how far the prelude came: a fresh session knows.
  function renew(): void {
    session.close()
    session = open()
    database = ''
    current = new Map()
    apply(session, defaults)
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      renew()
      throw error
    }
  }

  return {
    run: (sql, format, context) =>
      guarded(async () => {
        const result = await session.queryAsync(prelude(context) + sql, { format })
        return { bytes: result.bytes(), rowsRead: result.rowsRead, bytesRead: result.bytesRead }
      }),
    async *stream(sql, format, context) {
      let done = false
      try {
        const before = prelude(context)
        if (before) await session.queryAsync(before)
        for await (const chunk of session.queryStream(sql, { format })) yield chunk.raw()
        done = true
      } finally {
        if (!done) renew()
      }
    },
    insert: (sql, data, context) =>
      guarded(async () => {
        const before = prelude(context)
        if (before) await session.queryAsync(before)
        return native.InsertRawAsyncConnection(session.connection, sql, data, false)
      }),
    close: () => session.close(),
  }
}

function apply(session: Session, settings: Readonly<Record<string, string>>): void {
  const list = Object.entries(settings).map(([name, value]) => `${quoteName(name)} = ${escapeLiteral(value)}`)
  session.query(`set ${list.join(', ')}`)
}
