import { addHookCommands } from './connector-hook.ts'
import { addPullCommands } from './connector-pull.ts'
import type { CliCommand } from './command.ts'

/** `throughline connector …`: what brings data in by itself. */
export const connector: CliCommand = {
  add(program) {
    const group = program.command('connector').description('What brings data in by itself: scheduled pulls and incoming webhooks')
    addPullCommands(group)
    addHookCommands(group)
  },
}
