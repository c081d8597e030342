import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriteStream } from 'node:tty'
import { importOrders, ImportError, parseMapping, renderReport, type ImportPort, type ImportProgress } from '../profiles/import-orders/index.ts'
import { CallError, callServer, type Server } from './api-client.ts'

export interface ImportCommand {
  readonly file: string
  readonly mapping: string
  /** `null` with `--dry-run`. */
  readonly server: Server | null
  readonly dataDir: string
  readonly notImported?: string
  readonly triggers: boolean
  readonly restart: boolean
  readonly json: boolean
}

export interface ImportOutput {
  out(text: string): void
  /** Progress goes here, beside the data; a bar when it is a terminal. */
  readonly progress: Pick<WriteStream, 'write' | 'isTTY' | 'columns'>
}

/**
 * `throughline import orders`: reads a file of order lines by a mapping and hands the events to the server.
 * Returns the exit code: 0, or 130 when the signal ended it. Throws `ImportError` and {@link CallError}.
 */
export async function importOrdersCommand(command: ImportCommand, { out, progress }: ImportOutput, signal: AbortSignal): Promise<number> {
  const mapping = parseMapping(await readMappingFile(command.mapping), command.mapping)
  const show = makeProgress(progress)
  const report = await importOrders({
    file: command.file, mapping, port: command.server === null ? null : portTo(command.server),
    server: command.server?.address ?? '', folder: join(command.dataDir, 'imports'), notImported: command.notImported,
    triggers: command.triggers, restart: command.restart, signal, onProgress: show.progress,
  })
  show.end()
  if (report === null) {
    out('Interrupted. Start the same import again: it goes on where it stopped.')
    return 130
  }
  out(command.json ? JSON.stringify(report, null, 2) : renderReport(report))
  return 0
}

async function readMappingFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ImportError('bad-input', 'mapping_unreadable', `The mapping ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}. examples/mappings/ holds one to start from.`, { field: '--mapping', value: path, allowed: 'a YAML file', cause })
  }
}

/** Answers of the server after which the same call may succeed later. */
const passing = new Set(['accept_queue_full', 'accept_database_away', 'accept_stopping', 'database_away', 'too_many_requests', 'internal_error'])

function portTo(server: Server): ImportPort {
  return {
    async importEvents(body) {
      try {
        return { kind: 'done', response: await callServer(server, 'importEvents', { body }) }
      } catch (error) {
        if (!(error instanceof CallError)) throw error
        return error.answer === null || passing.has(error.answer.code) ? { kind: 'again', reason: error.message } : { kind: 'refused', reason: error.message }
      }
    },
  }
}

const number = new Intl.NumberFormat('en-GB')

/** A bar that moves on a terminal; a line now and then where the output is kept. */
export function makeProgress(stream: ImportOutput['progress']): { progress: (progress: ImportProgress) => void; end: () => void } {
  const tty = stream.isTTY === true
  let told = ''
  let drawnAt = 0
  let tenth = -1
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
        if (tenth === -1) say('Reading the file once to see how it is ordered …')
        tenth = Math.max(tenth, 0)
        return
      }
      const done = Math.floor((10 * progress.lines) / Math.max(1, progress.total))
      if (done <= tenth) return
      tenth = done
      say(`${done * 10} %: ${number.format(progress.lines)} of ${number.format(progress.total)} lines, ${number.format(progress.events)} events`)
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
