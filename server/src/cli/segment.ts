import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

/** `throughline segment …`: what segments there are, and taking one out of use. */
export const segment: CliCommand = {
  add(program) {
    const group = program.command('segment').description('Segments; `apply` publishes them from files')
    withServer(group.command('all').description('Show all segments with their size')).action(async (options: ServerOptions) => {
      const { items, archived } = await callServer(serverOf(options), 'segments', {})
      show(options.json, { items, archived }, () => [
        ...(items.length === 0 ? ['There are no segments yet.'] : items.map(({ id, name, size }) => line(id, String(size), name))),
        ...archived.map(({ id, name }) => line(id, 'archived', name)),
      ])
    })
    withServer(group.command('archive <id>').description('Take a segment that nothing uses out of use; `apply` brings it back')).action(
      async (id: string, options: ServerOptions) => {
        const { version } = await callServer(serverOf(options), 'archiveSegment', { params: { id } })
        show(options.json, { id, version }, () => [`${id} is archived, as version ${version}. Everybody in it leaves it.`])
      },
    )
  },
}

const line = (id: string, size: string, name: string): string => `${id.padEnd(28)}  ${size.padStart(9)}  ${name}`
