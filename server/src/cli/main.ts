import { Command, CommanderError } from 'commander'
import { describeFailure } from './describe-failure.ts'
import { commands } from './registry.ts'
import { version } from '../app/version.ts'

/** Runs one command line. Answers the exit code: 0 done, 1 failed, 2 used wrongly. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('throughline')
    .description('Cross-channel marketing for online shops, on your own machine.')
    .version(version)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .addHelpText(
      'after',
      '\nSettings may also stand in throughline.yaml in the data folder or in the environment; the environment counts most.\nAll of them: docs/configuration.md',
    )
    .exitOverride()
  for (const command of Object.values(commands)) command.add(program)
  for (const command of program.commands) command.exitOverride()
  try {
    if (argv.length === 0) {
      program.outputHelp()
      return 0
    }
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said what was wrong by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${describeFailure(error)}\n`)
    return 1
  }
}

// A reader that left (`throughline … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await main(process.argv.slice(2))
