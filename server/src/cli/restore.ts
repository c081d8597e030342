import { restore as restoreDays } from '../app/restore.ts'
import { makeLog } from '../platform/log/index.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'

const number = new Intl.NumberFormat('en-GB')

/** `throughline restore PATHS`: puts archived days of events back into ClickHouse, for a history that was lost or moved. */
export const restore: CliCommand = {
  add(program) {
    addConfigFlags(
      program
        .command('restore [paths...]')
        .description(
          'Put archived days of events back into ClickHouse; when it has lost everything, what PostgreSQL keeps follows by itself. Embedded, while no server runs',
        ),
      ['dataDir', 'databaseUrl', 'clickhouseUrl', 'logLevel'],
    )
      .option('--replace', 'Delete first what ClickHouse has of these days; without it such a day is refused')
      .option('--json', 'Answer as JSON')
      .action(async (paths: string[], options: { replace?: boolean; json?: boolean }) => {
        const config = configOf(options)
        const { log } = makeLog({ level: config.logLevel, format: config.logFormat })
        const done = await restoreDays(config, log, {
          paths,
          replace: options.replace === true,
          onDay: ({ day, events }) => void (options.json !== true && process.stderr.write(`${day}  ${describeEvents(events)}\n`)),
        })
        const sealed = done.days.reduce((sum, one) => sum + one.unreadable, 0)
        if (sealed > 0 && options.json !== true)
          process.stderr.write(
            `${describeEvents(sealed)} stayed sealed: of people who were forgotten, or whose keys are not in this database.\n`,
          )
        const events = done.days.reduce((sum, one) => sum + one.events, 0)
        show(options.json, done, () => [
          `${describeEvents(events)} of ${done.days.length === 1 ? 'one day' : `${done.days.length} days`} ${events === 1 ? 'is' : 'are'} back in ClickHouse.`,
          ...(done.rewound ? ['The days that PostgreSQL still keeps follow by themselves once the server runs.'] : []),
        ])
      })
  },
}

function describeEvents(count: number): string {
  return `${number.format(count)} ${count === 1 ? 'event' : 'events'}`
}
