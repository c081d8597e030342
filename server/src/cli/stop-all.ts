import { callServer } from './api-client.ts'
import { show, type CliCommand } from './command.ts'
import { serverOf, withServer, type ServerOptions } from './server-command.ts'

/** `throughline stop-all`: nothing goes out any more, until it is lifted. */
export const stopAll: CliCommand = {
  add(program) {
    withServer(program.command('stop-all').description('Stop all campaigns, journeys and marketing messages at once'))
      .option('--lift', 'let everything go on')
      .option('--status', 'only say whether everything is stopped')
      .action(async (options: ServerOptions & { readonly lift?: true; readonly status?: true }) => {
        const server = serverOf(options)
        const found =
          options.status === true
            ? await callServer(server, 'fullStop', {})
            : await callServer(server, 'setFullStop', { body: { stopped: options.lift !== true } })
        show(options.json, found, () =>
          found.stopped
            ? [
                `Everything is stopped, by ${found.by} since ${new Date(found.since ?? 0).toISOString().slice(0, 16).replace('T', ' ')} UTC; ${found.journeys.length} journeys stand still.`,
                '`throughline stop-all --lift` lets everything go on.',
              ]
            : ['Nothing is stopped: campaigns and journeys go on.'],
        )
      })
  },
}
