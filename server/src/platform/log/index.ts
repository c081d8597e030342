/**
 * Log: one pino logger for the program, object first, then a constant message.
 *
 * - *ring*: the last lines kept in memory, so that the operator can read them in the console.
 * - *redacted*: a value under a name that holds a secret is never written.
 */
import { pino, type Logger as PinoLogger, type Level } from 'pino'
import { Writable } from 'node:stream'
import { makeLogRing, type LogRing } from './ring.ts'

export type { LogLine, LogRing } from './ring.ts'
export type Logger = PinoLogger
export type LogLevel = Level | 'silent'

const SECRET_NAMES = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apiKey',
  'writeKey',
  'privateKey',
  'smtpUrl',
  'databaseUrl',
  'clickhouseUrl',
]

/**
 * Builds the program's logger.
 * @param options.level lowest level written; default `info`
 * @param options.format `json` for one JSON object a line, `text` for lines that a person reads; default `json`
 * @param options.output where lines go; default standard error, so that standard output stays data
 * @returns the logger and the ring of its last 2,000 lines
 */
export function makeLog(options: { level?: LogLevel; format?: 'json' | 'text'; output?: NodeJS.WritableStream } = {}): {
  log: Logger
  ring: LogRing
} {
  const ring = makeLogRing(2_000)
  const output = options.output ?? process.stderr
  const text = options.format === 'text'
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const line = ring.push(chunk.toString())
      output.write(text ? formatLine(line) : chunk)
      done()
    },
  })
  const log = pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]), censor: '[hidden]' },
    },
    stream,
  )
  return { log, ring }
}

/** A logger that writes nothing, for tests and one-shot commands. */
export function makeSilentLog(): Logger {
  return pino({ level: 'silent' })
}

function formatLine(line: Record<string, unknown>): string {
  const { time, level, msg, err, ...rest } = line
  const clock = String(time ?? '').slice(11, 19)
  const error = err && typeof err === 'object' && 'message' in err ? ` (${String(err.message)})` : ''
  const fields = Object.keys(rest).length > 0 ? ' ' + JSON.stringify(rest) : ''
  return `${clock} ${String(level ?? 'info').padEnd(5)} ${String(msg ?? '')}${error}${fields}\n`
}
