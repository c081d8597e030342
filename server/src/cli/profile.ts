import type { CliCommand } from './command.ts'
import { addAllow, addEverything, addForget } from './profile-forget.ts'
import { addShow } from './profile-show.ts'

/** `throughline profile …`: what is done with one person. */
export const profile: CliCommand = {
  add(program) {
    const command = program.command('profile').description('Look at people, hand out what is known of them, and forget them')
    addShow(command)
    addEverything(command)
    addForget(command)
    addAllow(command)
  },
}
