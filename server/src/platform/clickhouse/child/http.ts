import { randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createGzip } from 'node:zlib'
import type { ChildOptions } from '../embedded.ts'
import type { Engine } from './engine.ts'
import { describeError, EngineError } from './errors.ts'
import type { Lent } from './lane.ts'
import { readStatement, type Statement } from './request.ts'
import { namedFormat, statementKind } from './text.ts'

// In these formats the parts of a result can be put one behind the other; any other is answered whole.
const STREAMED = new Set([
  'JSONEachRow',
  'JSONCompactEachRow',
  'JSONStringsEachRow',
  'JSONCompactStringsEachRow',
  'TabSeparated',
  'TSV',
  'TabSeparatedRaw',
  'TSVRaw',
  'CSV',
  'RowBinary',
  'LineAsString',
  'RawBLOB',
])

/** Answers ClickHouse's HTTP interface on loopback: https://clickhouse.com/docs/interfaces/http */
export function serveHttp(options: ChildOptions, engine: Engine): { close(): Promise<void> } {
  const expected = Buffer.from(`Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`)
  const server = createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 10_000 }, (request, response) => {
    if (request.url === '/ping' || request.url === '/') return void response.end('Ok.\n')
    const given = Buffer.from(request.headers.authorization ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return sendError(
        response,
        new EngineError(516, 'Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)'),
        engine.version,
      )
    }
    void answer(request, response, engine)
  })
  server.requestTimeout = 0
  server.listen(options.port, '127.0.0.1')
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const grace = setTimeout(() => server.closeAllConnections(), 3_000)
      await closed
      clearTimeout(grace)
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, engine: Engine): Promise<void> {
  const mark = randomUUID()
  const gone = new AbortController()
  // Whoever stops waiting stops the query as well: it would hold a session for nobody.
  response.once('close', () => {
    if (response.writableFinished) return
    gone.abort()
    void engine.kill(mark)
  })
  try {
    const statement = await readStatement(request)
    response.setHeader('x-clickhouse-query-id', statement.queryId)
    response.setHeader('x-clickhouse-timezone', 'UTC')
    response.setHeader('x-clickhouse-server-display-name', 'throughline')
    await engine.lanes[statement.lane].withSession((lent) => run(statement, mark, lent, response, gone.signal), gone.signal)
  } catch (error) {
    sendError(response, error, engine.version)
  }
}

async function run(statement: Statement, mark: string, lent: Lent, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const started = process.hrtime.bigint()
  const marked = `/*${mark}*/ ${statement.sql}`
  const kind = statementKind(statement.sql)
  if (kind === 'insert' && statement.data.length > 0) {
    const done = await lent.insert(marked, statement.data, statement.context)
    return finish(response, statement, started, { written_rows: done.rowsWritten, written_bytes: done.bytesWritten }, new Uint8Array())
  }
  const format = namedFormat(statement.sql) ?? statement.defaultFormat
  response.setHeader('x-clickhouse-format', format)
  response.setHeader('content-type', /^JSON(?!.*EachRow)/.test(format) ? 'application/json; charset=UTF-8' : 'text/plain; charset=UTF-8')
  // A small answer is quicker in one piece; one of any size must not gather in memory.
  const inParts = kind === 'select' && STREAMED.has(format) && statement.lane !== 'interactive' && !statement.waitForEnd
  if (inParts) return stream(lent.stream(marked, format, statement.context), statement, response, gone)
  const result = await lent.run(marked, format, statement.context)
  finish(response, statement, started, { read_rows: result.rowsRead, read_bytes: result.bytesRead }, result.bytes)
}

async function stream(chunks: AsyncIterable<Uint8Array>, statement: Statement, response: ServerResponse, gone: AbortSignal): Promise<void> {
  const output = statement.gzip ? createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH }) : response
  const tag = randomUUID().slice(0, 16)
  // Only with the first part is it known that the query runs; an error before it comes with a status of its own.
  let begun = false
  const begin = (): void => {
    if (begun) return
    begun = true
    response.setHeader('x-clickhouse-exception-tag', tag)
    if (output === response) return
    response.setHeader('content-encoding', 'gzip')
    output.pipe(response)
  }
  try {
    for await (const chunk of chunks) {
      if (gone.aborted) return
      begin()
      if (!output.write(chunk)) await once(output, 'drain', { signal: gone })
    }
  } catch (error) {
    if (gone.aborted) return
    if (!begun) throw error
    // As ClickHouse tells of an error in the middle of a result (since 25.11): marked by the tag, then a broken connection.
    const { text } = describeError(error, '')
    output.write(`\r\n__exception__\r\n${tag}\n${text}\n${Buffer.byteLength(text) + 1} ${tag}\r\n__exception__\r\n`, () =>
      setImmediate(() => response.destroy()),
    )
    return
  }
  begin()
  output.end()
}

function finish(response: ServerResponse, statement: Statement, started: bigint, figures: Record<string, number>, bytes: Uint8Array): void {
  const summary = {
    read_rows: 0,
    read_bytes: 0,
    written_rows: 0,
    written_bytes: 0,
    total_rows_to_read: 0,
    result_rows: 0,
    result_bytes: bytes.length,
    ...figures,
    elapsed_ns: Number(process.hrtime.bigint() - started),
  }
  response.setHeader(
    'x-clickhouse-summary',
    JSON.stringify(Object.fromEntries(Object.entries(summary).map(([name, value]) => [name, String(value)]))),
  )
  if (!statement.gzip || bytes.length === 0) return void response.end(bytes)
  response.setHeader('content-encoding', 'gzip')
  const zip = createGzip({ level: 1 })
  zip.pipe(response)
  zip.end(bytes)
}

function sendError(response: ServerResponse, error: unknown, version: string): void {
  if (response.headersSent) return void response.destroy()
  const { code, status, text } = describeError(error, version)
  response.removeHeader('content-encoding')
  response.setHeader('content-type', 'text/plain; charset=UTF-8')
  response.setHeader('x-clickhouse-exception-code', String(code))
  response.writeHead(status).end(text)
}
