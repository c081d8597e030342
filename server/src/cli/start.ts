import { startThroughline } from '../app/start.ts'
import { openDemo } from './demo.ts'
import { addConfigFlags, configOf, type CliCommand } from './command.ts'

interface Roles {
  readonly serve: boolean
  readonly work: boolean
}

/** Server and worker in one process, with the embedded stores unless others are named: all that one machine needs. */
export const start = makeCommand('start', 'Start everything: stores, server and worker', { serve: true, work: true })

export const serve = makeCommand('serve', 'Start a server only; workers run elsewhere on the same DATABASE_URL and CLICKHOUSE_URL', {
  serve: true,
  work: false,
})

export const work = makeCommand('work', 'Start a worker only, on the same DATABASE_URL and CLICKHOUSE_URL as a server', {
  serve: false,
  work: true,
})

function makeCommand(name: string, about: string, roles: Roles): CliCommand {
  return {
    add(program) {
      addConfigFlags(program.command(name).description(about)).action((options: object) => run(options, roles))
    },
  }
}

/** Runs until SIGINT or SIGTERM, then stops everything that was started and ends with code 0. */
async function run(options: object, roles: Roles): Promise<void> {
  const config = configOf(options)
  const asked = waitForStop()
  const started = startThroughline(config, roles)
  // Asked to stop while starting: what is begun is finished first, so that all of it can be stopped.
  const running = await started
  const shop = config.demo && roles.serve ? openDemo(config.dataDir) : null
  await asked
  process.stderr.write('Stopping…\n')
  await shop?.stop()
  await running.stop()
  process.stderr.write('Stopped.\n')
}

function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    // Listening goes on after the first: a second Ctrl-C must not end this program before it has stopped its stores.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}
