import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriteStream } from 'node:tty'
import { importOrders, ImportError, parseMapping, renderReport, type ImportPort, type ImportProgress } from '../profiles/index.ts'
import { CallError, callServer, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, type CliCommand } from './command.ts'
import { addFileImports } from './import-file.ts'

interface Options {
  readonly mapping: string
  readonly url?: string
  readonly apiKey?: string
  readonly notImported?: string
  readonly triggerJourneys?: boolean
  readonly restart?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** `throughline import orders FILE --mapping FILE`: brings a shop's past orders in. */
export const importCommand: CliCommand = {
  add(program) {
    const group = program.command('import').description('Import what is known already')
    addFileImports(group)
    const command = group.command('orders <file>').description('Import past orders out of a CSV file of order lines, gzipped or not')
    addConfigFlags(command, ['dataDir'])
      .requiredOption('--mapping <file>', 'How the file is to be read; see examples/mappings and docs/importing.md')
      .option('--dry-run', 'Read and report, send nothing; needs no server')
      .option('--trigger-journeys', 'Let these events start and move journeys, as if they happened now')
      .option('--restart', 'Begin again, although an earlier import was interrupted; nothing is imported twice')
      .option('--not-imported <file>', 'Where the list of lines that were not imported goes (gzipped CSV); default in the data folder')
      .option('--url <address>', 'Another server; needs an API key')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'Answer the report as JSON')
      .action((file: string, options: Options) => run(file, options, configOf(options).dataDir))
  },
}

async function run(file: string, options: Options, dataDir: string): Promise<void> {
  const mapping = parseMapping(await readMappingFile(options.mapping), options.mapping)
  const server = options.dryRun === true ? null : findServer({ url: options.url, apiKey: options.apiKey, dataDir })
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const show = makeProgress(process.stderr)
  const report = await importOrders({
    file,
    mapping,
    port: server === null ? null : portTo(server),
    server: options.url ?? dataDir,
    folder: join(dataDir, 'imports'),
    notImported: options.notImported,
    triggers: options.triggerJourneys === true,
    restart: options.restart === true,
    signal: stopping.signal,
    onProgress: show.progress,
  }).finally(() => {
    show.end()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  })
  if (report === null) throw new Error('Interrupted. Start the same import again: it goes on where it stopped.')
  process.stdout.write(`${options.json === true ? JSON.stringify(report, null, 2) : renderReport(report)}\n`)
}

async function readMappingFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ImportError(
      'bad-input',
      'mapping_unreadable',
      `The mapping ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. examples/mappings/ holds one to start from.`,
      { field: '--mapping', value: path, allowed: 'a YAML file', cause },
    )
  }
}

/** Answers of the server after which the same call may succeed later. */
const passing = new Set([
  'accept_queue_full',
  'accept_database_away',
  'accept_stopping',
  'database_away',
  'too_many_requests',
  'internal_error',
])

function portTo(server: Server): ImportPort {
  return {
    async importEvents(body) {
      try {
        return { kind: 'done', response: await callServer(server, 'importEvents', { body }) }
      } catch (error) {
        if (!(error instanceof CallError)) throw error
        return error.answer === null || passing.has(error.answer.code)
          ? { kind: 'again', reason: error.message }
          : { kind: 'refused', reason: error.message }
      }
    },
  }
}

const number = new Intl.NumberFormat('en-GB')

/** A bar that moves on a terminal; a line now and then where the output is kept. */
export function makeProgress(stream: Pick<WriteStream, 'write' | 'columns'> & { isTTY?: boolean }): {
  progress: (progress: ImportProgress) => void
  end: () => void
} {
  const tty = stream.isTTY === true
  let told = ''
  let drawnAt = 0
  let tenth = 0
  const say = (text: string) => {
    if (text !== told) stream.write(`${text}\n`)
    told = text
  }
  return {
    progress(progress) {
      if (progress.kind === 'waiting') {
        if (tty) stream.write('\r\u001b[K')
        say(`Waiting for the server: ${progress.reason}`)
        return
      }
      if (tty) {
        const now = Date.now()
        const last = progress.kind === 'importing' && progress.lines === progress.total
        if (now - drawnAt < 100 && !last) return
        drawnAt = now
        stream.write(`\r${describe(progress, Math.max(10, Math.min(30, (stream.columns ?? 80) - 60)))}\u001b[K`)
        return
      }
      if (progress.kind === 'surveying') {
        say('Reading the file once to see how it is ordered …')
        return
      }
      const done = Math.floor((10 * progress.lines) / Math.max(1, progress.total))
      if (done <= tenth) return
      tenth = done
      say(
        `${done * 10} %: ${number.format(progress.lines)} of ${number.format(progress.total)} lines, ${number.format(progress.events)} events`,
      )
    },
    end() {
      if (tty) stream.write('\r\u001b[K')
    },
  }
}

function describe(progress: Exclude<ImportProgress, { kind: 'waiting' }>, width: number): string {
  if (progress.kind === 'surveying') return `Reading the file once: ${number.format(progress.lines)} lines`
  const share = progress.lines / Math.max(1, progress.total)
  const filled = Math.round(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.floor(100 * share)} %  ${number.format(progress.lines)} of ${number.format(progress.total)} lines, ${number.format(progress.events)} events`
}
