import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exportFormats } from '@throughline/contracts'
import { Option } from 'commander'
import { downloadFrom, findServer } from './api-client.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'

interface Options {
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
  readonly segment?: string
  readonly format: (typeof exportFormats)[number]
  readonly columns?: string
  readonly out?: string
}

/** `throughline export`: people, or those in a segment, as a file. */
export const exportCommand: CliCommand = {
  add(program) {
    const command = program.command('export').description('Write all people, or those in a segment, to a file')
    addConfigFlags(command, ['dataDir'])
      .option('--segment <id>', 'Only the people in this segment')
      .addOption(new Option('--format <format>', 'csv, ndjson (JSON lines) or parquet').choices(exportFormats).default('csv'))
      .option('--columns <list>', 'With commas between: id, email, trait:city … (GET /api/export/columns lists them)')
      .option('--out <file>', 'The file; standard output without it')
      .option('--url <address>', 'Another server; needs an API key')
      .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
      .option('--json', 'Answer as JSON')
      .action(async (options: Options) => {
        const server = findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir })
        const query = { format: options.format, segment: options.segment, columns: options.columns }
        const bytes = Readable.fromWeb((await downloadFrom(server, 'exportPeople', { query })) as Parameters<typeof Readable.fromWeb>[0])
        const { out } = options
        if (out === undefined) return pipeline(bytes, process.stdout, { end: false })
        await pipeline(bytes, createWriteStream(out, { mode: 0o600 }))
        const { size } = await stat(out)
        show(options.json, { file: out, bytes: size }, () => [`${out}: ${size} bytes.`])
      })
  },
}
