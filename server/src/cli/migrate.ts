import { openStores } from '../app/stores.ts'
import { makeLog } from '../platform/log/index.ts'
import { findMigrations } from '../platform/postgres/index.ts'
import { addConfigFlags, configOf, show, type CliCommand } from './command.ts'

/** Brings the schema to this release. `start`, `serve` and `work` do it by themselves; this is for doing it beforehand. */
export const migrate: CliCommand = {
  add(program) {
    addConfigFlags(program.command('migrate').description('Bring the database to the schema of this release'), [
      'dataDir',
      'databaseUrl',
      'clickhouseUrl',
      'logLevel',
    ])
      .option('--json', 'Answer as JSON')
      .action(async (options: { json?: boolean }) => {
        const config = configOf(options)
        const { log } = makeLog({ level: config.logLevel, format: config.logFormat })
        const stores = await openStores(config, log)
        await stores.close()
        const version = findMigrations().length
        show(options.json, { version }, () => [`The database has schema version ${version}.`])
      })
  },
}
