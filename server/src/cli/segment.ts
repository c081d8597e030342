import type { Command } from 'commander'
import { callServer, findServer, type Server } from './api-client.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'

interface Options {
  readonly url?: string
  readonly apiKey?: string
  readonly json?: boolean
}

/** `throughline segment …`: what segments there are, and taking one out of use. */
export const segment: CliCommand = {
  add(program) {
    const group = program.command('segment').description('Segments; `apply` publishes them from files')
    withServer(group.command('all').description('Show all segments with their size')).action(async (options: Options) => {
      const { items, archived } = await callServer(serverOf(options), 'segments', {})
      show(options.json, { items, archived }, () => [
        ...(items.length === 0 ? ['There are no segments yet.'] : items.map(({ id, name, size }) => line(id, String(size), name))),
        ...archived.map(({ id, name }) => line(id, 'archived', name)),
      ])
    })
    withServer(group.command('archive <id>').description('Take a segment that nothing uses out of use; `apply` brings it back')).action(
      async (id: string, options: Options) => {
        const { version } = await callServer(serverOf(options), 'archiveSegment', { params: { id } })
        show(options.json, { id, version }, () => [`${id} is archived, as version ${version}. Everybody in it leaves it.`])
      },
    )
  },
}

function withServer(command: Command): Command {
  return addConfigFlags(command, ['dataDir'])
    .option('--url <address>', 'Another server; needs an API key')
    .option('--api-key <key>', 'Its API key (THROUGHLINE_API_KEY)')
    .option('--json', 'Answer as JSON')
}

function serverOf(options: Options): Server {
  return findServer({ url: options.url, apiKey: options.apiKey, dataDir: configOf(options).dataDir })
}

const line = (id: string, size: string, name: string): string => `${id.padEnd(28)}  ${size.padStart(9)}  ${name}`
