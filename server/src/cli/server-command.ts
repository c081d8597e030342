import type { Command } from 'commander'
import { findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf } from './command.ts'

/** What every command says that asks a running server. */
export interface ServerOptions {
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** Gives a command the flags by which a server is found, and `--json`. */
export function withServer(command: Command): Command {
  return addConfigFlags(command, ['dataDir'])
    .option('--url <address>', 'Another server; needs an API key')
    .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
    .option('--json', 'Answer as JSON')
}

/** The server that is meant: the one of this machine unless another is named. @throws CallError when there is none */
export function serverOf(options: ServerOptions): Server {
  return findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir })
}
